from pathlib import Path

import pyarrow.parquet as pq

from nn.conformal import LEVEL
from schemas.contract import document, page

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
