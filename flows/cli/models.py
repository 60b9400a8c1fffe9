"""The commands of `wine-labels models`: what versions there are, and what is done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter
from cyclopts.validators import Number

from flows.cli.grid import Grid
from flows.cli.terminal import DAMAGED_STORE, DONE, PLAIN, Common, complain, path_to_write
from flows.jobs.counts import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flows.jobs.prune import Pruned
    from models.store import ModelStore

models = App(name="models", help="The versions there are.", version_flags=())


@models.command(name="list")
@models.default
def list_models(*, common: Common = PLAIN) -> int:
    """List the versions, the champion marked."""
    store = common.store
    versions = [_figures(store, number) for number in store.versions()]
    common.show({"champion": store.champion(), "versions": versions}, _version_lines(versions, store.champion()))
    return DONE


@models.command
def show(version: int, *, common: Common = PLAIN) -> int:
    """Show the card of a version; with --json all that is kept with it.

    Args:
        version: Its number.

    """
    loaded = common.store.load(version)
    document = {"version": loaded.number, "sha256": loaded.sha256, "sizes": loaded.classifier.network.sizes}
    card = loaded.files.get("card.md", b"it was saved without a card").decode(errors="replace").split("\n")
    common.show(document | loaded.notes, [f"sha256 {loaded.sha256}", "", *card])
    return DONE


@models.command
def promote(version: int, *, common: Common = PLAIN) -> int:
    """Make a version the champion, whatever the gate said; recorded as such.

    Args:
        version: Its number.

    """
    common.store_to_write.promote(version, "by hand")
    common.show({"champion": version}, [f"version {version} is champion"])
    return DONE


@models.command
def rollback(*, common: Common = PLAIN) -> int:
    """Make the champion before the present one the champion again."""
    number = common.store_to_write.rollback("by hand")
    common.show({"champion": number}, [f"version {number} is champion again"])
    return DONE


@models.command
def prune(
    *,
    keep: Annotated[int, Parameter(validator=Number(gte=1))],
    labelled: Annotated[bool, Parameter(negative="")] = False,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    common: Common = PLAIN,
) -> int:
    """Remove old versions for good; the champion and versions that published labels name stay.

    Args:
        keep: How many of the newest stay.
        labelled: Remove also versions that published labels name, which can then not be replayed.
        dry_run: Say what would be removed, and remove nothing.

    """
    from flows.jobs.prune import prune as prune_versions  # which takes a while to import

    if not dry_run:
        common.place.prepare()
    done = prune_versions(common.place, keep, labelled=labelled, dry_run=dry_run)
    if done.pruned and not dry_run and common.place.home_page.exists():
        from flows.pages.home_page import draw_home

        draw_home(common.place)  # it has links to the pages that are gone
    common.show(done, _pruned_lines(done))
    return DONE


@models.command
def verify(*, common: Common = PLAIN) -> int:
    """Hash every version again, replay the history, and say what is wrong."""
    from models.verification import verify as verify_store

    store = common.store
    findings = verify_store(store)
    well = f"{counted(len(store.versions()), 'version')} and the history: all as they were saved"
    common.show({"versions": store.versions(), "findings": findings}, [] if findings else [well])
    for finding in findings:
        complain(finding)
    return DAMAGED_STORE if findings else DONE


@models.command
def export(version: int, *, onnx: str, common: Common = PLAIN) -> int:
    """Write a version as an ONNX file: raw measurements in, label and probabilities out.

    Args:
        version: Its number.
        onnx: The file to write.

    """
    from models.export import to_onnx

    target = path_to_write(onnx)
    content = to_onnx(common.store.load(version).classifier)
    target.write_bytes(content)
    common.show({"version": version, "onnx": onnx, "bytes": len(content)}, [f"version {version} written to {onnx}"])
    return DONE


def _figures(store: ModelStore, number: int) -> dict[str, Any]:
    from models.evidence import Evidence  # which needs NumPy, as the help does not

    evidence = Evidence.from_notes(store.describe(number)["notes"])
    return {
        "version": number,
        "rows": evidence.rows,
        "training_accuracy": evidence.training_accuracy,
        "source": evidence.origin.source,
        "cv_accuracy": evidence.cross_validation.accuracy,
        "recipe": evidence.origin.recipe.name,
    }


def _pruned_lines(done: Pruned) -> Iterator[str]:
    """What was removed, what stays, and why older ones do."""
    gone = ", ".join(map(str, done.pruned)) or "none"
    yield f"{'would be pruned' if done.dry_run else 'pruned'}: {gone}"
    yield f"kept: {', '.join(map(str, done.kept)) or 'none'}; champion: {done.champion or 'none'}"
    if done.named_by_labels:
        yield f"named by published labels: {', '.join(map(str, done.named_by_labels))}"


def _version_lines(versions: Sequence[dict[str, Any]], champion: int | None) -> Iterator[Any]:
    """The versions, newest last, the champion marked."""
    if not versions:
        yield "no versions yet; train one with `wine-labels train`"
        return
    rows = [
        (
            str(each["version"]), each["recipe"], f"{each['rows']:,}", f"{each['cv_accuracy']:.2%}",
            f"{each['training_accuracy']:.2%}", "champion" if each["version"] == champion else "",
        )
        for each in versions
    ]  # fmt: skip
    yield Grid(
        {"version": "right", "recipe": "left", "rows": "right", "cross-validated": "right",
         "on training rows": "right", "": "left"}, rows,
    )  # fmt: skip
