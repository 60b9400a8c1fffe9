import re

from data.errors import MovingError
from flows.pages.batch_page import draw_batch
from flows.pages.version_page import draw_version
from flows.state import measured
from flows.state.report import labelled_at
from hostile import Parsed
from models.store import ModelStore
from work import WINE, label


def parsed(batch, place):
    return Parsed(draw_batch(batch, place).read_text())


def words(batch, place):
    return " ".join(" ".join(parsed(batch, place).texts).split())


def test_the_page_of_a_batch_tells_what_is_in_its_files(place, batch):
    page = parsed(batch, place)
    text = " ".join(page.texts)
    assert page.open == []
    for said in ("Batch hostile", "rows in", "177", "To review", "Rejected", "not a number", "Truth against label"):
        assert said in text
    assert page.elements.count("svg") == 2 + 13
    assert all(unit in text for unit in ("rows labelled (count)", "confidence: probability of the label (%)"))


def test_what_needs_a_person_comes_before_the_charts_and_rows_after_them(place, untold):
    text = draw_batch(untold, place).read_text()
    places = [
        text.index(f"<h2>{each}") for each in ("What needs", "Labels by class", "Measurements", "To review", "Rejected")
    ]
    assert places == sorted(places)
    assert text.index("What needs a person") < text.index('class="facts"')


def test_the_day_it_was_labelled_stands_in_its_first_line(place, untold):
    when = labelled_at(place.report(untold))
    assert f"labelled on {when:%-d %B %Y, %H:%M} UTC by version 1" in words(untold, place)


def test_without_truth_no_accuracy_is_claimed_of_it(place, untold):
    text = words(untold, place)
    assert "no ground truth" in text
    assert "accuracy on" not in text


def test_its_truth_is_shown_where_it_was_judged(place, judged):
    text = words(judged, place)
    assert "100.0% accuracy on 12 rows drawn at random (76.0% to 100.0%)" in text
    assert "no ground truth" not in text


def test_a_batch_whose_rows_are_all_rejected_has_a_page_too(place, tmp_path):
    header = WINE.read_text().splitlines()[0]
    (tmp_path / "none.csv").write_text(f"{header}\n1{',-1' * 13}\n")
    label(tmp_path / "none.csv", place, ModelStore(place.models).load(), max_rejects=1)
    assert "Rejected, by column and rule" in draw_batch("none", place).read_text()


def test_a_batch_whose_input_is_gone_has_a_page_too_and_it_says_so(place, untold, tmp_path):
    (tmp_path / "untold.csv").unlink()
    text = words(untold, place)
    assert "Not drawn: the source untold.csv of sha256" in text
    assert "drift against the training rows" in text
    assert "B-7" in text


def test_a_batch_whose_input_changes_while_it_is_read_has_a_page_too(place, untold, tmp_path, monkeypatch):
    def changed(*_):
        raise MovingError("untold.csv: changed while it was read; found other bytes; run again")

    monkeypatch.setattr(measured, "sniff", changed)
    assert "Not drawn: untold.csv: changed while it was read; found other bytes." in words(untold, place)


def test_links_lead_to_the_page_over_everything_and_to_that_of_the_version(place, untold):
    draw_version(ModelStore(place.models), 1, place)
    page = draw_batch(untold, place)
    links = re.findall(r'<a href="([^"]*)"', page.read_text())
    assert links == ["index.html", "versions/wine-0001.html"]
    assert (page.parent / links[1]).exists()


def test_a_page_is_a_few_hundred_kilobytes_at_most(place, judged):
    assert draw_batch(judged, place).stat().st_size < 300_000
