"""Addresses: names of places on object storage, told from names of files."""

from __future__ import annotations

import re
from typing import Final

from data.errors import AddressError

SCHEMES: Final = ("s3://", "gs://", "az://", "abfs://", "abfss://")
QUERY: Final = re.compile(r"\?[^/*?=]+=")
ADDRESS: Final = re.compile(r"\s*[A-Za-z][A-Za-z0-9+.-]+://|\s*(s3|gs|az|abfss?):/", re.IGNORECASE)


def is_object(name: str) -> bool:
    """Whether a name is an address of object storage that is read (see `data.object_path`)."""
    return name.startswith(SCHEMES)


def is_address(name: str) -> bool:
    """Whether a name is an address of any kind, or is nearly one of object storage."""
    return ADDRESS.match(name) is not None


def split_address(address: str) -> tuple[str, str]:
    """The storage of an address with its bucket, and the key within, without slashes at its ends.

    AddressError for one of another kind, without a bucket, or with a login.

    >>> split_address("s3://wines/nights/october.csv")
    ('s3://wines', 'nights/october.csv')
    """
    scheme, _, place = address.partition("://")
    bucket, _, key = place.partition("/")
    if not is_object(address):
        found = f"{scheme}://" if "://" in address else repr(address[:8])
        raise AddressError(f"{without_query(address)}: an address of another kind; {_wanted(found)}")
    if not bucket or not address.isprintable():
        raise AddressError(f"{without_query(address)}: no address of object storage; {_wanted('no bucket')}")
    if "?" in bucket or ("@" in bucket and not scheme.startswith("abfs")):
        raise _too_much(address)
    parts = [part for part in key.split("/") if part]
    if {".", ".."} & {*parts}:
        message = f"{address}: no address of object storage; found '.' or '..' in its key; write the key itself"
        raise AddressError(message)
    return f"{scheme}://{bucket}", "/".join(parts)


def check_query(address: str) -> None:
    """AddressError where an address that a person has given has a query, which may hold what nobody else is to see."""
    if is_object(address) and QUERY.search(address):
        raise _too_much(address)


def without_query(address: str) -> str:
    """An address without what may be secret in it: its query, and a user or a password before the host."""
    scheme, mark, place = address.partition("://")
    host, slash, key = place.partition("?")[0].partition("/")
    if scheme not in ("abfs", "abfss"):  # where a container stands before the @
        host = host.rpartition("@")[2]
    return f"{scheme}{mark}{host}{slash}{key}" if mark else address


def _too_much(address: str) -> AddressError:
    message = f"{without_query(address)}: an address with more than bucket and key; found credentials or a query"
    return AddressError(f"{message}; give those by the environment or a profile")


def _wanted(found: str) -> str:
    return f"found {found}; write s3://BUCKET/KEY, gs://BUCKET/KEY or az://CONTAINER/KEY"
