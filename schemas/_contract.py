"""The contract with those who read the results: for people, for programs, and held against a folder of labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.results import METADATA, SCHEMA_VERSION, labels_schema, rejects_schema, reports_schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from schemas._table import Table

PREFIX: Final = "wine_labels."
CLOSE: Final = 1e-5  # probabilities are float32
RULES: Final = (
    "A folder holds one file for each batch, `<batch>.parquet`, and nothing else, all of one schema.",
    "A file appears whole or not at all and is replaced whole; labels come last, after their rejects and report.",
    "Parquet with zstd, page checksums, row groups of 131,072 rows; no pandas metadata.",
    "Rows stand in the order of the input; rows of the input = rows labelled + rows rejected.",
    "The same input and the same version give the same bytes of labels and rejects, on one kind of processor.",
    "No minor version adds a column or changes its name, type, place or meaning.",
    "Any such change is a new folder beside the old one, `labels-v2`, with another schema_version.",
    "New metrics may appear in reports, new entries in the metadata: readers pass over what they do not know.",
)


def document(table: Table) -> dict[str, Any]:
    """The contract of a table's results, for programs."""
    files = {
        "labels": (labels_schema(table), "one row for each row labelled"),
        "rejects": (rejects_schema(), "one row for each row, column and rule that failed"),
        "reports": (reports_schema(), "one row for each figure, in long form"),
    }
    return {
        "schema_version": SCHEMA_VERSION,
        "table": table.name,
        "classes": {str(number): name for number, name in table.classes.items()},
        "files": {
            name: {"folder": f"data/{name}", "rows": what, "columns": [_column(field) for field in schema]}
            for name, (schema, what) in files.items()
        },
        "metadata": {PREFIX + name: meaning for name, meaning in METADATA.items()},
        "rules": list(RULES),
    }


def _column(field: pa.Field) -> dict[str, Any]:
    told = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
    kind = "dictionary<int32, string>" if pa.types.is_dictionary(field.type) else str(field.type)
    return {
        "name": field.name,
        "type": kind,
        "nullable": field.nullable,
        "meaning": told.get("description", ""),
        "unit": told.get("unit", ""),
        "example": told.get("example", ""),
    }


def page(table: Table) -> str:
    """The contract as a page in Markdown."""
    told = document(table)
    lines = [f"# The contract, version {told['schema_version']}", ""]
    lines += ["What wine-labels writes and what its readers may rely on. `wine-labels contract` prints this page,", ""]
    lines[-2] += " `--json`"
    lines[-1] = "the same for programs; `wine-labels contract check FOLDER` holds a folder of labels against it."
    for file in told["files"].values():
        lines += ["", f"## {file['folder']}: {file['rows']}", ""]
        lines += ["| column | type | null | meaning | unit | example |", "|---|---|---|---|---|---|"]
        for column in file["columns"]:
            cells = (
                f"`{column['name']}`", column["type"], "may be" if column["nullable"] else "never",
                column["meaning"].replace("|", "\\|"), column["unit"], f"`{column['example']}`",
            )  # fmt: skip
            lines.append(f"| {' | '.join(cells)} |")
    classes = ", ".join(f"{number} {name}" for number, name in told["classes"].items())
    lines += ["", f"Classes, by `label_id`: {classes}.", "", "## Metadata of every file", ""]
    lines += [
        "| entry | meaning |",
        "|---|---|",
        *(f"| `{name}` | {what} |" for name, what in told["metadata"].items()),
    ]
    return "\n".join([*lines, "", "## What may be relied on", "", *(f"- {rule}" for rule in told["rules"])])


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


def _check_file(path: Path, due: pa.Schema, table: Table) -> Iterator[str]:
    try:
        with pq.ParquetFile(path, page_checksum_verification=True, pre_buffer=False) as file:
            broken = [*_check_schema(file.schema_arrow, due), *_check_metadata(file)]
            yield from broken
            if broken:
                return
            last = -1
            for batch in file.iter_batches():
                rows = batch["row"].to_numpy()
                if len(rows) and (rows[0] <= last or (np.diff(rows) <= 0).any()):
                    yield "row: not ascending; found a number twice or out of order"
                last = int(rows[-1]) if len(rows) else last
                yield from _check_rows(batch, file.metadata.metadata, table)
    except (pa.ArrowException, OSError) as error:
        yield f"cannot be read; {' '.join(str(error).split())[:160]}"


