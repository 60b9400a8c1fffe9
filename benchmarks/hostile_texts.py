"""Hostile texts: tables as text in every dialect, and what breaks those who cut lines into cells."""

import csv
import io
import random
from dataclasses import dataclass

from made import FEATURES, LABEL, Made, bottles, row

SEPARATORS = (",", ";", "\t", "|", " ")
LINE_ENDS = ("\n", "\r\n", "\r", "\r\r\n")
IDS = ("B-{:04}", "{:05}", "{}", "bottle {}", "9007199254740993{}", "{}.0", "1e{}", 'in"ch {}', "+{}", "-{}")
PIECES = ('"', '""', '"\n"', ",", ";", "\t", " ", "\n", "\r", "\r\r\n", "\x00", "\x1a", "\ufeff", "é", "1e999", "nan")
STARTS = ("\x1a", "\x00", "\ufeff", "\x0c", "\x1b[31m", "#", "'", '"', "\x7f", "\u2028", "\x85", "\xa0", "=")
LETTERS = '"",,;;\t\n\n\r  |..--0123456789eEabcxé\x00\ufeff%@<>{}[]:#?'


@dataclass(frozen=True)
class Dialect:
    """How a program writes its tables."""

    separator: str = ","
    end: str = "\n"
    quoting: int = csv.QUOTE_MINIMAL
    header: bool = True
    decimal: str = "."

    @classmethod
    def any(cls, rng: random.Random) -> "Dialect":
        """One of those in circulation."""
        separator, end = rng.choice(SEPARATORS), rng.choice(LINE_ENDS)
        decimal = "." if separator == "," else rng.choice(".,")
        return cls(separator, end, rng.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)), decimal=decimal)

    def text(self, names: list[str], lines: list[list[str]]) -> str:
        """Lines under their names."""
        file = io.StringIO(newline="")
        writer = csv.writer(file, delimiter=self.separator, lineterminator=self.end, quoting=self.quoting)
        writer.writerows([names, *lines] if self.header else lines)
        return file.getvalue()


def table(rng: random.Random, dialect: Dialect, rows: list[list[str]], ids: list[str], notes: list[str] | None = None):
    """A text of bottles with an id, first or last, and perhaps a column of notes."""
    columns = [("id", ids), *([("note", notes)] if notes else [])]
    names = [LABEL, *FEATURES]
    lines = [[cell.replace(".", dialect.decimal) for cell in bottle] for bottle in rows]
    for name, cells in columns:
        at = rng.choice((0, len(names)))
        names.insert(at, name)
        for line, cell in zip(lines, cells, strict=True):
            line.insert(at, cell)
    return dialect.text(names, lines)


def identifiers(rng: random.Random, count: int, forms: tuple[str, ...] = IDS) -> list[str]:
    form, start = rng.choice(forms), rng.randrange(1, 10_000)
    return [form.format(start + number) for number in range(count)]


def in_any_dialect(rng: random.Random) -> Made:
    """Sound tables."""
    dialect, rows = Dialect.any(rng), bottles(rng)
    forms = tuple(form for form in IDS if dialect.separator != " " or (" " not in form and '"' not in form))
    ids = identifiers(rng, len(rows), forms)
    made = tuple(row(bottle, each) for bottle, each in zip(rows, ids, strict=True))
    return Made(table(rng, dialect, rows, ids).encode(), made, fate="labelled", note=repr(dialect))


def with_quoted_cells(rng: random.Random) -> Made:
    """Notes that hold separators, quotes and line breaks, as the quotes around them allow."""
    dialect = Dialect(rng.choice(SEPARATORS[:4]), rng.choice(("\n", "\r\n")))
    rows = bottles(rng)
    ids = identifiers(rng, len(rows))
    notes = [_note(rng, dialect) for _ in rows]
    if rng.random() < 0.3:
        ids[rng.randrange(len(ids))] = f"two{dialect.end}lines"
    made = tuple(row(bottle, each, each.replace("\r\n", "\n")) for bottle, each in zip(rows, ids, strict=True))
    return Made(table(rng, dialect, rows, ids, notes).encode(), made, note=repr(dialect))


def _note(rng: random.Random, dialect: Dialect) -> str:
    bits = ("a", "b c", '"', dialect.separator, dialect.end, "é", "1.5", "", dialect.end * 2)
    return "".join(rng.choice(bits) for _ in range(rng.randrange(12)))


