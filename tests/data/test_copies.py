import pytest

from data.copies import told_by
from data.sniffing import look


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "a.csv"
    rows = [f"{at % 2},{'no' if at % 2 else 'yes'},{at // 2 % 2},{(at % 2) * (at > 3)}" for at in range(40)]
    path.write_text("\n".join(["label,copy,other,nearly", *rows]) + "\n")
    return path


def test_a_column_says_as_much_of_another_as_its_commonest_texts_guess_right(path):
    assert told_by(path, look(path), 0, [1, 2, 3]) == {1: 1.0, 2: 0.5, 3: pytest.approx(38 / 40)}


def test_a_file_is_not_read_for_no_columns(tmp_path, path):
    layout = look(path)
    assert told_by(tmp_path / "none.csv", layout, 0, []) == {}
