import hashlib
import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.entries import new_entry
from models.errors import ModelError
from models.history import History

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def history(tmp_path):
    return History(tmp_path / "history.jsonl")


def entry(event="registered", version=1, **rest):
    return new_entry(event, version, f"{version:064x}", AT, **rest)


def append(history, *entries):
    with history.writing() as add:
        add(*entries)


def grown(history, count=3):
    for version in range(1, count + 1):
        append(history, entry(version=version))
    return history.path.read_bytes().splitlines(keepends=True)


def test_entries_are_read_as_they_were_appended(history):
    added = [entry(), entry("promoted", reason="è migliore\nassai", figures={"accuracy": 0.975, "rows": 178})]
    for each in added:
        append(history, each)
    assert [found | {"before": kept["before"]} for found, kept in zip(added, history.entries(), strict=True)] == (
        history.entries()
    )
    assert history.verify() == []


def test_each_line_carries_the_sha256_of_the_line_before(history):
    lines = grown(history)
    expected = ["0" * 64, *(hashlib.sha256(line).hexdigest() for line in lines[:-1])]
    assert [json.loads(line)["before"] for line in lines] == expected


def test_entries_appended_at_once_are_chained_too(history):
    append(history, entry(version=1), entry(version=2))
    append(history, entry(version=3), entry(version=4))
    assert [found["version"] for found in history.entries()] == [1, 2, 3, 4]
    assert history.verify() == []


def test_the_log_only_grows(history):
    before = b"".join(grown(history))
    append(history, entry("refused", 2))
    assert history.path.read_bytes().startswith(before)


EARLIER = ("format", "by")


def written_earlier(*entries):
    """The log that an earlier release has written of these."""
    lines, before = [], "0" * 64
    for each in entries:
        kept = {name: value for name, value in each.items() if name not in EARLIER} | {"before": before}
        lines.append(json.dumps(kept).encode() + b"\n")
        before = hashlib.sha256(lines[-1]).hexdigest()
    return b"".join(lines)


def test_lines_of_an_earlier_release_stay_as_they_are_and_new_ones_follow_them(history):
    before = written_earlier(entry(version=1), entry("promoted", 1))
    history.path.write_bytes(before)
    append(history, entry(version=2))
    assert history.path.read_bytes().startswith(before)
    assert [found.get("format") for found in history.entries()] == [None, None, 2]
    assert (history.verify(), history.verify_end()) == ([], [])


@pytest.mark.parametrize("skip", [True, False])
def test_a_line_of_a_newer_release_is_refused_and_never_passed_over(history, skip):
    grown(history)
    history.path.write_bytes(history.path.read_bytes() + b'{"format": 4, "before": ""}\n')
    with pytest.raises(
        ModelError, match=r"^history\.jsonl: line 4: written by a newer release; .*; upgrade wine-labels$"
    ):
        history.entries(skip=skip)


def test_where_nothing_was_appended_there_is_no_log(history):
    append(history)
    assert (history.exists(), history.entries(), history.verify()) == (False, [], [])


@pytest.mark.parametrize("torn", [b"{", b'{"event": "promoted", "ver', b"\0" * 40, b"\xff"])
def test_readers_pass_over_a_torn_last_line_and_leave_it(history, torn):
    grown(history)
    history.path.write_bytes(history.path.read_bytes() + torn)
    before = history.path.read_bytes()
    assert [found["version"] for found in history.entries()] == [1, 2, 3]
    assert (history.verify(), history.path.read_bytes()) == ([], before)


def test_an_append_cuts_a_torn_last_line_off(history):
    lines = grown(history)
    history.path.write_bytes(b"".join(lines) + lines[-1][:40])
    append(history, entry("refused", 7))
    assert history.path.read_bytes().startswith(b"".join(lines))
    assert [found["version"] for found in history.entries()] == [1, 2, 3, 7]
    assert (history.verify(), history.verify_end()) == ([], [])


