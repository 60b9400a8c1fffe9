from hypothesis import given
from hypothesis import strategies as st

from flows.jobs.counts import counted


@given(count=st.integers(0, 10**9))
def test_only_one_is_without_an_s(count):
    assert counted(count, "row").endswith("rows") == (count != 1)
    assert int(counted(count, "row").split()[0].replace(",", "")) == count
