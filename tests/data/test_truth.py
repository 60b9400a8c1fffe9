from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pyarrow.parquet as pq
import pytest

from data.reading import settle_truth
from data.sniffing import sniff
from data.truth import Truth, class_indices, no_rows
from data.unknown import Unknown
from flows.state.home import Home
from models.store import ModelStore
from schemas.table_file import parse_table
from work import label


@pytest.fixture(scope="session")
def file(text_file, lines):
    """The shipped rows, those of some classes alone or in other words, so many times over."""

    def write(*, words=("1", "2", "3"), name="cultivar", only="123", times=1):
        rows = [words[int(line[0]) - 1] + line[1:] for line in lines[1:] if line[0] in only]
        return text_file("\n".join([name + lines[0].removeprefix("cultivar"), *rows * times]) + "\n")

    return write


@pytest.fixture
def report(trained_home, tmp_path):
    def lines(path):
        home = Home.at(tmp_path)
        batch = label(path, home, ModelStore(Home.at(trained_home).models).load(), batch="batch")
        found = pq.read_table(batch.report).select(["metric", "other", "value"]).to_pylist()
        return batch, {(line["metric"], line["other"]): line["value"] for line in found}

    return lines


class Numbered(Unknown):
    """A table whose classes are called by numbers that begin anywhere, as of the quality of wines."""

    label = "quality"
    class_names = ("0", "3", "4", "8")

    def class_index(self, text):
        return self.class_names.index(text) if text in self.class_names else -1


@pytest.mark.parametrize(
    ("text", "index"), [("3", 1), ("8", 3), ("8.0", 3), (" 4 ", 2), ("0", 0), ("1", -1), ("5", -1), ("x", -1)]
)
def test_a_number_that_a_class_is_called_stands_for_that_class_whatever_else_occurs(text, index):
    for texts in ("0348", "34", "08", "3334"):
        assert Truth.of(texts, Numbered()).index(text) == index


@pytest.mark.parametrize(
    ("texts", "base"),
    [
        ("123", 1),
        ("012", 0),
        ("12", None),
        ("3", 1),
        ("0", None),
        ("01", None),
        ("02", 0),
        ("23", 1),
        ("1", None),
        ("0123", None),
        ("01233333", 1),
        ("0" * 60 + "1" * 71 + "2" * 48 + "3", 0),
    ],
)
def test_numbers_count_from_what_occurs(table, texts, base):
    assert Truth.of(texts, table).base == base


@pytest.mark.parametrize(
    "text", ["2", "2.0", "2.", " 2 ", "class_2", "Class 2", "wine_2", "y2", "b", "B", "Grignolino"]
)
def test_a_class_has_many_spellings(table, text):
    assert Truth.of(["1", "3"], table).index(text) == 1


@pytest.mark.parametrize(
    "text", ["0", "4", "-1", "1.5", "", "?", "merlot", "2nd", "1e0", "٢" * 30, "99999999999999999"]
)
def test_what_is_no_class_is_guessed_at_by_nobody(table, text):
    assert Truth.of(["1", "3"], table).index(text) == -1


def test_one_and_two_alone_are_ambiguous_and_the_report_says_so(file, report):
    batch, figures = report(file(only="12"))
    assert (batch.labelled, batch.truth, batch.accuracy) == (130, None, None)
    assert [other for metric, other in figures if metric == "truth"] == [
        "truth left out: its numbers may count from 0 or from 1"
    ]


def test_names_of_two_classes_are_not_ambiguous(file, report):
    batch, _ = report(file(words=("barolo", "grignolino", ""), only="12"))
    assert batch.truth == {"1": 59, "2": 71, "3": 0}


def test_what_numbers_count_from_may_be_clear_beyond_the_head(text_file, lines, table):
    early = [line for line in lines[1:] if line[0] != "3"] * 10
    path = text_file("\n".join([lines[0], *early, *lines[-10:]]) + "\n")
    assert sniff(path, table).truth.ambiguous
    assert settle_truth(path, sniff(path, table)).truth.base == 1


def test_ids_are_no_truth(text_file, lines, report):
    rows = [f"{at}{line[1:]}" for at, line in enumerate(lines[1:], 1)]
    batch, _ = report(text_file("\n".join([lines[0], *rows])))
    assert (batch.labelled, batch.truth) == (178, None)


def test_unknown_classes_are_counted_where_they_are_many(text_file, lines, report):
    rows = [("merlot" if at % 4 == 0 else line[0]) + line[1:] for at, line in enumerate(lines[1:])]
    batch, figures = report(text_file("\n".join([lines[0], *rows])))
    assert (batch.labelled, figures["unknown_truth", "merlot"]) == (178, 45)
    assert sum(batch.truth.values()) == 133