def damaged(rng: random.Random) -> Made:
    """Sound text with pieces of it cut out, doubled and put in."""
    text = in_any_dialect(rng).content.decode()
    for _ in range(rng.randint(1, 4)):
        at, length = rng.randrange(len(text) + 1), rng.randrange(120)
        text = rng.choice((
            text[:at] + text[at + length :],
            text[:at] + text[at : at + length] + text[at:],
            text[:at] + rng.choice(PIECES) * rng.choice((1, 1, 1, 2, 30)) + text[at:],
            text[: max(at, 300)],
        ))  # fmt: skip
    return Made(text.encode(), text=text)


def with_lone_quotes(rng: random.Random) -> Made:
    """Quotes that open and never close, at the beginning of cells and within them."""
    text = in_any_dialect(rng).content.decode()
    for _ in range(rng.choice((1, 1, 2, 3, 30))):
        at = rng.randrange(len(text))
        text = text[:at] + '"' + text[at:]
    return Made(text.encode(), text=text)


def with_strange_starts(rng: random.Random) -> Made:
    """Lines and cells that begin with what means something else somewhere: NUL, 0x1A, marks, controls."""
    lines = in_any_dialect(rng).content.decode().split("\n")
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(lines))
        place = rng.choice((0, 0, rng.randrange(len(lines[at]) + 1)))
        lines[at] = lines[at][:place] + rng.choice(STARTS) + lines[at][place:]
    text = "\n".join(lines)
    return Made(text.encode(), text=text)


def with_mixed_line_ends(rng: random.Random) -> Made:
    """Lines that end in different ways, blank ones among them."""
    lines = Dialect(rng.choice(SEPARATORS)).text([LABEL, *FEATURES], bottles(rng)).split("\n")
    text = "".join(line + rng.choice((*LINE_ENDS, "\n\n", "\n \n", "\n\r")) for line in lines)
    return Made(text.encode(), text=text)


def with_other_columns(rng: random.Random) -> Made:
    """Columns left out, doubled, shuffled, and a great many that are none of ours."""
    rows = bottles(rng)
    order = rng.sample(range(14), rng.choice((14, 14, 14, 13, 5, 1))) + rng.choices(range(14), k=rng.choice((0, 0, 1)))
    extra = rng.choice((0, 0, 3, 30, 300))
    names = [[LABEL, *FEATURES][at] for at in order] + [f"extra {number}" for number in range(extra)]
    lines = [[bottle[at] for at in order] + [str(rng.random())[:5]] * extra for bottle in rows]
    text = Dialect(header=rng.random() < 0.8).text(names, lines)
    return Made(text.encode(), text=text)


def huge(rng: random.Random) -> Made:
    """Names, cells and lines of up to a megabyte and more."""
    rows = bottles(rng)
    size = rng.choice((1_000, 60_000, 140_000, 300_000, 1_100_000))
    bit = rng.choice(("x", "9", '"', ",", '",', "\n", '"\n', " ", "é", "\r"))
    size = min(size, 60_000) if bit.strip() != bit else size
    text = Dialect().text([LABEL, *FEATURES, "note"], [[*bottle, ""] for bottle in rows])
    at = rng.choice((0, text.index("\n"), rng.randrange(len(text))))
    text = text[:at] + rng.choice(("", '"')) + bit * (size // len(bit)) + rng.choice(("", '"')) + text[at:]
    return Made(text.encode(), text=text, note=f"{size} of {bit!r}")


def with_a_long_note(rng: random.Random) -> Made:
    """A quoted cell of up to half a megabyte, with line breaks."""
    rows, dialect = bottles(rng), Dialect()
    ids = identifiers(rng, len(rows))
    notes = [""] * len(rows)
    size = rng.choice((10_000, 131_000, 131_073, 140_000, 300_000))
    notes[rng.randrange(len(rows))] = ("x" * rng.choice((100, size - 2)) + "\n").ljust(size, "y")
    made = tuple(row(bottle, each) for bottle, each in zip(rows, ids, strict=True))
    return Made(table(rng, dialect, rows, ids, notes).encode(), made, note=f"a note of {size}")


def nothing(rng: random.Random) -> Made:
    """Letters and bytes that mean nothing."""
    length = rng.randrange(3000)
    if rng.random() < 0.5:
        return Made(rng.randbytes(length))
    text = "".join(rng.choices(LETTERS, k=length))
    return Made(text.encode(), text=text)
