import pytest

from flows.state.unusual import NOTHING, unusual
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
