from flows.pages.judged import NONE, accuracy_facts, judged_sections, share
from flows.state.judgement import judgement_of
from flows.state.report import Report
from work import LINES, label, write


def test_accuracy_by_how_truth_was_come_by_has_intervals_beside_what_was_expected(place, judged):
    held, by_class = judged_sections(judgement_of(place, judged))
    assert held.rows == [
        {"truth": "drawn at random", "rows": "12", "accuracy": "100.0% (76.0% to 100.0%)", "expected": "99.0%",
         "in their label set": ""},
        {"truth": "picked for review", "rows": "8", "accuracy": "75.0% (41.0% to 93.0%)", "expected": "",
         "in their label set": ""},
        {"truth": "all", "rows": "20", "accuracy": "90.0% (70.0% to 97.0%)", "expected": "97.0%",
         "in their label set": "95.0% (76.0% to 99.0%)"},
    ]  # fmt: skip
    assert by_class.rows == [{"truth": "barolo", "rows": "20", "accuracy": "90.0% (70.0% to 97.0%)"}]
    for said in (
        "promise to hold the truth in 98.0%",
        "Of 8 rows put up for review 2 were labelled wrong. Of 12 others 0 were",
        "1 row was told otherwise before.",
    ):
        assert said in held.note
    assert "other bytes" not in held.note


def test_a_batch_without_truth_has_none_and_nothing_is_held_against_it(place, untold):
    report = Report.read(place.report(untold))
    assert [*accuracy_facts(report, None).values()] == [NONE]
    assert [*judged_sections(None)] == []
    assert share(report, "accuracy") == share(report, "no such metric") == ""


def test_accuracy_on_rows_trained_on_never_passes_for_that_on_others(place, tmp_path):
    label(write(tmp_path / "wine.csv", *LINES), place)
    facts = accuracy_facts(Report.read(place.report("wine")), None)
    assert facts == {"accuracy on 178 rows with truth (97.9% to 100.0%)": "100.0%"}


def test_truth_that_came_later_counts_before_what_the_report_says(place, judged):
    facts = accuracy_facts(Report.read(place.report(judged)), judgement_of(place, judged))
    assert facts == {
        "accuracy on 12 rows drawn at random (76.0% to 100.0%)": "100.0%",
        "accuracy on 20 rows with truth, never trained on (70.0% to 97.0%)": "90.0%",
    }
