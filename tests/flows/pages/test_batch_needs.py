from dataclasses import replace

from flows.pages.batch_needs import needs_section
from flows.state.judgement import judgement_of
from flows.state.ledger import record_of
from flows.state.report import Report
from hostile import HOSTILE, Parsed


def section(place, name, waiting=0, **changed):
    record = replace(record_of(place, name), **changed)
    return needs_section(name, record, Report.read(place.report(name)), judgement_of(place, name), waiting)


def test_each_need_has_its_kind_and_the_command_that_helps(place, judged):
    text = " ".join(" ".join(Parsed(section(place, judged, 3, suspect="hue looks sorted").chart).texts).split())
    assert "suspect hue looks sorted" in text
    assert "broken promise coverage of 80% of 20 rows wine-labels truth report untold" in text
    assert "review 3 rows are up for review, the truth not known wine-labels review untold -o sheet.csv" in text


def test_where_nobody_is_needed_it_says_so(place, untold):
    found = section(place, untold)
    assert (found.chart, found.note.partition(":")[0]) == ("", "Nothing")


def test_a_hostile_name_is_quoted_for_the_shell_and_stays_text(place, untold):
    report = Report.read(place.report(untold))
    drawn = needs_section(HOSTILE, record_of(place, untold), report, None, 1).chart
    assert "<script" not in drawn
    assert "review '<script>alert" in " ".join(Parsed(drawn).texts)
