"""A grid: rows and columns without lines at the terminal, and a line for each row where it is too narrow for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from flows.state.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rich.console import Console, ConsoleOptions, RenderResult

Side: TypeAlias = Literal["left", "right"]

WIDEST: Final = 10_000


@dataclass(frozen=True)
class Grid:
    """Columns by name, with the side to which each is set, and rows of texts, the first of which names the row."""

    columns: Mapping[str, Side]
    rows: Sequence[tuple[str, ...]]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """As a table where it fits, else row by row."""
        headed = any(name.strip() for name in self.columns)
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 2), show_header=headed)
        for name, side in self.columns.items():
            table.add_column(name, justify=side, no_wrap=True)
        for row in self.rows:
            table.add_row(*map(printable, row))
        wanted = Measurement.get(console, options.update(max_width=WIDEST), table).maximum
        if wanted <= options.max_width:
            yield table
        else:
            yield from map(Text, map(printable, self._narrow()))

    def _narrow(self) -> Iterable[str]:
        first, *others = self.columns
        for name, *cells in self.rows:
            pairs = zip(others, cells, strict=True)
            figures = ", ".join(f"{column} {cell}".strip() for column, cell in pairs if cell)
            yield f"{first} {name}: {figures}" if first else f"{name}: {figures}"


def figures(named: Mapping[str, str]) -> Grid:
    """A figure a line, set to the right, under its name; no header."""
    return Grid({"": "left", " ": "right"}, [(f"  {name}", text) for name, text in named.items()])
