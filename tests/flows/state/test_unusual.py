from dataclasses import replace

import numpy as np
import pytest

from flows.jobs.training_rows import write_rows
from flows.state.training_table import FILE, read_rows
from flows.state.unusual import NOTHING, unusual
from mixed import ENCODING
from mixed import FEATURES as FEATURES_OF_PENGUINS
from models.store import ModelStore
from work import FEATURES, LINES


@pytest.fixture
def version(home):
    return ModelStore(home / "models" / "wine").load()


def row(line=LINES[44], **changed):
    return dict(zip(FEATURES, map(float, line.split(",")[1:]), strict=True)) | changed


def test_a_sentence_names_what_is_beyond_all_training_rows_and_what_few_exceed(version):
    said = unusual(row(proline=1700.0, hue=1.6), version)
    assert said == (
        "proline 1,700: above all 178 training rows (278 to 1,680); hue 1.6: higher than 99 % of the training rows"
    )


def test_what_is_usual_by_itself_but_does_not_go_with_the_others_is_said(version):
    said = unusual(row(flavanoids=0.7), version)
    assert said == "flavanoids 0.7: usual by itself, but lower than the other measurements lead to expect"


def test_of_many_unusual_measurements_the_most_unusual_are_named_and_the_others_counted(version):
    said = unusual(dict.fromkeys(FEATURES, 0.0), version)
    assert said.count("below all 178") == 4
    assert said.endswith("; and 9 more")


def test_nothing_is_said_of_an_ordinary_row_nor_of_one_whose_measurements_are_unknown(version):
    assert unusual(row(), version) == NOTHING
    assert unusual(dict.fromkeys(FEATURES), version) == ""


PENGUIN = {"bill": 38.8, "island": "Torgersen", "mass": 3700.0, "sex": "female"}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, NOTHING),
        ({"island": "Elba"}, "island 'Elba': in none of the 300 training rows"),
        ({"island": "Elba" * 30}, f"island '{'Elba' * 14}Elb: in none of the 300 training rows"),
        ({"mass": None}, NOTHING),  # one in twenty is missing
        ({"island": None}, ""),  # which may not be
        (dict.fromkeys(PENGUIN), ""),
    ],
)
def test_of_a_category_and_of_a_missing_value_is_said_how_many_rows_have_it_so(penguins_version, changed, said):
    assert unusual(PENGUIN | changed, penguins_version) == said


def test_a_rare_level_and_a_rare_missing_value_are_said_with_their_shares(penguins_version):
    x, classes = read_rows(penguins_version)
    x[:, 1], x[:, 0] = 1, 40 + np.arange(300) % 7
    x[:4, 1], x[:2, 0] = 0, np.nan
    files = {FILE: write_rows(FEATURES_OF_PENGUINS, x, classes, ENCODING)}
    said = unusual(PENGUIN | {"island": "Biscoe", "bill": None}, replace(penguins_version, files=files))
    assert said == "bill missing: in 1 % of the training rows; island 'Biscoe': in 2 % of the training rows"
