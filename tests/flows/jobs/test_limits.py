import errno
import resource
import subprocess
import sys

import pyarrow as pa
import pytest

from flows.jobs import limits

UNFORESEEN = [
    (pa.ArrowMemoryError("malloc of size 64 failed"), limits.MEMORY),
    (RuntimeError("can't start new thread"), limits.MEMORY),
    (ImportError("a.so: failed to map segment from shared object"), limits.MEMORY),
    (OSError(errno.ENOMEM, "Cannot allocate memory"), limits.MEMORY),
    (RuntimeError("(sqlite3.OperationalError) database or disk is full"), limits.DISK),
    (OSError(errno.EFBIG, "File too large"), limits.SIZE),
    (RuntimeError("generator didn't yield"), None),
    (ImportError("cannot import name 'a'"), None),
    (OSError(errno.EACCES, "Permission denied"), None),
]


@pytest.mark.parametrize(("error", "expected"), UNFORESEEN, ids=repr)
@pytest.mark.parametrize("behind", ["__cause__", "__context__"])
def test_what_is_exhausted_is_found_however_it_is_worded_and_behind_other_errors(error, expected, behind):
    outer = RuntimeError("generator didn't yield")
    setattr(outer, behind, error)
    assert limits.exhausted(error) == limits.exhausted(outer) == expected


def test_errors_that_stand_behind_each_other_in_a_circle_come_to_an_end():
    one, other = RuntimeError("one"), RuntimeError("other")
    one.__context__, other.__cause__ = other, one
    assert limits.exhausted(one) is None


def test_what_sqlite_says_of_a_file_that_may_not_grow_is_told_by_the_limit(monkeypatch):
    assert limits.exhausted_in("disk I/O error") is None
    monkeypatch.setattr(resource, "getrlimit", lambda _: (100, 100))
    assert limits.exhausted_in("disk I/O error") == limits.SIZE


def test_any_error_of_a_process_that_has_taken_all_it_may_is_one_of_memory():
    code = """
import mmap, resource
from flows.jobs import limits
resource.setrlimit(resource.RLIMIT_AS, (limits.LEAST, limits.LEAST))
assert limits.exhausted(SystemError("no more")) is None
taken = []
try:
    while True:
        taken.append(mmap.mmap(-1, 1 << 20))
except OSError:
    taken.clear()
assert limits.exhausted(SystemError("no more")) == limits.MEMORY
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=600)


def test_less_than_is_needed_is_said_with_both(monkeypatch, tmp_path):
    limits.check_memory(1000)
    limits.check_file_size(tmp_path, 1000)
    monkeypatch.setattr(resource, "getrlimit", lambda _: (100, 100))
    with pytest.raises(MemoryError, match="a limit of 100 bytes, 1,000 are needed"):
        limits.check_memory(1000)
    with pytest.raises(OSError, match="found a limit of 100 bytes, 1,000 are needed"):
        limits.check_file_size(tmp_path, 1000)
