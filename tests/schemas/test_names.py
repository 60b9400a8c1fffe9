from __future__ import annotations

import pytest

from schemas.errors import TableError
from schemas.names import MOST_CLASSES, RESERVED, check_class_names, check_feature_names, check_table_name
from schemas.results import judged_schema, labels_schema, rejects_schema, reports_schema, truth_schema
from work import FEATURES, TABLE


def test_every_column_that_files_of_ours_have_beside_features_is_reserved():
    written = {*truth_schema(TABLE).names} - {*FEATURES}
    assert written <= RESERVED
    others = {name for schema in (labels_schema(TABLE), rejects_schema()) for name in schema.names}
    assert {name for name in others if not name.startswith("p_")} - {"column", "rule", "value"} <= RESERVED
    assert "metric" in {*reports_schema().names, *judged_schema().names}


@pytest.mark.parametrize("name", ["wine", "white_wine", "a", "w-2024", "x" * 40])
def test_a_name_that_any_folder_may_have_is_a_table_s(name):
    check_table_name(name, "here")


@pytest.mark.parametrize("name", ["", "Wine", "1wine", "-a", "x" * 41, "wine.toml", "a b", "é", "nul", "a/b"])
def test_any_other_is_refused(name):
    with pytest.raises(TableError, match=r"^here: a table is called by"):
        check_table_name(name, "here")


def test_features_that_differ_in_blanks_or_punctuation_are_told_apart():
    check_feature_names(["x1_11", "x11_1", "a b", "ab"], "kind", "here")


def test_more_classes_than_anybody_could_tell_are_refused():
    with pytest.raises(TableError, match="here: more than 1,000 classes; found 1,001"):
        check_class_names({f"c{at}": () for at in range(MOST_CLASSES + 1)}, "here")
