import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.addresses import check_query, is_address, is_object, split_address, without_query
from data.errors import AddressError

KEYS = st.lists(st.text("abc=._ -%", min_size=1).filter(lambda part: part not in {".", ".."}), max_size=4)


@pytest.mark.parametrize("name", ["s3://wines/may.csv", "gs://wines", "az://wines/a", "abfss://wines/a"])
def test_addresses_of_object_storage_are_objects(name):
    assert is_object(name)
    assert is_address(name)


@pytest.mark.parametrize("name", ["/s3/may.csv", "may.csv", "C:\\wines", "s3", ""])
def test_a_path_is_no_address(name):
    assert not is_object(name)
    assert not is_address(name)


def test_an_address_of_another_kind_is_none_of_object_storage():
    assert is_address("http://host/x")
    assert not is_object("http://host/x")


@given(KEYS)
def test_slashes_too_many_change_nothing(parts):
    assert split_address("s3://wines/" + "//".join(parts) + "/") == ("s3://wines", "/".join(parts))


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://wines/a", "http://wines/a: an address of another kind; found http://; write s3://BUCKET/KEY"),
        ("s3://", "s3://: no address of object storage; found no bucket; write s3://BUCKET/KEY"),
        ("s3:///a", "no address of object storage; found no bucket"),
        ("s3://wines/../a", "found '.' or '..' in its key; write the key itself"),
    ],
)
def test_an_address_that_is_none_is_refused_in_a_line(address, words):
    with pytest.raises(AddressError, match=r".+; found .+; .+") as error:
        split_address(address)
    assert words in str(error.value)


@pytest.mark.parametrize("name", ["S3://wines/a", "s3:/wines/a", " s3://wines/a", "Gs:/wines"])
def test_what_is_nearly_an_address_is_no_path_and_refused(name):
    assert is_address(name)
    assert not is_object(name)
    with pytest.raises(AddressError, match=r"an address of another kind; found .+; write s3://BUCKET/KEY"):
        split_address(name)


@pytest.mark.parametrize("address", ["s3://me:secret@wines/a", "s3://wines?sig=secret"])
def test_what_may_be_secret_in_an_address_is_refused_and_not_repeated(address):
    with pytest.raises(AddressError, match="found credentials or a query") as error:
        split_address(address)
    assert "secret" not in str(error.value)


def test_a_query_that_a_person_gave_is_refused_and_not_repeated():
    with pytest.raises(AddressError, match="found credentials or a query") as error:
        check_query("s3://wines/a.csv?X-Amz-Signature=secret")
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("name", ["s3://wines/ma?.csv", "s3://wines/ma*", "may.csv?a=b"])
def test_a_glob_or_a_path_has_no_query(name):
    check_query(name)


def test_a_key_may_look_like_a_query_and_a_container_stands_before_an_at():
    assert split_address("s3://wines/q?x=1.csv") == ("s3://wines", "q?x=1.csv")
    assert split_address("abfs://c@a.dfs.core.windows.net/x") == ("abfs://c@a.dfs.core.windows.net", "x")


def test_an_address_is_shown_without_its_query_and_login():
    assert without_query("https://me:secret@host/a?b=c") == "https://host/a"
    assert without_query("may.csv?b=c") == "may.csv?b=c"
