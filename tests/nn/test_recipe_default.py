import pytest

from nn.metrics import judge
from nn.recipe import RECIPES
from nn.validation import cross_validate


def judged(validated, classes):
    return sum((judge(each, classes) for each in validated.held_out[1:]), judge(validated.held_out[0], classes))


@pytest.fixture(scope="module")
def validated(wine):
    return cross_validate(wine.x, wine.y, RECIPES["default"], 0, folds=10, repeats=10)


def test_the_network_is_13_8_5_3(validated):
    assert validated.network.sizes == (13, 8, 5, 3)


def test_98_of_100_bottles_not_trained_on_are_told_right(validated, wine):
    found = judged(validated, wine.classes)
    assert found.count == 1780
    assert found.accuracy >= 0.98


def test_its_held_out_log_loss_is_better_than_the_articles(validated, wine):
    article = cross_validate(wine.x, wine.y, RECIPES["article"], 0, folds=10)
    assert judged(validated, wine.classes).log_loss < judged(article, wine.classes).log_loss
