import re
from pathlib import Path

import pyarrow.parquet as pq

from nn.conformal import LEVEL
from schemas.contract import document, page
from schemas.table_file import parse_table
from work import PENGUINS

ROOT = Path(__file__).parents[2]


def test_the_page_and_the_document_give_every_column_with_an_example(wine):
    contract = document(wine)
    columns = [column for file in contract["files"].values() for column in file["columns"]]
    assert all(column["meaning"] and column["example"] and column["type"] for column in columns)
    assert all(f"| `{column['name']}` |" in page(wine) for column in columns)


def test_the_page_in_the_docs_is_the_contract(wine):
    assert (ROOT / "docs" / "contract.md").read_text() == page(wine) + "\n"


def test_the_share_promised_of_label_sets_is_their_level(wine):
    assert f"at least {LEVEL * 100:.0f} of 100 rows like those of training" in page(wine)


def test_the_metadata_promised_is_that_written(folder, wine):
    written = {key.decode() for key in pq.read_metadata(folder / "a.parquet").metadata} - {"ARROW:schema"}
    assert set(document(wine)["metadata"]) - {"wine_labels.suspect"} == written


def test_the_page_of_a_table_with_names_of_any_sort_has_whole_rows_and_nothing_of_wine(tmp_path):
    text = PENGUINS.replace('"bill length"', '"bill | `long`"').replace("Gentoo | big", "a|b `c`")
    shown = page(parse_table(text, "table.toml", tmp_path))
    rows = [line for line in shown.split("\n") if line.startswith("| ")]
    assert {len(re.split(r"(?<!\\)\|", row)) for row in rows} <= {4, 8}
    assert not re.search("hue|barolo|104", shown)
