"""Conformity: whether a folder of labels keeps the contract, and every way in which it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas.record import Record
from schemas.results import SCHEMA_VERSION, labels_schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from schemas.table import Table

CLOSE: Final = 1e-5  # probabilities are float32


def check_folder(folder: Path, table: Table) -> tuple[int, list[str]]:
    """How many files of labels a folder holds, and a line for each way in which one breaks the contract."""
    files = sorted(folder.iterdir())
    findings = [
        f"{path.name}: does not belong here; found no <batch>.parquet; move it away"
        for path in files
        if not path.is_file() or path.suffix != ".parquet" or path.name.startswith((".", "_"))
    ]
    labels = [path for path in files if path.is_file() and path.suffix == ".parquet"]
    for path in labels:
        findings += [f"{path.name}: {finding}" for finding in _check_file(path, labels_schema(table), table)]
    return len(labels), findings


def _check_file(path: Path, expected: pa.Schema, table: Table) -> Iterator[str]:
    try:
        with pq.ParquetFile(path, page_checksum_verification=True, pre_buffer=False) as file:
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
    columns = {name: batch[name] for name in batch.schema.names}
    for field in labels_schema(table):
        if not field.nullable and columns[field.name].null_count:
            yield f"{field.name}: expected no nulls; found {columns[field.name].null_count}"
            return
    names, at = _coded(columns["label"])
    ids = {name: number for number, name in table.classes.items()}
    if strange := {names[place] for place in np.flatnonzero(np.bincount(at))} - set(ids):
        yield f"label: expected {', '.join(ids)}; found {min(strange)!r}"
        return
    at = np.array([list(ids).index(name) if name in ids else -1 for name in names], dtype=np.intp)[at]
    shares = np.stack([columns[f"p_{name}"].to_numpy() for name in ids])
    own, best = shares[at, np.arange(len(at))], shares.max(axis=0, initial=0)
    texts, place = _coded(columns["label_set"])
    sets = [set(text.split("|")) for text in texts]
    held = np.array([[name in each for each in sets] for name in ids], dtype=bool)[:, place]
    known = np.array([each <= set(ids) for each in sets], dtype=bool)[place]
    least = np.where(held, shares, np.inf).min(axis=0)
    review = columns["review"].to_numpy(zero_copy_only=False)
    typicality = columns["typicality"].to_numpy()
    label_ids = np.array([*ids.values()], dtype=np.int64)[at]
    for name, holds, what in (
        ("label_id", (label_ids == columns["label_id"].to_numpy()).all(), "the label's"),
        ("p_*", np.isfinite(shares).all() and (np.abs(shares.sum(axis=0) - 1) < CLOSE).all(), "a sum of 1"),
        ("confidence", (columns["confidence"].to_numpy() == own).all(), "the label's p"),
        ("label", (own >= best - CLOSE).all(), "the likeliest class"),
        ("label_set", (known & held[at, np.arange(len(at))]).all(), "the label"),
        ("label_set", (np.where(held, 0, shares) <= least).all(), "every class likelier than one in it"),
        ("review", review[held.sum(axis=0) > 1].all(), "true where the set holds several classes"),
        ("typicality", ((typicality >= 0) & (typicality <= 1)).all(), "0 to 1"),
        ("truth", _values(columns["truth"]) <= {None, *ids}, "a class or null"),
        ("source", _values(columns["source"]) <= {source}, "the metadata's source"),
        ("model_version", _values(columns["model_version"]) <= {model_version}, "the metadata's"),
    ):  # fmt: skip
        if not holds:
            yield f"{name}: expected {what}; found another in a row"


def _coded(column: pa.Array) -> tuple[list[str], np.ndarray[Any, Any]]:
    """The different texts of a column without nulls, and the place among them of each row's."""
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    return coded.dictionary.to_pylist(), coded.indices.to_numpy()


def _values(column: pa.Array) -> set[Any]:
    return set(pc.unique(column).to_pylist())
