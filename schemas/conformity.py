"""Conformity: whether a folder of labels keeps the contract, and every way in which it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
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
                yield from _check_rows(batch, record, table)
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


def _check_rows(batch: pa.RecordBatch, record: Record, table: Table) -> Iterator[str]:
    """What must hold of the values of some rows."""
    columns = {name: batch[name] for name in batch.schema.names}
    for field in labels_schema(table):
        if not field.nullable and columns[field.name].null_count:
            yield f"{field.name}: expected no nulls; found {columns[field.name].null_count}"
            return
    label = np.array(columns["label"].to_pylist(), dtype=object)
    ids = {name: number for number, name in table.classes.items()}
    if strange := set(label) - set(ids):
        yield f"label: expected {', '.join(ids)}; found {min(strange)!r}"
        return
    shares = np.stack([columns[f"p_{name}"].to_numpy() for name in ids])
    at = np.array([list(ids).index(each) for each in label], dtype=np.intp)
    sets = [set(each.split("|")) for each in columns["label_set"].to_pylist()]
    held = np.array([[name in each for each in sets] for name in ids], dtype=bool)
    least = np.where(held, shares, np.inf).min(axis=0)
    review = columns["review"].to_numpy(zero_copy_only=False)
    truth = set(columns["truth"].to_pylist()) - {None, *ids}
    typicality = columns["typicality"].to_numpy()
    for name, holds, what in (
        ("label_id", (np.array([ids[each] for each in label]) == columns["label_id"].to_numpy()).all(), "the label's"),
        ("p_*", np.isfinite(shares).all() and (np.abs(shares.sum(axis=0) - 1) < CLOSE).all(), "a sum of 1"),
        ("confidence", (columns["confidence"].to_numpy() == shares[at, np.arange(len(at))]).all(), "the label's p"),
        ("label", (shares[at, np.arange(len(at))] >= shares.max(axis=0) - CLOSE).all(), "the likeliest class"),
        ("label_set", all(a in b and b <= set(ids) for a, b in zip(label, sets, strict=True)), "the label"),
        ("label_set", (np.where(held, 0, shares) <= least).all(), "every class likelier than one in it"),
        ("review", review[held.sum(axis=0) > 1].all(), "true where the set holds several classes"),
        ("typicality", ((typicality >= 0) & (typicality <= 1)).all(), "0 to 1"),
        ("truth", not truth, "a class or null"),
        ("source", set(columns["source"].to_pylist()) <= {record.source}, "the metadata's source"),
        ("model_version", set(columns["model_version"].to_pylist()) <= {record.model_version}, "the metadata's"),
    ):  # fmt: skip
        if not holds:
            yield f"{name}: expected {what}; found another in a row"
