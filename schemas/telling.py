"""Telling: what files of truth, and of labels held against it, say in their metadata."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.metadata import Metadata, entry, perhaps


@dataclass(frozen=True)
class Delivery(Metadata):
    """What a file of truth records of the delivery it was made from."""

    schema_version: int = entry("the version of this contract")
    table: str = entry("the table the rows belong to")
    delivery: str = entry("name of the file that was delivered")
    delivery_sha256: str = entry("sha256 of that file's bytes")
    code_version: str = entry("the version of wine-labels")
    rows: int = entry("rows of that file")
    told: int = entry("rows of batches whose truth it tells")
    left_out: str = entry("what was left out of it and why, in a sentence; empty where nothing was")
    batches: str = entry("the batches whose rows it tells of, separated by /")
    told_at: str = entry("when it was added")
    trusted: str = perhaps("how it contradicts the labels, where it was taken all the same")


@dataclass(frozen=True)
class Judgement(Metadata):
    """What a judged file records of what was held against what."""

    schema_version: int = entry("the version of this contract")
    table: str = entry("the table the rows belong to")
    source_sha256: str = entry("sha256 of the batch's input")
    model_version: int = entry("the version of the model that labelled it")
    model_sha256: str = entry("sha256 of that version's model.json")
    code_version: str = entry("the version of wine-labels")
    deliveries: str = entry("sha256 of the deliveries it is drawn from, the newest last, separated by blanks")
