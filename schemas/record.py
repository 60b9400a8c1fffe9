"""The record: what each results file says in its metadata of what it was made from."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.metadata import Metadata, entry, perhaps


@dataclass(frozen=True)
class Record(Metadata):
    """What labels, rejects and reports record."""

    schema_version: int = entry("the version of this contract")
    table: str = entry("the table the rows belong to")
    source: str = entry("name of the input file")
    source_sha256: str = entry("sha256 of the input's bytes")
    model_version: int = entry("the version of the model")
    model_sha256: str = entry("sha256 of that version's model.json, which holds those of its other files")
    code_version: str = entry("the version of wine-labels")
    rows: int = entry("rows of the input")
    labelled: int = entry("rows labelled")
    rejected: int = entry("rows rejected; rows = labelled + rejected")
    columns: str = entry("what --columns said of the input's columns, in its order; empty where it was not given")
    suspect: str = perhaps("what columns that do not go together look like; there only where they do not")
