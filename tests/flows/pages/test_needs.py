import os

import pytest

from data.sources import Source
from flows.pages.link import Links
from flows.pages.needs import MOST, Needs
from flows.state.figures import figures_of
from flows.state.home import Home
from flows.state.refused_files import RefusedFiles
from hostile import HOSTILE, Parsed
from work import judged, made_up, write


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


def drawn(home, *names, unreadable=(), faults=()):
    batches = {name: figures_of(home, name) for name in names}
    return Needs(home, Links(home, home.home_page), batches, unreadable, faults)


def text(needs):
    return " ".join(Parsed(needs.draw()).texts)


def test_nobody_is_needed_where_all_is_well(home):
    made_up(home, "a")
    needs = drawn(home, "a")
    assert needs.draw() == ""
    assert set(needs.counts.values()) == {"0"}


def test_each_kind_is_named_with_its_reason_and_the_command_that_helps(home):
    made_up(home, "a b", suspect=f"swapped {HOSTILE}")
    made_up(home, "it's", review=1234)
    lines = [("review_wrong", None, 0, 0), ("broken_promise", None, None, 9, "fewer right")]
    judged(home, "c", made_up(home, "c"), *lines)
    refused = RefusedFiles(home, {})
    refused.keep(Source.at(str(write(home.folder / "<i>.csv", "x"))), f"not a table {HOSTILE}")
    needs = drawn(home, "a b", "it's", "c", unreadable=["u"], faults=["history.jsonl: cut off"])
    found = text(needs)
    for words in (
        f"a b: swapped {HOSTILE}", "wine-labels open 'a b'",
        "1,234 rows up for review whose truth nobody has told", """wine-labels review 'it'"'"'s' -o sheet.csv""",
        "c: fewer right", "wine-labels truth report c",
        f"<i>.csv: not a table {HOSTILE}", "u: its report cannot be read", "history.jsonl: cut off",
    ):  # fmt: skip
        assert words in found
    assert {*Parsed(needs.draw()).elements} == {"ul", "li", "b", "code"}
    assert [*needs.counts.values()] == ["1", "1", "1,234", "1"]


def test_of_each_kind_some_are_listed_and_the_others_counted(home):
    names = [f"{number}" for number in range(MOST + 3)]
    for name in names:
        made_up(home, name, review=int(name) + 1, suspect="swapped")
        refused = RefusedFiles(home, {})
        refused.keep(Source.at(str(write(home.folder / f"{name}.csv", "x"))), "not a table")
        os.utime(home.refused / f"{name}.csv.json", ns=(int(name), int(name)))
    needs = drawn(home, *names)
    assert needs.draw().count("<li>") == 3 * (MOST + 1)
    assert text(needs).count("3 more: see ") == 3
    assert f"{names[-1]}: {MOST + 3} rows up for review" in text(needs)  # the most first
    assert f"{names[0]}: 1 rows" not in text(needs)
    assert f"{names[-1]}.csv: not a table" in text(needs)  # the newest first
