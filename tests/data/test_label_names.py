from __future__ import annotations

import pytest

from data.label_names import label_rank, words_of


@pytest.mark.parametrize("name", ["trueLabel", "true_label", "True label", "TRUE-LABEL"])
def test_the_words_of_a_name_are_the_same_however_they_are_joined(name):
    assert words_of(name) == ("true", "label")


@pytest.mark.parametrize(
    "name", ["cultivar", "CULTIVAR", "y_true", "true class", "actual", "ground_truth", "Actual class"]
)
def test_a_name_that_says_it_is_the_true_class_is_surest(table, name):
    assert label_rank(name, table) == 0


@pytest.mark.parametrize(
    "name", ["class", "Target", "label", "y", "Class of wine", "target_id", "class 1", "Wine Type"]
)
def test_a_name_of_nothing_but_words_for_the_class_says_so(table, name):
    assert label_rank(name, table) == 1


@pytest.mark.parametrize(
    "name",
    ["prediction", "predicted class", "y_pred", "label_pred", "class_probability", "cluster", "cluster label", "fold",
     "split", "quality", "outlier", "score", "correct", "true", "wine_id",
     "wine name", "id", "", "hue", "14", "class_C"],
)  # fmt: skip
def test_a_name_with_another_word_is_of_something_else(table, name):
    assert label_rank(name, table) is None
