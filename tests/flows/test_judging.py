import pytest

from flows.state.home import Home
from flows.state.judgement import judgement_of
from flows.state.tellings import deliveries
from work import bottles, snapshot, truth_of, write

pytestmark = pytest.mark.usefixtures("prefect_server")

PLACES = range(0, 178, 3)


def tell(path, *places, **otherwise):
    lines = [f"B{place:03},{otherwise.get(f'B{place:03}', truth_of(place))}" for place in places]
    return write(path, *lines, header="id,truth")


def test_truth_in_the_inbox_is_taken_in_once_and_labels_are_held_against_it(home, inbox, night):
    (inbox / "a.csv").unlink()
    bottles(inbox / "october.csv")
    tell(inbox / "told.csv", *PLACES)
    state, result = night()
    assert (state.name, state.message) == ("Completed", "1 labelled, 1 truth taken in")
    ((told,), (judged,)) = (result.truth, result.judged)
    assert "no ground truth" not in Home.at(home).page("october").read_text()
    assert (told.told, told.batches) == (len(PLACES), ["october"])
    assert (judged["batch"], judged["judged"], judged["broken_promises"]) == ("october", len(PLACES), [])
    before = snapshot(home / "data" / "truth") | snapshot(home / "data" / "judged")
    state, result = night()
    assert (state.message, result.truth, result.judged) == ("2 unchanged", [], [])
    assert snapshot(home / "data" / "truth") | snapshot(home / "data" / "judged") == before


def test_a_broken_promise_is_an_alert_and_refused_truth_is_reported_once(home, inbox, night, monkeypatch):
    alerts = []
    monkeypatch.setattr("flows.nightly.notify", lambda _table, notices, *_more: alerts.extend(notices))
    (inbox / "a.csv").unlink()
    path = bottles(inbox / "october.csv")
    path.write_text(path.read_text().replace("\n", ".5\n").replace("proline.5", "proline", 1))  # none was trained on
    night()
    wrong = {f"B{place:03}": "barbera" for place in PLACES[:14]}
    tell(inbox / "told.csv", *PLACES, **wrong)
    state, _ = night()
    assert state.type.value == "FAILED"
    assert "truth contradicts the labels" in state.message
    assert night()[0].message == "1 unchanged, 1 refused before"
    few = {f"B{place:03}": "barbera" for place in PLACES[:5]}
    tell(inbox / "told.csv", *PLACES, **few)
    state, result = night()
    assert state.message == "1 unchanged, 1 truth taken in"
    assert result.judged[0]["broken_promises"] == ["the label is right in 55 of 60 rows, 100.0% were expected"]
    assert "october: the label is right in 55 of 60 rows, 100.0% were expected" in alerts


def test_what_was_told_by_hand_is_judged_by_the_night_that_follows(home, inbox, night):
    from work import deliver

    (inbox / "a.csv").unlink()
    bottles(inbox / "october.csv")
    night()
    deliver(tell(home / "told.csv", *PLACES), home)
    assert judgement_of(Home.at(home), "october") is None
    assert [each["batch"] for each in night()[1].judged] == ["october"]
    assert len(deliveries(Home.at(home))) == 1


def test_damaged_truth_is_an_alert_and_stops_no_labelling(home, inbox, night, monkeypatch):
    alerts = []
    monkeypatch.setattr("flows.nightly.notify", lambda _table, notices, *_more: alerts.extend(notices))
    Home.at(home).truth("told").parent.mkdir()
    Home.at(home).truth("told").write_bytes(b"PAR1")
    state, result = night()
    assert (state.type.value, [batch.status for batch in result.batches]) == ("COMPLETED", ["labelled"])
    assert any("told.parquet: damaged truth" in each for each in alerts)
