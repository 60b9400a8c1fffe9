from __future__ import annotations

import pytest

from data.sniffing import sniff


@pytest.mark.parametrize("name", ["", "id", "row"])
def test_the_numbers_of_three_rows_are_no_truth(text_file, lines, table, name):
    rows = [f"{at}{line[1:]}" for at, line in enumerate(lines[1:4], 1)]
    path = text_file("\n".join([name + lines[0].removeprefix("cultivar"), *rows]))
    assert not sniff(path, table).carries_truth


def test_a_flag_is_no_truth(text_file, lines, table):
    rows = [f"{at % 2}{line[1:]}" for at, line in enumerate(lines[1:], 1)]
    path = text_file("\n".join(["organic" + lines[0].removeprefix("cultivar"), *rows]))
    assert not sniff(path, table).carries_truth


def test_a_label_is_known_by_its_name_or_its_place(text_file, lines, table):
    by_name = sniff(text_file("\n".join(lines)), table)
    by_place = sniff(text_file("\n".join(lines[1:])), table)
    assert (by_name.label, by_place.label) == (0, 0)
    assert "label by name, 'cultivar'" in by_name.why
    assert "label by place, column 1" in by_place.why


def test_a_column_that_is_called_so_and_holds_no_classes_is_no_truth(text_file, lines, table):
    rows = [f"{'abcdefgh'[at % 8]}x{line[1:]}" for at, line in enumerate(lines[1:])]
    found = sniff(text_file("\n".join([lines[0], *rows])), table)
    assert (found.label, found.carries_truth) == (None, False)
    assert "'cultivar' holds no classes, so no truth" in found.why


def test_of_two_columns_that_could_be_the_label_neither_is(text_file, lines, table):
    rows = [f"{line[0]},{line},{line[0]}" for line in lines[1:]]
    assert not sniff(
        text_file("\n".join(["," + lines[0].replace("cultivar", "v1") + ",v2", *rows])), table
    ).carries_truth


def test_labels_are_one_hot_where_one_of_three_neighbours_is_1(text_file, lines, table):
    hot = {"1": "1,0,0", "2": "0,1,0", "3": "0,0,1"}
    rows = [f"{line[2:]},{hot[line[0]]}" for line in lines[1:]]
    found = sniff(text_file("\n".join([lines[0].removeprefix("cultivar,") + ",a,b,c", *rows])), table)
    assert (found.label, found.one_hot) == (None, (13, 14, 15))
    assert "labels one-hot in columns 14 to 16" in found.why


def beside(lines, name, cells, *, own="class"):
    header = f"{name}," + lines[0].replace("cultivar", own)
    return "\n".join([header, *(f"{cell},{line}" for cell, line in zip(cells, lines[1:], strict=True))])


@pytest.mark.parametrize("name", ["prediction", "cluster", "correct", "target"])
def test_a_flag_beside_the_class_is_not_taken_for_it(text_file, lines, table, name):
    found = sniff(text_file(beside(lines, name, "01" * 89)), table)
    assert (found.label, found.truth.base) == (1, 1)


def test_the_column_that_is_called_the_true_one_is_surest(text_file, lines, table):
    assert sniff(text_file(beside(lines, "label", "3" * 178, own="true_label")), table).label == 1


def test_two_columns_that_are_as_sure_and_disagree_are_no_truth(text_file, lines, table):
    found = sniff(text_file(beside(lines, "label", "3" * 178)), table)
    assert not found.carries_truth
    assert "'label' and 'class' are both called the label and hold different classes, so no truth" in found.why


@pytest.mark.parametrize("name", ["Origin", "prediction"])
def test_a_column_that_could_be_the_label_but_for_its_name_is_named(text_file, lines, table, name):
    found = sniff(text_file("\n".join([lines[0].replace("cultivar", name), *lines[1:]])), table)
    assert not found.carries_truth
    assert f"no label by name ('{name}' could hold classes; if so, call it cultivar)" in found.why


@pytest.mark.parametrize(
    ("names", "hot", "order"),
    [("barbera,barolo,grignolino", "312", (14, 15, 13)), ("class_C,class_B,class_A", "321", (15, 14, 13)),
     ("class_2,class_0,class_1", "312", (14, 15, 13)), ("c1,c2,c3", "123", (13, 14, 15))],
)  # fmt: skip
def test_one_hot_columns_are_in_the_order_their_names_say(text_file, lines, table, names, hot, order):
    rows = [f"{line[2:]}," + ",".join("1" if each == line[0] else "0" for each in hot) for line in lines[1:]]
    found = sniff(text_file("\n".join([lines[0].removeprefix("cultivar,") + "," + names, *rows])), table)
    assert found.one_hot == order
