import numpy as np
import pytest

from nn.columns import Column
from nn.encoding import PLAIN, Encoding
from nn.measures import Measures
from nn.sample import Sample

ENCODING = Encoding((Column(("a", "b")), Column(missing=True), Column(("c",)), Column()))
MEASURES = Measures.of(ENCODING, 4)
X = np.array([[0, 1, 0, 2], [1, np.nan, 0, 3], [1, 4, np.nan, 5]])


def test_measures_are_the_numbers_of_rows_that_miss_none():
    assert MEASURES.columns == (1, 3)
    assert MEASURES(X).tolist() == [[1, 2], [4, 5]]  # a level that is missing is no number that is


def test_plain_rows_are_all_of_it_and_not_even_copied(wine):
    assert Measures.of(PLAIN, 13)(wine.x) is wine.x


def test_a_sample_keeps_the_numbers_of_its_rows():
    found = MEASURES.sample(Sample(np.array([7, 8, 9]), X))
    assert (found.numbers.tolist(), found.x.tolist()) == ([7, 9], [[1, 2], [4, 5]])


@pytest.mark.parametrize(("order", "among"), [([3, 2, 1, 0], [1, 0]), ([0, 1, 2, 3], [0, 1])])
def test_places_among_the_numbers_lead_back_to_places_among_all(order, among):
    assert MEASURES.order(order) == among
    assert MEASURES.places(among) == tuple(each for each in order if each in (1, 3))
