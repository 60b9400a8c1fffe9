"""Rows of text: no id is ever changed without a word, whatever the bytes."""

from __future__ import annotations

import pytest

from data import text_rows
from data.cells import LONGEST_ID
from data.errors import SourceError
from data.sniffing import sniff
from data.text_blocks import Block
from data.text_rows import text_chunks

FILLING = 3000  # rows: more than are looked at to find out what a file is


def with_ids(lines, ids):
    rows = lines[1:] * (len(ids) // 178 + 1)
    return "\n".join(["id," + lines[0], *(f"{each},{row}" for each, row in zip(ids, rows, strict=False))]) + "\n"


def test_a_byte_that_is_not_ascii_far_from_the_beginning_decides_the_encoding_all_the_same(text_file, lines, read):
    ids = [*(f"B{row}" for row in range(FILLING)), "Château", "Müller"]
    found = read(text_file(with_ids(lines, ids).encode("latin-1")))
    assert found.frame["id"].tolist() == ids
    assert "read as Windows-1252" in found.layout.remarks[-1]


def test_what_windows_writes_is_read_as_windows_wrote_it(text_file, lines, read):
    ids = [f"L’Étoile €{row}" for row in range(178)]  # noqa: RUF001
    assert read(text_file(with_ids(lines, ids).encode("cp1252"))).frame["id"].tolist() == ids


@pytest.mark.parametrize("rows", [7, 131_072])
@pytest.mark.parametrize(
    ("encoding", "name", "bad"),
    [("utf-8", "UTF-8", b"\xff"), ("cp1252", "Windows-1252", b"\x81"), ("utf-16-le", "UTF-16 LE", b"\x00\xd8")],
)
def test_a_row_that_cannot_be_decoded_is_a_reject_with_its_bytes_shown(
    text_file, lines, read, encoding, name, bad, rows
):
    ids = [f"Château {row}" for row in range(178)]
    content = with_ids(lines, ids).encode(encoding).replace("u 100".encode(encoding), bad + "u 100".encode(encoding))
    found = read(text_file(content), rows=rows)
    [(row, reason, text)] = found.malformed
    assert (row, reason) == (100, f"not {name}")
    assert "\\x" in text
    assert found.frame["id"].tolist() == [each for each in ids if each != "Château 100"]


def test_half_a_character_at_the_end_is_refused(text_file, lines, read):
    with pytest.raises(SourceError, match="half a character at the end of a text in UTF-16 LE"):
        read(text_file(("\n".join(lines) + "\n").encode("utf-16-le") + b"\n"))


def test_a_line_break_in_a_quoted_cell_of_any_length_is_no_new_row(text_file, lines, read):
    rows = [f"x,{line}" for line in lines[1:]]
    rows[4] = f'"{"y" * 200_000}\nz",{lines[5]}'
    found = read(text_file("\n".join(["note," + lines[0], *rows])))
    assert (found.frame.index.tolist(), found.malformed) == ([*range(178)], [])


@pytest.mark.parametrize("end", ["", "1,2,3", "more"])
def test_a_line_that_begins_with_a_control_character_is_one_reject(text_file, lines, read, end):
    content = [lines[0], *lines[1:] * 30, f"\x1a{end}", *lines[1:]]
    found = read(text_file("\n".join(content)))
    assert [(row, reason) for row, reason, _ in found.malformed] == [(5340, "a control character")]
    assert len(found.frame) == 5340 + 178


def test_an_id_that_is_too_long_makes_its_row_a_reject(text_file, lines, read):
    ids = ["a" * (LONGEST_ID + 1), *(f"B{row}" for row in range(177))]
    [(row, reason, text)] = read(text_file(with_ids(lines, ids))).malformed
    assert (row, reason, text) == (0, "an id of more than 1,000 bytes", ids[0])


@pytest.mark.parametrize("rows", [1, 3, 1000])
def test_a_mark_within_the_text_stays_in_its_id_wherever_a_block_begins(text_file, lines, read, rows):
    ids = [f"\ufeffB{row}" for row in range(20)]
    assert read(text_file(with_ids(lines, ids)), rows=rows).frame["id"].tolist() == ids


def test_blanks_within_the_cells_of_a_table_of_tabs_separate_nothing(text_file, lines, read):
    content = with_ids(lines, [f"bottle {row}" for row in range(20)]).replace(",", "\t")
    assert read(text_file(content)).frame["id"].tolist() == [f"bottle {row}" for row in range(20)]


@pytest.mark.parametrize("first", [1, 2, 90, 170])
@pytest.mark.parametrize(("one", "other"), [("\r", "\n"), ("\r", "\r\n"), ("\n", "\r"), ("\r\n", "\r"), ("\n", "\r\n")])
@pytest.mark.parametrize("rows", [3, 131_072])
def test_lines_that_end_in_several_ways_are_all_read(text_file, lines, read, first, one, other, rows):
    ids = [f"B{row}" for row in range(178)]
    content = with_ids(lines, ids).splitlines()
    found = read(text_file(one.join(content[:first]) + one + other.join(content[first:]) + other), rows=rows)
    assert (found.frame["id"].tolist(), found.malformed) == (ids, [])


@pytest.mark.parametrize("within", ["x\r\r\ny", "x\r\ny", "x\ny"])
def test_a_line_end_within_a_quoted_cell_does_not_say_how_lines_end(text_file, lines, read, within):
    ids = [f'"{within}"', *(f"B{row}" for row in range(177))]
    assert read(text_file(with_ids(lines, ids))).frame["id"].tolist()[:2] == [within, "B0"]


def test_rows_are_parsed_when_they_are_called_for_and_once(text_file, lines, table, monkeypatch):
    path, parsed = text_file("\n".join(lines) + "\n"), []
    real = text_rows.parse_block
    monkeypatch.setattr(text_rows, "parse_block", lambda *given: parsed.append(given) or real(*given))
    layout = sniff(path, table)
    first, *others = text_chunks(path, layout, layout.text, 50)
    assert parsed == []
    assert (first().frame.index[0], len(parsed)) == (0, 1)
    assert others[-1]().frame.index[-1] == 177


def test_rows_that_cannot_be_counted_are_parsed_as_they_are_read_and_no_second_time(
    text_file, lines, table, monkeypatch
):
    path, parsed = text_file("\n".join([lines[0] + ",note", *(line + ',"a\nb"' for line in lines[1:])])), []
    real = text_rows.parse_block
    monkeypatch.setattr(text_rows, "parse_block", lambda *given: parsed.append(given) or real(*given))
    layout = sniff(path, table)
    chunks = [*text_chunks(path, layout, layout.text, 50)]
    assert len(parsed) == len(chunks)
    assert [row for chunk in chunks for row in chunk().frame.index] == [*range(178)]
    assert len(parsed) == len(chunks)


@pytest.mark.parametrize("counted", [0, 179])
def test_rows_that_are_not_as_many_as_were_counted_are_never_numbered(text_file, lines, table, monkeypatch, counted):
    path = text_file("\n".join(lines) + "\n")
    block = Block("\n".join(lines[1:]).encode(), counted)
    monkeypatch.setattr(text_rows, "read_blocks", lambda *_: iter([block]))
    layout = sniff(path, table)
    [chunk] = text_chunks(path, layout, layout.text, 1000)
    with pytest.raises(AssertionError, match=f"^{counted} rows counted and 178 parsed: a bug$"):
        chunk()
