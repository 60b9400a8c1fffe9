from dataclasses import dataclass

import pytest

from flows.state.encoding import encoding_of
from nn.columns import Column


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
