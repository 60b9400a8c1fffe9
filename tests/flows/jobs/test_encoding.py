from dataclasses import dataclass

import pytest

from flows.jobs.encoding import encoding_of
from flows.jobs.refusals import TrainingError
from models.arrays import LARGEST_MEMBER, MOST_INPUTS
from nn.columns import Column
from work import is_refusal


@dataclass(frozen=True)
class Feature:
    levels: tuple = ()
    unseen: str = "reject"
    missing: str = "reject"


@pytest.mark.parametrize(
    ("feature", "column"),
    [
        (Feature(), Column()),
        (Feature(missing="mean"), Column(missing=True)),
        (Feature(("a", "b")), Column(("a", "b"))),
        (Feature(("a", "b"), unseen="level"), Column(("a", "b"), unseen=True)),
        (Feature(("a", "b"), missing="level"), Column(("a", "b"), missing=True)),
    ],
)
def test_a_feature_is_the_column_that_its_table_declares(feature, column):
    assert encoding_of([feature]).columns == (column,)


def test_a_table_of_numbers_that_are_never_missing_is_plain():
    assert encoding_of([Feature(), Feature()]).plain


def test_more_inputs_than_a_version_can_keep_are_refused_before_anything_is_trained():
    levels = tuple(map(str, range(MOST_INPUTS - 1)))
    assert encoding_of([Feature(levels), Feature()]).width(2) == MOST_INPUTS
    with pytest.raises(
        TrainingError, match=r"^more than 1,024 inputs for a network; found 1,025 of 3 features, "
    ) as caught:
        encoding_of([Feature(levels), Feature(), Feature()])
    assert is_refusal(f"error: {caught.value}")
    assert MOST_INPUTS**2 * 8 <= LARGEST_MEMBER / 2
