"""The commands of `wine-labels table`: what a table is, declared in one file."""

from __future__ import annotations

from cyclopts import App

from data.errors import SourceError
from flows.cli.terminal import DONE, PLAIN, Common, print_document

table = App(name="table", help="A table of one's own, declared in one file.", version_flags=())


@table.command
def infer(file: str, *, label: str | None = None, common: Common = PLAIN) -> int:
    """Print what declares the table that a file holds: `wine-labels table infer my.csv > table.toml`.

    Args:
        file: Text or Parquet, with rows whose class is known.
        label: The column that says the class; else the likeliest, and why.

    """
    from data.sources import find, opened  # these take a second to import
    from flows.jobs.infer import infer as infer_from

    names = find([file])
    if len(names) > 1:
        message = f"{file}: a table is inferred from one file; found {len(names)}, {names[0]} first; name one of them"
        raise SourceError(message)
    with opened(names[0], common.place.staging) as source:
        found = infer_from(source, label)
    if common.json:
        print_document({"table": found.text, "unsure": found.unsure})
    elif not common.quiet:
        print(found.text, end="")  # as it is: what is cut short or escaped once more declares another table
    return DONE
