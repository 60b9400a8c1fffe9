import pytest
from rich.console import Console

from flows.cli.grid import Grid, figures

COUNTS = Grid({"kind": "left", "first": "right", "second": "right"}, [("a", "1", "20"), ("b", "300", "")])


def shown(renderable, width):
    console = Console(width=width)
    with console.capture() as printed:
        console.print(renderable)
    return [line.rstrip() for line in printed.get().splitlines()]


def test_where_it_fits_columns_stand_under_one_another():
    head, first, second = shown(COUNTS, 80)
    assert head.split() == ["kind", "first", "second"]
    assert first.index("1") + 1 == second.index("300") + 3  # set to the right


def test_where_it_does_not_fit_every_row_is_a_line_that_names_its_cells():
    assert shown(COUNTS, 20) == ["kind a: first 1,", "second 20", "kind b: first 300"]


@pytest.mark.parametrize("width", [20, 40, 80])
def test_no_line_is_wider_than_the_terminal_and_no_cell_is_cut(width):
    lines = shown(COUNTS, width)
    assert max(map(len, lines)) <= width
    assert all(cell in " ".join(lines) for row in COUNTS.rows for cell in row)


def test_figures_have_no_header():
    assert shown(figures({"accuracy": "99.00%"}), 80) == ["  accuracy    99.00%"]
    assert shown(figures({"accuracy": "99.00%"}), 19) == ["  accuracy: 99.00%"]
