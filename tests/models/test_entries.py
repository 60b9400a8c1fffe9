import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from models.author import author
from models.entries import champions, entry_in, fault, line_of, new_entry, pruned, registered
from models.errors import ModelError

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
OLD = {"event": "registered", "version": 1, "sha256": "0" * 64, "reason": "", "figures": {}, "at": "2026", "before": ""}


def entry(event="registered", version=1, **rest):
    return new_entry(event, version, f"{version:064x}", AT, **rest)


def test_a_new_entry_says_its_format_and_who_made_it():
    assert (entry()["format"], entry()["by"]) == (2, author())


def test_the_time_is_written_with_its_offset():
    at = datetime(2026, 3, 1, 13, tzinfo=timezone(timedelta(hours=1)))
    assert new_entry("refused", 1, "0" * 64, at)["at"] == "2026-03-01T13:00:00.000000+01:00"


@pytest.mark.parametrize("figures", [{"a": float("nan")}, {"a": float("inf")}, {"a": "1"}, {"a": None}, {"a": True}])
def test_a_figure_that_is_no_finite_number_is_refused(figures):
    with pytest.raises(ModelError, match=r"figures are finite numbers, a reason is text; found \{'a': "):
        entry(figures=figures)


@pytest.mark.parametrize("reason", [None, 7, "\ud800"])
def test_a_reason_that_is_no_text_is_refused(reason):
    with pytest.raises(ModelError, match="a reason is text; found"):
        entry(reason=reason)


@pytest.mark.parametrize("kept", [OLD, entry("pruned") | {"before": "0" * 64}], ids=["format 1", "format 2"])
def test_lines_of_every_format_there_has_been_are_entries(kept):
    assert (entry_in(line_of(kept)), fault(line_of(kept))) == (kept, "")


@pytest.mark.parametrize(
    "kept",
    [OLD | {"by": "me"}, OLD | {"format": 2}, OLD | {"format": 1, "by": "me"}, OLD | {"format": True, "by": "me"},
     OLD | {"format": 2, "by": None}, OLD | {"format": "3"}, OLD | {"event": "pruned"}],
)  # fmt: skip
def test_a_line_of_no_format_is_damage(kept):
    assert fault(line_of(kept)).startswith("not an entry of a history; found b'{")


def test_a_line_of_a_newer_format_is_not_called_damage():
    found = fault(json.dumps({"format": 4, "what": "who knows"}).encode() + b"\n")
    assert found.startswith("written by a newer release; found ")
    assert found.endswith("; upgrade wine-labels")


STORIES = {
    "p1": [1],
    "p1 p2 p3": [1, 2, 3],
    "p1 p2 p2": [1, 2],
    "p1 p2 p1": [1, 2, 1],
    "p1 p2 p3 b2": [1, 2],
    "p1 p2 p3 b2 b1": [1],
    "p1 p2 b1 p3": [1, 3],
    "p1 p2 p1 b2": [1, 2],
    "p1 f2 f3": [1],
    "p1 p2 p3 x2": [1, 3],
    "p1 p2 p3 x2 b1": [1],
    "p1 p2 p1 x2": [1],
    "p1 x2 p3": [1, 3],
}


@pytest.mark.parametrize(("story", "expected"), STORIES.items(), ids=STORIES)
def test_the_champions_follow_from_the_events(story, expected):
    events = {"p": "promoted", "b": "rolled back", "f": "refused", "x": "pruned"}
    assert champions(entry(events[word[0]], int(word[1])) for word in story.split()) == expected


def test_what_was_registered_first_counts():
    assert registered([entry() | {"sha256": "a"}, entry() | {"sha256": "b"}, entry("promoted", 2)]) == {1: "a"}


def test_what_was_pruned_stays_registered():
    entries = [entry(), entry(version=2), entry("pruned", 1)]
    assert (pruned(entries), [*registered(entries)]) == ({1: entries[2]}, [1, 2])