@pytest.mark.parametrize("stray", ["0", "9", "-1", "99", "7.5", "?", "NA", "unknown", ""])
def test_a_stray_label_voids_itself_and_not_the_column(text_file, lines, report, stray):
    batch, _ = report(text_file("\n".join([*lines[:60], stray + lines[60][1:], *lines[61:]])))
    assert (batch.labelled, batch.rejected, sum(batch.truth.values())) == (178, 0, 177)


def test_a_single_cell_decides_nothing_among_many(table):
    assert Truth.of({"1": 90, "2": 90, "3": 1}, table).base is None
    assert Truth.of({"0": 1, "1": 90, "2": 90}, table).base is None
    assert Truth.of({"1": 9000, "2": 9000, "3": 10}, table).base == 1


def test_of_two_classes_0_and_1_are_both(table):
    two = replace(table, classes={0: "no", 1: "yes"}, class_spellings={})
    assert [Truth.of(texts, two).base for texts in ("01", "12", "1", "0")] == [0, 1, None, None]


@pytest.mark.parametrize(
    "word",
    ["Average", "1 Average", "Average 1", "Total", "Grand Total", "mean", "std", "Subtotal", "Summe", "平均", "x"],
)
def test_a_row_that_is_called_by_another_word_is_no_bottle(table, word):
    frame = pd.DataFrame({"truth": pd.Categorical(["1", word, None, "3", "?", "99", "2"] + ["1"] * 3)})
    found = no_rows(frame, Truth.of(frame["truth"].dropna(), table))
    assert found.tolist() == [False, True] + [False] * 8


def test_where_other_words_are_many_each_row_may_be_a_bottle(table):
    frame = pd.DataFrame({"truth": pd.Categorical(["1", "2", "3", "merlot"])})
    assert not no_rows(frame, Truth.of(frame["truth"], table)).any()


def test_a_row_of_averages_is_a_reject_whatever_its_values(text_file, lines, report):
    averages = ["Average,13,2.3,2.4,19.5,99.7,2.3,2,.36,1.6,5.1,.96,2.6,746.9", "Total" + ",9999" * 13]
    batch, _ = report(text_file("\n".join([*lines, *averages])))
    assert (batch.rows, batch.labelled, batch.rejected) == (180, 178, 2)
    rejects = pq.read_table(batch.rejects).to_pylist()
    said = [(each["row"], each["column"], each["value"]) for each in rejects if each["rule"] == "truth: not a class"]
    assert said == [(178, "cultivar", "Average"), (179, "cultivar", "Total")]


@pytest.mark.parametrize("odd", ["0,0,0", "1,1,0", "2,0,0", ",,"])
def test_a_row_with_no_one_hot_label_has_no_truth(text_file, lines, read, odd):
    hot = {"1": "1,0,0", "2": "0,1,0", "3": "0,0,1"}
    rows = [f"{line[2:]},{hot[line[0]] if at else odd}" for at, line in enumerate(lines[1:])]
    found = read(text_file("\n".join([lines[0].removeprefix("cultivar,") + ",a,b,c", *rows])))
    assert found.frame["truth"].isna().tolist() == [True] + [False] * 177


def test_every_row_has_the_index_of_its_class_and_what_is_none_is_counted(table):
    frame = pd.DataFrame({"truth": pd.Categorical(["1", "merlot", None, "3", "merlot", "2"])})
    indices, unknown = class_indices(frame, Truth.of(["1", "2", "3"], table))
    assert indices.tolist() == [0, -1, -1, 2, -1, 1]
    assert unknown == {"merlot": 2}


def test_without_a_label_column_no_class_is_known(table):
    indices, unknown = class_indices(pd.DataFrame({"hue": [1.0, 2.0]}), Truth.of([], table))
    assert (indices.tolist(), unknown) == ([-1, -1], {})


@pytest.mark.parametrize(
    ("texts", "words"),
    [("ab", "truth as named"), ("012", "truth counted from 0"), ("123", "truth counted from 1")],
)
def test_truth_in_words(table, texts, words):
    assert str(Truth.of(texts, table)) == words


def test_where_ids_of_classes_do_not_follow_on_a_number_is_an_id(tmp_path):
    text = 'format = 1\nname = "a"\n[label]\nname = "kind"\n[[features]]\nname = "x"\n'
    text += "".join(f'[[classes]]\nid = {at}\nname = "{name}"\n' for at, name in ((0, "low"), (5, "high"), (2, "mid")))
    truth = Truth.of(["0", "2", "5", "5"], parse_table(text, "table.toml", tmp_path))
    assert [truth.index(each) for each in ("0", "2", "5.0", "1", "mid")] == [0, 1, 2, -1, 1]
