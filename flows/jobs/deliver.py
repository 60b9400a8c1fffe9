"""To deliver truth: one truth file in; what it tells of labelled rows kept for good, or nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version as installed
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from data.errors import SourceError
from data.files import check_name
from data.parquet_file import ParquetFile
from data.staging import Stage
from data.truth_files import TruthFile, read_truth
from flows.jobs.batch import MAX_LEFT_OUT
from flows.jobs.counts import counted
from flows.jobs.delivered import (
    Delivered,
    delivered_before,
    delivery_name,
    in_words,
)
from flows.jobs.stopping import check
from flows.jobs.told_rows import told_rows
from flows.jobs.truth_guard import contradiction, otherwise, unlike_expected, unmeasured
from flows.state.encoding import encoding_of
from flows.state.ledger import record_of
from flows.state.raw_rows import to_columns
from flows.state.tellings import BETWEEN
from flows.state.version_table import check_home
from nn.encoding import Encoding
from schemas.results import SCHEMA_VERSION, truth_schema
from schemas.telling import Delivery

if TYPE_CHECKING:
    from collections import Counter

    import pandas as pd

    from data.sources import Source
    from flows.state.home import Home
    from schemas.table import Table

HOW: Final = ("reviewed", "sampled")
TOLD: Final = "told"


@dataclass(frozen=True)
class Terms:
    """How a delivery is to be taken."""

    batch: str | None = None
    """The batch whose rows it tells of, where it does not say so itself."""
    max_left_out: float = MAX_LEFT_OUT
    trust_labels: bool = False
    """Take truth that contradicts what the version is sure of."""


PLAIN: Final = Terms()


def deliver(source: Source, home: Home, terms: Terms = PLAIN) -> Delivered:
    """Keep what a truth file tells of labelled rows; nothing where the same file was delivered before.

    SourceError where it is no truth file, more is to be left out of it than may be, or it contradicts the labels.
    """
    check_home(home)
    table, target = home.table, home.truth(delivery_name(source, terms.batch))
    with Stage(home.staging, "truth", target.name, waiting=check) as stage:
        if done := delivered_before(source, home, terms.batch):
            return done
        check_name(source.name)
        if terms.batch is not None:
            record_of(home, terms.batch)
        told = _read(source, table, terms)
        rows, left_out = told_rows(told, home, table, terms.batch)
        _check_left_out(source, len(rows), left_out, terms)
        trusted = _trusted(source, rows, home, table, terms)
        warnings = [*otherwise(rows, home, table), *unlike_expected(rows, table), *unmeasured(rows, table)]
        delivery = _delivery(source, table, told, rows, (in_words(left_out), trusted))
        with ParquetFile(stage.file(target), truth_schema(table)) as file:
            file.write(_as_arrow(told, rows, table, delivery))
            file.close(delivery.metadata())
        source.unchanged()
        stage.publish()
    return Delivered.of(source, target, delivery, left_out=dict(left_out), warnings=warnings)


def _read(source: Source, table: Table, terms: Terms) -> TruthFile:
    told = read_truth(source, table, named=terms.batch is not None)
    if told.truth.ambiguous:
        found = "found numbers that may count from 0 or from 1; write the classes by name"
        message = f"{source}: ambiguous truth; {found}"
        raise SourceError(message)
    return told


def _trusted(source: Source, rows: pd.DataFrame, home: Home, table: Table, terms: Terms) -> str:
    """How truth that is taken all the same contradicts the labels; SourceError where that was not asked."""
    found = contradiction(rows, home, table)
    if found and not terms.trust_labels:
        message = f"{source}: truth contradicts the labels; found {found}; check it or pass --trust-labels"
        raise SourceError(message)
    return found


def _check_left_out(source: Source, told: int, left_out: Counter[str], terms: Terms) -> None:
    """SourceError where nothing is told, or too large a share is left out."""
    rows = told + left_out.total()
    if not rows:
        message = f"{source}: tells nothing; found no class in the column of the truth; fill it in"
        raise SourceError(message)
    if told and left_out.total() <= terms.max_left_out * rows:
        return
    more = f", more than {terms.max_left_out:.0%}" if told else ""
    remedy = "or pass --max-left-out 1 to take the rest" if told else "or name its batch by --batch"
    message = (
        f"{source}: {left_out.total():,} of {counted(rows, 'row')} with truth would be left out{more}; "
        f"found {in_words(left_out)}; correct the file, {remedy}"
    )
    raise SourceError(message)


def _delivery(source: Source, table: Table, told: TruthFile, rows: pd.DataFrame, remarks: tuple[str, str]) -> Delivery:
    return Delivery(
        schema_version=SCHEMA_VERSION,
        table=table.name,
        delivery=source.file,
        delivery_sha256=source.sha256,
        code_version=installed("wine-labels"),
        rows=told.rows,
        told=len(rows),
        left_out=remarks[0],
        batches=BETWEEN.join(sorted(set(rows["batch"]))),
        told_at=datetime.now(UTC).isoformat(timespec="microseconds"),
        trusted=remarks[1],
    )


def _as_arrow(told: TruthFile, rows: pd.DataFrame, table: Table, delivery: Delivery) -> pa.Table:
    schema, at = truth_schema(table), pa.array(rows["at"], pa.int64())
    how = told.text("how").take(at).to_pandas()
    columns = {
        "batch": rows["batch"], "row": rows["row"], "id": rows["id"],
        "truth": rows["class_index"].map(dict(enumerate(table.class_names))),
        "by": told.text("by").take(at).to_pandas(), "note": told.text("note").take(at).to_pandas(),
        "how": how.where(how.isin(HOW), TOLD), "source_sha256": rows["source_sha256"],
        **to_columns(rows[[*table.features]].to_numpy(dtype=float), table.features, _lenient(table)),
        "told_at": [datetime.fromisoformat(delivery.told_at)] * len(rows),
    }  # fmt: skip
    return pa.table(
        {name: pa.array(column, schema.field(name).type, from_pandas=True) for name, column in columns.items()},
        schema=schema,
    )


def _lenient(table: Table) -> Encoding:
    """How the table's features are kept of rows of which anything may be unknown."""
    return Encoding(tuple(replace(column, missing=True) for column in encoding_of(table.columns).columns))