def _check_schema(found: pa.Schema, due: pa.Schema) -> Iterator[str]:
    if b"pandas" in (found.metadata or {}):
        yield "schema: pandas metadata; found an entry that carries versions"
    if found.names != due.names:
        yield f"columns: {', '.join(due.names)} due; found {', '.join(found.names)}"
        return
    for have, want in zip(found, due, strict=True):
        if have.type != want.type:
            yield f"{want.name}: {want.type} due; found {have.type}"
        if have.nullable != want.nullable:
            yield f"{want.name}: {'nullable' if want.nullable else 'never null'} due; found the other"


def _check_metadata(file: pq.ParquetFile) -> Iterator[str]:
    told = {key.decode(): value.decode() for key, value in (file.metadata.metadata or {}).items()}
    for name in METADATA:
        if PREFIX + name not in told:
            yield f"metadata: {PREFIX}{name} due; found none"
    if told.get(f"{PREFIX}schema_version", str(SCHEMA_VERSION)) != str(SCHEMA_VERSION):
        yield f"metadata: schema_version {SCHEMA_VERSION} due; found {told[f'{PREFIX}schema_version']}"
    try:
        rows, labelled, rejected = (int(told[PREFIX + name]) for name in ("rows", "labelled", "rejected"))
    except (KeyError, ValueError):
        return
    if labelled != file.metadata.num_rows or rows != labelled + rejected:
        yield f"metadata: {rows} rows = {labelled} labelled + {rejected} rejected; found {file.metadata.num_rows} rows"
    for group in range(file.metadata.num_row_groups):
        if {file.metadata.row_group(group).column(at).compression for at in range(file.metadata.num_columns)} != {
            "ZSTD"
        }:
            yield f"row group {group}: zstd due; found another compression"


def _check_rows(batch: pa.RecordBatch, metadata: dict[bytes, bytes], table: Table) -> Iterator[str]:
    """What must hold of the values of some rows."""
    columns = {name: batch[name] for name in batch.schema.names}
    for field in labels_schema(table):
        if not field.nullable and columns[field.name].null_count:
            yield f"{field.name}: never null due; found {columns[field.name].null_count} nulls"
            return
    label = np.array(columns["label"].to_pylist(), dtype=object)
    ids = {name: number for number, name in table.classes.items()}
    if strange := set(label) - set(ids):
        yield f"label: {', '.join(ids)} due; found {min(strange)!r}"
        return
    shares = np.stack([columns[f"p_{name}"].to_numpy() for name in ids])
    at = np.array([list(ids).index(each) for each in label], dtype=np.intp)
    sets = [set(each.split("|")) for each in columns["label_set"].to_pylist()]
    truth = set(columns["truth"].to_pylist()) - {None, *ids}
    told = {name: metadata[f"{PREFIX}{name}".encode()].decode() for name in ("source", "model_version")}
    typicality = columns["typicality"].to_numpy()
    for name, holds, what in (
        ("label_id", (np.array([ids[each] for each in label]) == columns["label_id"].to_numpy()).all(), "the label's"),
        ("p_*", np.isfinite(shares).all() and (np.abs(shares.sum(axis=0) - 1) < CLOSE).all(), "a sum of 1"),
        ("confidence", (columns["confidence"].to_numpy() == shares[at, np.arange(len(at))]).all(), "the label's p"),
        ("label", (shares[at, np.arange(len(at))] >= shares.max(axis=0) - CLOSE).all(), "the likeliest class"),
        ("label_set", all(a in b and b <= set(ids) for a, b in zip(label, sets, strict=True)), "the label"),
        ("typicality", ((typicality >= 0) & (typicality <= 1)).all(), "0 to 1"),
        ("truth", not truth, "a class or null"),
        ("source", set(columns["source"].to_pylist()) <= {told["source"]}, "the metadata's source"),
        ("model_version", set(columns["model_version"].to_pylist()) <= {int(told["model_version"])}, "the metadata's"),
    ):  # fmt: skip
        if not holds:
            yield f"{name}: {what} due; found another in a row"
