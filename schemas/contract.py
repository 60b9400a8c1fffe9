"""The contract with those who read the results: for people, for programs, and held against a folder of labels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from schemas.record import Record
from schemas.results import (
    SCHEMA_VERSION,
    judged_schema,
    labels_schema,
    rejects_schema,
    reports_schema,
    truth_schema,
)
from schemas.telling import Delivery, Judgement

if TYPE_CHECKING:
    from schemas.table import Table

RULES: Final = (
    "A folder holds one file for each batch, `<batch>.parquet`, and nothing else, all of one schema.",
    "A file appears whole or not at all and is replaced whole; labels come last, after their rejects and report.",
    "A file of truth is one delivery, `<delivery>.parquet`, and never rewritten; the newest telling of a row counts.",
    "A file of judged is made again whenever truth is told or its batch labelled again; labels and reports are not.",
    "Parquet with zstd, page checksums, row groups of 131,072 rows, statistics of all but text; no pandas metadata.",
    "Rows stand in the order of the input; rows of the input = rows labelled + rows rejected.",
    "`label_set` holds the truth in at least 98 of 100 rows like those of training; of other rows nothing is promised.",
    "`label` and every class likelier than one in `label_set` are in it; where it holds several, `review` is true.",
    "Each `p_*` is the exact value of the version's function of the row, rounded; of equals the first is the label.",
    "The same input and the same version give the same bytes of labels and rejects, on every kind of processor.",
    "No minor version adds a column or changes its name, type, place or meaning.",
    "Any such change is a new folder beside the old one, `labels-v2`, with another schema_version.",
    "New metrics may appear in reports, new entries in the metadata: readers pass over what they do not know.",
)
BAR: Final = "\\|"  # which a cell of a Markdown table must not hold otherwise
TITLES: Final = {
    "metadata": "Metadata of labels, rejects and reports",
    "metadata_of_truth": "Metadata of truth",
    "metadata_of_judged": "Metadata of judged",
}


def document(table: Table) -> dict[str, Any]:
    """The contract of a table's results, for programs."""
    files = {
        "labels": (labels_schema(table), "one row for each row labelled"),
        "rejects": (rejects_schema(), "one row for each row, column and rule that failed"),
        "reports": (reports_schema(), "one row for each figure, in long form"),
        "truth": (truth_schema(table), "one row for each row whose truth a delivery tells"),
        "judged": (judged_schema(), "one row for each figure of a batch held against its truth, in long form"),
    }
    return {
        "schema_version": SCHEMA_VERSION,
        "table": table.name,
        "classes": {str(number): name for number, name in table.classes.items()},
        "files": {
            name: {"folder": f"data/{name}", "rows": what, "columns": [_column(field, table) for field in schema]}
            for name, (schema, what) in files.items()
        },
        "metadata": Record.meanings(),
        "metadata_of_truth": Delivery.meanings(),
        "metadata_of_judged": Judgement.meanings(),
        "rules": list(RULES),
    }


def _column(field: pa.Field, table: Table) -> dict[str, Any]:
    notes = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
    kind = "dictionary<int32, string>" if pa.types.is_dictionary(field.type) else str(field.type)
    return {
        "name": field.name,
        "type": kind,
        "nullable": field.nullable,
        "meaning": notes.get("description", ""),
        "unit": notes.get("unit", ""),
        "example": _example(notes.get("example", ""), table),
    }


def _example(text: str, table: Table) -> str:
    """An example; what is one of the wine table's features, or a value of it, says another table nothing."""
    others = {"hue": table.features[0], "<= 3": "missing", "104": ""}
    return text if "hue" in table.features else others.get(text, text)


def _code(text: str) -> str:
    """A text as code, whatever it holds: with more backticks around it than it has."""
    ticks = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    beside = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{beside}{text}{beside}{ticks}"


def page(table: Table) -> str:
    """The contract as a page in Markdown."""
    contract = document(table)
    lines = [f"# The contract, version {contract['schema_version']}", ""]
    lines += ["What wine-labels writes and what its readers may rely on. `wine-labels contract` prints this page,", ""]
    lines[-2] += " `--json`"
    lines[-1] = "the same for programs; `wine-labels contract check FOLDER` holds a folder of labels against it."
    for file in contract["files"].values():
        lines += ["", f"## {file['folder']}: {file['rows']}", ""]
        lines += ["| column | type | null | meaning | unit | example |", "|---|---|---|---|---|---|"]
        for column in file["columns"]:
            cells = (
                _code(column["name"]), column["type"], "may be" if column["nullable"] else "never",
                column["meaning"], column["unit"], _code(column["example"]),
            )  # fmt: skip
            lines.append(f"| {' | '.join(cell.replace('|', BAR) for cell in cells)} |")
    classes = ", ".join(f"{number} {name}" for number, name in contract["classes"].items())
    lines += ["", f"Classes, by `label_id`: {classes}."]
    for key, title in TITLES.items():
        lines += ["", f"## {title}", "", "| entry | meaning |", "|---|---|"]
        lines += [f"| `{name}` | {what} |" for name, what in contract[key].items()]
    return "\n".join([*lines, "", "## What may be relied on", "", *(f"- {rule}" for rule in contract["rules"])])
