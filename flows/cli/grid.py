"""A grid: rows and columns without lines at the terminal, and a line for each row where it is too narrow for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from rich.cells import cell_len
from rich.text import Text

from flows.state.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rich.console import Console, ConsoleOptions, RenderResult

Side: TypeAlias = Literal["left", "right"]

GAP: Final = " " * 4


@dataclass(frozen=True)
class Grid:
    """Columns by name, with the side to which each is set, and rows of texts, the first of which names the row."""

    columns: Mapping[str, Side]
    rows: Sequence[tuple[str, ...]]

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """As a table where it fits, else row by row."""
        head = [tuple(self.columns)] if any(name.strip() for name in self.columns) else []
        rows = [tuple(map(printable, row)) for row in self.rows]
        widths = [max(map(cell_len, cells)) for cells in zip(*head, *rows, strict=True)]
        if sum(widths) + len(GAP) * (len(widths) - 1) > options.max_width:
            yield from map(Text, map(printable, self._narrow()))
            return
        for row in head:
            yield Text(self._line(row, widths), style="table.header")
        for row in rows:
            yield Text(self._line(row, widths))

    def _line(self, row: tuple[str, ...], widths: Sequence[int]) -> str:
        cells = []
        for cell, side, width in zip(row, self.columns.values(), widths, strict=True):
            blanks = " " * (width - cell_len(cell))
            cells.append(cell + blanks if side == "left" else blanks + cell)
        return GAP.join(cells)

    def _narrow(self) -> Iterable[str]:
        first, *others = self.columns
        for name, *cells in self.rows:
            pairs = zip(others, cells, strict=True)
            figures = ", ".join(f"{column} {cell}".strip() for column, cell in pairs if cell)
            yield f"{first} {name}: {figures}" if first else f"{name}: {figures}"


def figures(named: Mapping[str, str]) -> Grid:
    """A figure a line, set to the right, under its name; no header."""
    return Grid({"": "left", " ": "right"}, [(f"  {name}", text) for name, text in named.items()])