TAMPERING = {
    "a changed line": (
        lambda lines: [lines[0].replace(b"registered", b"promoted"), *lines[1:]],
        "line 2: does not fol",
    ),
    "a line taken out": (lambda lines: [lines[0], *lines[2:]], "line 2: does not follow"),
    "the first line taken out": (lambda lines: lines[1:], "line 1: does not follow"),
    "lines exchanged": (lambda lines: [lines[0], lines[2], lines[1]], "line 2: does not follow"),
    "a line twice": (lambda lines: [lines[0], *lines], "line 2: does not follow"),
    "a space put in": (lambda lines: [lines[0], b" " + lines[1], lines[2]], "line 3: does not follow"),
    "an empty line": (lambda lines: [lines[0], b"\n", *lines[1:]], r"line 2: not an entry of a history; found b'\\n'"),
    "a list": (lambda lines: [b"[]\n", *lines], "line 1: not an entry"),
    "no JSON": (lambda lines: [*lines, b"registered 4\n"], "line 4: not an entry of a history; found b'registered 4"),
    "a field more": (lambda lines: [*lines, lines[2].replace(b"{", b'{"a": 1, ', 1)], "line 4: not an entry"),
    "an unknown event": (lambda lines: [*lines, lines[2].replace(b"registered", b"forgotten")], "line 4: not an entry"),
    "a text for a number": (lambda lines: [*lines, lines[2].replace(b": 3,", b': "3",')], "line 4: not an entry"),
}


@pytest.mark.parametrize(("tamper", "match"), TAMPERING.values(), ids=TAMPERING)
def test_what_was_done_to_the_log_is_found(history, tamper, match):
    history.path.write_bytes(b"".join(tamper(grown(history))))
    found = history.verify()
    assert found
    with pytest.raises(ModelError, match=match):
        raise ModelError(found[0])


def test_a_line_that_is_no_entry_is_refused_by_its_number(history):
    grown(history)
    history.path.write_bytes(history.path.read_bytes() + b"{}\n")
    with pytest.raises(ModelError, match=r"^history\.jsonl: line 4: not an entry of a history; found b'{}.*; restore"):
        history.entries()
    assert len(history.entries(skip=True)) == 3


def test_the_seal_is_the_sha256_of_the_last_line(history):
    *_, last = grown(history)
    assert history.seal.read_text() == hashlib.sha256(last).hexdigest() + "\n"
    assert history.verify_end() == []


@pytest.mark.parametrize("change", [lambda log: log.replace(b": 3,", b": 4,"), lambda log: log[:-1], lambda _: b""])
def test_a_last_line_that_was_edited_or_cut_off_is_found_and_stops_the_next_writer(history, change):
    history.path.write_bytes(change(b"".join(grown(history))))
    (found,) = history.verify_end()
    assert "its last line is not the one that history.seal names; expected sha256 " in found
    with pytest.raises(ModelError, match=r"restore both from a copy, or remove history\.seal"):
        append(history, entry("refused", 3))
    history.seal.unlink()
    append(history, entry("refused", 3))
    assert history.verify_end() == []


@pytest.mark.parametrize("content", [b"", b"\xff" * 65, b"a" * 63 + b"\n", b"\n" * 2000])
def test_a_seal_that_is_none_is_found(history, content):
    grown(history)
    history.seal.write_bytes(content)
    with pytest.raises(ModelError, match=r"is not the one that history\.seal names|history\.seal: not what was saved"):
        raise ModelError(history.verify_end()[0])


def test_a_log_of_an_earlier_release_is_taken_on_trust_and_sealed_by_the_next_writer(history):
    grown(history)
    history.seal.unlink()
    assert history.verify_end() == []
    with history.writing():
        pass
    assert history.seal.exists()
    assert history.verify_end() == []


def test_lines_that_an_earlier_release_added_are_reported_until_the_next_writer_seals_them(history):
    grown(history)
    before = history.seal.read_bytes()
    append(history, entry("refused", 3), entry("promoted", 3))
    history.seal.write_bytes(before)
    (found,) = history.verify_end()
    assert "lines were added after the one that was sealed; found" in found
    append(history, entry("refused", 3))
    assert history.verify_end() == []


@pytest.mark.parametrize("log", [None, ()], ids=["the first line", "a later one"])
def test_a_process_killed_at_any_step_of_an_append_leaves_what_the_next_writer_settles(history, monkeypatch, log):
    if log is not None:
        grown(history)
    for step in range(20):
        steps = iter(range(20))

        def die(path, target, steps=steps, step=step):
            if next(steps) == step:
                raise InterruptedError
            return Path.rename(path, target)

        with monkeypatch.context() as patch:
            patch.setattr(Path, "replace", die)
            with suppress(InterruptedError):
                append(history, entry("refused", 3))
                break
        assert (history.verify(), history.verify_end()) == ([], [])
        with history.writing():
            assert not list(history.path.parent.glob(".next-history.seal"))
        append(history, entry("refused", 2))
        assert (history.verify(), history.verify_end()) == ([], [])
    assert step >= 2
