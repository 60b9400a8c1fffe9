import errno

import pyarrow as pa
import pytest

from data.errors import HeldError, PublishError, SourceError
from flows.jobs.refusals import REFUSALS, ServerError, TrainingError, is_refusal, may_pass, reason, unexpected
from models.errors import ModelError
from schemas.errors import TableError


@pytest.mark.parametrize("kind", [SourceError, PublishError, TrainingError, ModelError, TableError, HeldError, OSError])
def test_what_a_user_can_repair_is_a_refusal(kind):
    assert issubclass(kind, REFUSALS)


@pytest.mark.parametrize("kind", [ValueError, AssertionError, ZeroDivisionError, KeyError])
def test_a_bug_is_none(kind):
    assert not issubclass(kind, REFUSALS)


@pytest.mark.parametrize("error", [PublishError("a\n b"), SourceError("a\n b"), ServerError("a\tb")])
def test_our_own_errors_are_their_text_in_one_line(error):
    assert reason(error) == "a b"


def test_an_error_of_the_system_says_which_file_and_what_to_do():
    error = OSError(errno.EACCES, "Permission denied", "cellar")
    assert reason(error) == "cellar: cannot be used; Permission denied; check its path and permissions"


@pytest.mark.parametrize(
    ("error", "begins"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "cellar"), "cellar: no room on the disk; "),
        (OSError(errno.EFBIG, "File too large", "cellar"), "cellar: larger than files may be here; "),
        (OSError(errno.EMFILE, "Too many open files"), "a file: too many open files; "),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "a file: out of memory; "),
        (MemoryError("Unable to allocate 3 GiB"), "out of memory; found Unable to allocate 3 GiB; "),
        (MemoryError(), "out of memory; found none left; "),
    ],
)
def test_what_is_exhausted_is_called_by_its_name(error, begins):
    assert isinstance(error, REFUSALS)
    assert reason(error).startswith(begins)


def test_an_error_of_a_library_that_came_of_too_little_is_a_refusal_which_keeps_its_words():
    error = RuntimeError("can't start\n new thread")
    assert not is_refusal(error)
    error.__context__ = MemoryError()
    assert is_refusal(error)
    assert reason(error).startswith("out of memory; found RuntimeError: can't start new thread; close other programs")


def test_a_refusal_holds_nothing_that_could_forge_a_line_and_is_bounded():
    assert reason(SourceError("a\x1b[2J.csv: no")) == r"a\x1b[2J.csv: no"
    assert len(reason(SourceError("x" * 200_000))) == 500


@pytest.mark.parametrize(("number", "passes"), [(errno.EIO, True), (errno.EBUSY, True), (errno.ENOSPC, False)])
def test_disks_and_networks_may_recover_also_behind_an_error_of_ours(number, passes):
    error = SourceError("a.csv: cannot be read")
    error.__cause__ = OSError(number, "")
    assert may_pass(error) == may_pass(error.__cause__) == passes


def test_a_bad_input_never_passes():
    assert not may_pass(SourceError("no table"))
    assert not may_pass(None)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), "more memory than there is; split the file"),
        (RuntimeError("can't start new thread"), "more memory than there is; split the file"),
        (pa.ArrowInvalid("no\n page"), "found ArrowInvalid: no\n page; export it again"),
        (ZeroDivisionError("x" * 999), "this is a bug, please report it with the file"),
    ],
)
def test_an_error_that_nobody_foresaw_is_the_file_s_or_a_bug_in_a_line(error, words):
    text = str(unexpected("a.csv", error))
    assert text.startswith("a.csv: cannot be read; found ")
    assert (words in text, len(text) < 500) == (True, True)
