"""Conformity: whether a folder of labels keeps the contract, and every way in which it does not."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas.label_set import split_names
from schemas.record import Record
from schemas.results import SCHEMA_VERSION, labels_schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schemas.anywhere import Anywhere
    from schemas.table import Table

Values: TypeAlias = "np.ndarray[Any, Any]"
Rows: TypeAlias = "np.ndarray[Any, np.dtype[np.intp]]"

CLOSE: Final = 1e-5  # probabilities are float32


def check_folder(folder: Anywhere, table: Table) -> tuple[int, list[str]]:
    """How many files of labels a folder holds, and a line for each way in which one breaks the contract."""
    files = sorted(folder.iterdir(), key=lambda path: path.name)
    findings = [
        f"{path.name}: does not belong here; found no <batch>.parquet; move it away"
        for path in files
        if not path.is_file() or path.suffix != ".parquet" or path.name.startswith((".", "_"))
    ]
    labels = [path for path in files if path.is_file() and path.suffix == ".parquet"]
    for path in labels:
        findings += [f"{path.name}: {finding}" for finding in _check_file(path, labels_schema(table), table)]
    return len(labels), findings


def _check_file(path: Anywhere, expected: pa.Schema, table: Table) -> Iterator[str]:
    try:
        with path.open("rb") as raw, pq.ParquetFile(raw, page_checksum_verification=True, pre_buffer=False) as file:
            broken = [*_check_schema(file.schema_arrow, expected), *_check_metadata(file)]
            yield from broken
            if broken:
                return
            record = Record.parse(file.metadata.metadata)
            last = -1
            for batch in file.iter_batches():
                rows = batch["row"].to_numpy()
                if len(rows) and (rows[0] <= last or (np.diff(rows) <= 0).any()):
                    yield "row: not ascending; found a number twice or out of order"
                last = int(rows[-1]) if len(rows) else last
                yield from check_rows(batch, table, record.source, record.model_version)
    except (pa.ArrowException, OSError) as error:
        yield f"cannot be read; {' '.join(str(error).split())[:160]}"


def _check_schema(found: pa.Schema, expected: pa.Schema) -> Iterator[str]:
    if b"pandas" in (found.metadata or {}):
        yield "schema: pandas metadata; found an entry that carries versions"
    if found.names != expected.names:
        yield f"columns: expected {', '.join(expected.names)}; found {', '.join(found.names)}"
        return
    for have, want in zip(found, expected, strict=True):
        if have.type != want.type:
            yield f"{want.name}: expected {want.type}; found {have.type}"
        if have.nullable != want.nullable:
            yield f"{want.name}: expected {'nullable' if want.nullable else 'never null'}; found the other"


def _check_metadata(file: pq.ParquetFile) -> Iterator[str]:
    found = file.metadata.metadata
    for name in Record.missing(found):
        yield f"metadata: expected {name}; found none"
    try:
        record = Record.parse(found)
    except KeyError:
        return
    except ValueError as error:
        yield f"metadata: expected whole numbers; {error}"
        return
    if record.schema_version != SCHEMA_VERSION:
        yield f"metadata: expected schema_version {SCHEMA_VERSION}; found {record.schema_version}"
    rows = file.metadata.num_rows
    if record.labelled != rows or record.rows != record.labelled + record.rejected:
        counted = f"{record.rows} rows = {record.labelled} labelled + {record.rejected} rejected"
        yield f"metadata: expected {counted}; found {rows} rows"
    for group in map(file.metadata.row_group, range(file.metadata.num_row_groups)):
        if {group.column(at).compression for at in range(group.num_columns)} - {"ZSTD"}:
            yield "row group: expected zstd; found another compression"


def check_rows(batch: pa.RecordBatch, table: Table, source: str, model_version: int) -> Iterator[str]:
    """What does not hold, of what must, of the values of some rows of labels."""
    for field in labels_schema(table):
        if not field.nullable and (nulls := batch[field.name].null_count):
            yield f"{field.name}: expected no nulls; found {nulls}"
            return
    names = table.class_names
    if strange := _others(batch["label"], {*names}):
        yield f"label: expected {', '.join(names)}; found {min(strange)!r}"
        return
    label, shares = _places(batch["label"], names), np.stack([batch[f"p_{name}"].to_numpy() for name in names])
    own, best = shares[label, np.arange(len(label))], reduce(np.maximum, shares)
    typicality = batch["typicality"].to_numpy()
    label_ids = np.array(table.class_ids, dtype=np.int32)[label]
    for name, holds, what in (
        ("label_id", (label_ids == batch["label_id"].to_numpy()).all(), "the label's"),
        ("p_*", _sum_to_one(shares), "a sum of 1"),
        ("confidence", (batch["confidence"].to_numpy() == own).all(), "the label's p"),
        ("label", (own >= best - CLOSE).all(), "the likeliest class"),
        *_of_sets(batch, names, label, shares, own >= best),
        ("typicality", ((typicality >= 0) & (typicality <= 1)).all(), "0 to 1"),
        ("truth", not _others(batch["truth"], {None, *names}), "a class or null"),
        ("source", not _others(batch["source"], {source}), "the metadata's source"),
        ("model_version", (batch["model_version"].to_numpy() == model_version).all(), "the metadata's"),
    ):
        if not holds:
            yield f"{name}: expected {what}; found another in a row"


def _of_sets(
    batch: pa.RecordBatch, names: Sequence[str], label: Rows, shares: Values, likeliest: Values
) -> Iterator[tuple[str, bool, str]]:
    """What must hold of label sets: a column, whether it does, and what is expected."""
    texts, place = _coded(batch["label_set"])
    sets = [{*split_names(text)} for text in texts]
    members = np.array([[name in each for name in names] for each in sets], dtype=bool).reshape(-1, len(names))
    rows = np.bincount(place * len(names) + label, minlength=members.size).reshape(members.shape)  # by set and label
    known = all(sets[at] <= {*names} for at in np.flatnonzero(rows.any(axis=1)))
    several = (members.sum(axis=1) > 1)[place]
    with_label = not rows[~members].any()
    doubtful = np.flatnonzero(several | ~(likeliest & with_label))  # of the others the set is the likeliest class alone
    first = _likeliest_first(shares[:, doubtful], members[place[doubtful]].T)
    review = batch["review"].to_numpy(zero_copy_only=False)
    yield "label_set", known and with_label, "the label"
    yield "label_set", first, "every class likelier than one in it"
    yield "review", bool((review | ~several).all()), "true where the set holds several classes"


def _others(column: pa.Array, expected: set[Any]) -> set[Any]:
    """The values of a column that are none of these; its rows are looked at only where its dictionary has others."""
    if pa.types.is_dictionary(column.type) and expected.issuperset(column.dictionary.to_pylist()):
        return set()
    return set(pc.unique(column).to_pylist()) - expected


def _coded(column: pa.Array) -> tuple[list[str], Rows]:
    """The different texts of a column without nulls, and the place among them of each row's."""
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    return coded.dictionary.to_pylist(), coded.indices.to_numpy().astype(np.intp)


def _places(column: pa.Array, names: Sequence[str]) -> Rows:
    """The place among these names of each row's text, which is one of them."""
    texts, place = _coded(column)
    return place if texts == [*names] else np.array([[*names, text].index(text) for text in texts])[place]


def _sum_to_one(shares: Values) -> bool:
    with np.errstate(invalid="ignore"):  # infinite shares sum to no number, which is not close to one either
        return bool((np.abs(shares.sum(axis=0) - 1) < CLOSE).all())


def _likeliest_first(shares: Values, held: Values) -> bool:
    """Whether no class outside a row's set is likelier than one in it; both (k, n)."""
    return bool((np.where(held, 0, shares) <= np.where(held, shares, np.inf).min(axis=0, initial=np.inf)).all())
