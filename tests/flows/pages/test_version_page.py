import re
from dataclasses import replace
from datetime import UTC, datetime

from flows.pages import version_page
from flows.pages.version_page import draw_version
from flows.state.training_table import training_table
from hostile import Parsed
from models.store import ModelStore
from schemas.results import truth_schema
from schemas.telling import Delivery
from work import TABLE, judged, made_up, saved


def shown(place):
    return Parsed(draw_version(ModelStore(place.models), 1, place).read_text())


def test_the_page_of_a_version_tells_its_evidence_and_the_rows_it_saw(place):
    text = " ".join(shown(place).texts)
    for words in (
        "Version 1 of the wine model",
        "accuracy, cross-validated",
        "loss (nats)",
        "epoch (count)",
        "Calibration",
    ):
        assert words in text
    assert (text[text.index("proline") :][:7], re.search(r"proline\D+(\d+)", text)[1]) == ("proline", "278")


def test_of_a_category_it_tells_the_levels_and_how_many_rows_have_each(place, penguins_version, monkeypatch):
    monkeypatch.setattr(version_page, "training_table", lambda version: training_table(penguins_version))
    (said,) = (text for text in shown(place).texts if text.startswith("island: "))
    counts = {name: int(count) for name, count in re.findall(r"(\w+) (\d+)", said)}
    assert list(counts) == sorted(counts, key=counts.get, reverse=True)
    assert (set(counts), sum(counts.values())) == ({"Biscoe", "Dream", "Torgersen"}, 300)


def test_it_tells_when_it_was_made_whether_it_labels_and_what_was_decided(place):
    store = ModelStore(place.models)
    day = store.history()[0]["at"][:10]
    assert f"Made on {day}; champion since {day}: it labels when no version is named." in shown(place).texts
    store.refuse(1, "on second thoughts")
    (store.folder / "champion").unlink()
    texts = shown(place).texts
    assert f"Made on {day}; not champion, as it was before." in texts
    assert texts.index("the first champion") < texts.index("on second thoughts")


def test_it_tells_how_its_promises_held_and_links_the_batches_they_did_not_hold_of(place):
    assert "No truth has been told of any batch that it labelled." in shown(place).texts
    lines = [("judged_rows", "sampled", 40, 40), ("accuracy_sampled", None, 0.9, 40)]
    judged(place, "a b", made_up(place, "a b"), *lines, ("broken_promise", None, None, 40, "fewer right"))
    place.page("a b").touch()
    page = shown(place)
    for words in ("drawn at random", "90% (76.9 to 96%)", "a b", "broken", "All batches"):
        assert words in page.texts
    assert {("href", "../a%20b.html"), ("href", "../index.html")} <= {*page.attributes}


def test_it_names_the_deliveries_of_truth_it_learned_from(place, monkeypatch):
    assert "None: tables alone." in shown(place).texts
    told_at = datetime(2026, 3, 1, tzinfo=UTC)
    delivery = Delivery(1, "wine", "sheet.csv", "d" * 64, "0", 9, 7, "", "may", told_at.isoformat())
    saved(truth_schema(TABLE).empty_table(), place.truth("sheet"), delivery)
    made_from = version_page.Evidence.from_notes

    def learned(notes):
        evidence = made_from(notes)
        return replace(evidence, origin=replace(evidence.origin, deliveries=("d" * 64, "e" * 64)))

    monkeypatch.setattr(version_page.Evidence, "from_notes", learned)
    texts = shown(place).texts
    at = texts.index("sheet.csv")
    assert [text for text in texts[at:] if text.strip()][:4] == ["sheet.csv", "2026-03-01", "7", "e" * 64]
