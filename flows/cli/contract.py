"""The commands of `wine-labels contract`: what readers may rely on, and whether a folder keeps it."""

from __future__ import annotations

from cyclopts import App

from data.errors import SourceError
from data.places import named_place
from flows.cli.terminal import BROKEN_CONTRACT, DONE, PLAIN, Common, complain
from flows.jobs.counts import counted

contract = App(name="contract", help="What readers of the results may rely on.", version_flags=())


@contract.default
def show(*, common: Common = PLAIN) -> int:
    """Print the contract as a page, with --json for programs."""
    from schemas.contract import document, page

    common.show(document(common.place.table), page(common.place.table).split("\n"))
    return DONE


@contract.command
def check(folder: str, *, common: Common = PLAIN) -> int:
    """Say whether a folder of labels keeps the contract, and every way in which it does not.

    Args:
        folder: A folder of labels, ours or another's.

    """
    from schemas.conformity import check_folder

    place = named_place(folder)
    if not place.is_dir():
        found = "a file" if place.exists() else "nothing"
        message = f"{folder}: no folder; found {found} at that path; name a folder of labels"
        raise SourceError(message)
    files, findings = check_folder(place, common.place.table)
    well = f"{counted(files, 'file')} of labels, without a breach of the contract"
    common.show({"folder": folder, "files": files, "findings": findings}, [] if findings else [well])
    for finding in findings:
        complain(finding)
    return BROKEN_CONTRACT if findings else DONE
