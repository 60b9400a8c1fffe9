from flows.pages.batch_page import draw_batch
from hostile import Parsed
from models.store import ModelStore
from work import WINE, label


def test_the_page_of_a_batch_tells_what_is_in_its_files(place, batch):
    page = Parsed(draw_batch(batch, place).read_text())
    text = " ".join(page.texts)
    assert page.open == []
    for words in ("Batch hostile", "rows in", "177", "To review", "Rejected", "not a number", "Truth against label"):
        assert words in text
    assert page.elements.count("svg") == 3
    assert all(
        unit in text for unit in ("rows labelled (count)", "confidence: probability of the label (%)", "no unit")
    )


def test_a_batch_whose_rows_are_all_rejected_has_a_page_too(place, tmp_path):
    header = WINE.read_text().splitlines()[0]
    (tmp_path / "none.csv").write_text(f"{header}\n1{',-1' * 13}\n")
    label(tmp_path / "none.csv", place, ModelStore(place.models("wine")).load(), max_rejects=1)
    assert "rejected" in draw_batch("none", place).read_text()
