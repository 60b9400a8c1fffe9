"""The commands `replay` and `diff`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter
from cyclopts.validators import Number

from data.places import named_place
from flows.cli.grid import Grid
from flows.cli.terminal import DIFFERS, DONE, PLAIN, Common, complain, path_to_write
from flows.jobs.counts import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.jobs.replay import Replay


def replay(
    batch: str,
    *,
    source: str | None = None,
    version: Annotated[int | None, Parameter(validator=Number(gte=1))] = None,
    common: Common = PLAIN,
) -> int:
    """Label a batch again as its file records, and say whether it comes out the same.

    Args:
        batch: The batch: the name of its file without the ending.
        source: The input, if it is no longer where it was.
        version: The version to label with; the one recorded unless given.

    """
    found = _label_again(common, batch, source, version)
    if found.differing:
        rows = counted(found.differing, "row")
        complain(f"batch {batch!r} comes out otherwise; found {rows} that differ; see them above")
    return DIFFERS if found.differing else DONE


def diff(
    batch: str,
    *,
    version: Annotated[int, Parameter(validator=Number(gte=1))],
    source: str | None = None,
    parquet: str | None = None,
    common: Common = PLAIN,
) -> int:
    """Show what another version would say of a batch; nothing published is touched.

    Args:
        batch: The batch: the name of its file without the ending.
        version: The other version.
        source: The input, if it is no longer where it was.
        parquet: A file for the rows that differ.

    """
    _label_again(common, batch, source, version, parquet)
    return DONE


def _label_again(
    common: Common, batch: str, source: str | None, version: int | None, parquet: str | None = None
) -> Replay:
    from flows.jobs.replay import label_again  # which takes a second to import

    origin, target = named_place(source) if source else None, path_to_write(parquet) if parquet else None
    found = label_again(batch, common.place, source=origin, version=version, target=target)
    common.show(_document(found), _lines(found))
    return found


def _document(found: Replay) -> dict[str, Any]:
    names = ("batch", "version", "again", "identical", "rows", "differing")
    changes = [{"from": old, "to": new, "count": count} for (old, new), count in found.changes.most_common()]
    return {name: getattr(found, name) for name in names} | {"changes": changes}


def _lines(found: Replay) -> Iterator[Any]:
    """A batch labelled again: whether it is the same, and if not which labels became which."""
    by = f"version {found.again}" if found.again != found.version else f"version {found.version}, as recorded"
    if not found.differing:
        same = "byte for byte" if found.identical else "in all rows"
        yield f"{found.batch}: labelled again by {by}: the same {same}"
        return
    yield f"{found.batch}: labelled again by {by}: {found.differing:,} of {counted(found.rows, 'row')} differ"
    changed = sum(found.changes.values())
    yield f"  another label {changed:,} · the same label with other figures {found.differing - changed:,}"
    for (old, new), count in found.changes.most_common():
        yield f"  {old} → {new} {count:,}"
    rows = [
        (
            f"{row['row']:,}",
            f"{row['label_set']} → {row['label_set_again']}",
            f"{row['confidence']:.3f} → {row['confidence_again']:.3f}",
            " → ".join("yes" if row[name] else "no" for name in ("review", "review_again")),
        )
        for row in found.shown
    ]
    if rows:
        yield Grid({"row": "right", "labels": "left", "confidence": "left", "review": "left"}, rows)
