"""The commands of `wine-labels models`: what versions there are, and what is done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cyclopts import App

from flows.terminal import DONE, PLAIN, REFUSED, Common, Table, complain

if TYPE_CHECKING:
    from models.store import ModelStore

models = App(name="models", help="The versions there are.")


@models.command(name="list")
@models.default
def list_models(*, table: Table = "wine", common: Common = PLAIN) -> int:
    """List the versions, the champion marked."""
    from flows.summary import version_lines

    store = common.store(table)
    versions = [{"version": number, **_figures(store, number)} for number in store.versions()]
    common.show({"champion": store.champion(), "versions": versions}, version_lines(versions, store.champion()))
    return DONE


@models.command
def show(version: int, *, table: Table = "wine", common: Common = PLAIN) -> int:
    """Show the card of a version; with --json all that is kept with it.

    Parameters
    ----------
    version
        Its number.

    """
    loaded = common.store(table).load(version)
    document = {"version": loaded.number, "sha256": loaded.sha256, "sizes": loaded.classifier.network.sizes}
    common.show(document | loaded.notes, [f"sha256 {loaded.sha256}", "", loaded.files["card.md"].decode()])
    return DONE


@models.command
def promote(version: int, *, table: Table = "wine", common: Common = PLAIN) -> int:
    """Make a version the champion, whatever the gate said; recorded as such.

    Parameters
    ----------
    version
        Its number.

    """
    common.store(table).promote(version, "by hand")
    common.show({"champion": version}, [f"version {version} is champion"])
    return DONE


@models.command
def rollback(*, table: Table = "wine", common: Common = PLAIN) -> int:
    """Make the champion before the present one the champion again."""
    number = common.store(table).rollback("by hand")
    common.show({"champion": number}, [f"version {number} is champion again"])
    return DONE


@models.command
def verify(*, table: Table = "wine", common: Common = PLAIN) -> int:
    """Hash every version again, replay the history, and say what is wrong."""
    store = common.store(table)
    findings = store.verify()
    well = [f"{len(store.versions())} versions and their history are as they were saved"]
    common.show({"versions": store.versions(), "findings": findings}, well if not findings else [])
    for finding in findings:
        complain(finding)
    return REFUSED if findings else DONE


@models.command
def export(version: int, *, onnx: str, table: Table = "wine", common: Common = PLAIN) -> int:
    """Write a version as an ONNX file: raw measurements in, label and probabilities out.

    Parameters
    ----------
    version
        Its number.
    onnx
        The file to write.

    """
    from pathlib import Path

    from models.export import to_onnx

    content = to_onnx(common.store(table).load(version).classifier)
    Path(onnx).write_bytes(content)
    common.show({"version": version, "onnx": onnx, "bytes": len(content)}, [f"version {version} written to {onnx}"])
    return DONE


def _figures(store: ModelStore, number: int) -> dict[str, Any]:
    notes = store.describe(number)["notes"]
    figures = {name: notes[name] for name in ("rows", "training_accuracy", "source")}
    return figures | {"cv_accuracy": notes["cross_validation"]["accuracy"], "recipe": notes["recipe"]["name"]}
