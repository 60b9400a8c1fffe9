import re

from flows.pages.version_page import draw_version
from hostile import Parsed
from models.store import ModelStore


def test_the_page_of_a_version_tells_its_evidence_and_the_rows_it_saw(place):
    page = Parsed(draw_version(ModelStore(place.models("wine")), 1, place).read_text())
    text = " ".join(page.texts)
    for words in (
        "Version 1 of the wine model",
        "accuracy, cross-validated",
        "loss (nats)",
        "epoch (count)",
        "Calibration",
    ):
        assert words in text
    assert (text[text.index("proline") :][:7], re.search(r"proline\D+(\d+)", text)[1]) == ("proline", "278")
