"""What the lists of refusals rely on: which errors are inputs refused, and which are the system's own."""

import pytest

from data import errors


@pytest.mark.parametrize("kind", [errors.SourceError, errors.TextError, errors.ColumnError])
def test_what_is_wrong_with_a_table_is_a_value_that_is_wrong(kind):
    assert issubclass(kind, ValueError)


def test_a_file_that_changes_while_it_is_read_is_a_source_refused():
    assert issubclass(errors.MovingError, errors.SourceError)


@pytest.mark.parametrize("kind", [errors.PublishError, errors.HeldError])
def test_what_the_system_does_not_let_us_do_is_an_os_error_and_no_source_refused(kind):
    assert issubclass(kind, OSError)
    assert not issubclass(kind, errors.SourceError)


@pytest.mark.parametrize("kind", [errors.TextError, errors.ColumnError])
def test_what_has_no_files_name_yet_is_no_source_refused(kind):
    assert not issubclass(kind, errors.SourceError)
