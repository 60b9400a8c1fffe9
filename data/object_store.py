"""The object store: the connection to a bucket, by the usual environment and profiles, and its errors in our words."""

from __future__ import annotations

import errno
import os
import re
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import lru_cache
from textwrap import shorten
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from data.addresses import without_query
from data.errors import ObjectError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from obstore.store import ObjectStore

OURS: Final = ("AWS_", "AZURE_", "GOOGLE_")
PATIENCE: Final[Any] = {"connect_timeout": "5s", "timeout": "30s"}
RETRIES: Final[Any] = {
    "max_retries": 6,
    "retry_timeout": timedelta(seconds=30),
    "backoff": {"init_backoff": timedelta(seconds=0.1), "max_backoff": timedelta(seconds=5), "base": 2},
}
REGION: Final = "us-east-1"  # what stores of one's own call theirs, where nobody says


def store_of(root: str) -> ObjectStore:
    """The store of a bucket, as the environment has it now; ObjectError where nothing says who asks."""
    names = [name for name in os.environ if name.startswith(OURS)]
    return _opened(root, tuple(sorted((name, os.environ[name]) for name in names)))


@lru_cache(maxsize=16)
def _opened(root: str, environment: tuple[tuple[str, str], ...]) -> ObjectStore:
    from obstore.store import S3Store, from_url

    scheme, _, bucket = root.partition("://")
    said = dict(environment)
    if scheme != "s3":
        return from_url(root, client_options=PATIENCE, retry_config=RETRIES)
    endpoint = said.get("AWS_ENDPOINT_URL_S3") or said.get("AWS_ENDPOINT_URL")
    own: dict[str, Any] = {}
    if "AWS_ACCESS_KEY_ID" not in said and "AWS_SKIP_SIGNATURE" not in said:
        own["credential_provider"] = _credentials(root)
        endpoint = endpoint or _endpoint_of_profile()
    if endpoint:
        own["endpoint"] = _checked(endpoint)
    options: Any = PATIENCE | {"allow_http": bool(endpoint and endpoint.startswith("http://"))}
    own["region"] = said.get("AWS_REGION") or said.get("AWS_DEFAULT_REGION") or _region(root, bucket, endpoint, own)
    return S3Store(bucket, client_options=options, retry_config=RETRIES, **own)


def _credentials(root: str) -> Any:
    """What AWS's own library finds: a profile, single sign-on, the role of a container or a machine."""
    from obstore.auth.boto3 import Boto3CredentialProvider

    try:
        return Boto3CredentialProvider()
    except Exception as error:  # a profile that is not there, or none of all
        found = "no variables, no profile and no role" if isinstance(error, ValueError) else _found(error)
        message = f"{root}: no credentials; found {found}"
        raise ObjectError(f"{message}; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE") from error


def _endpoint_of_profile() -> str | None:
    """The endpoint that a profile names; None for Amazon's own, which follow from the bucket's region."""
    import boto3

    endpoint: str = boto3.client("s3").meta.endpoint_url
    return None if re.search(r"\.amazonaws\.com(\.cn)?$", urlsplit(endpoint).hostname or "") else endpoint


def _checked(endpoint: str) -> str:
    """An endpoint; ObjectError where it is no address."""
    with suppress(ValueError):
        parts = urlsplit(endpoint)
        _ = parts.port  # which may be none
        if parts.scheme in ("http", "https") and parts.hostname:
            return endpoint
    message = f"AWS_ENDPOINT_URL: no address of a store; found {without_query(endpoint)[:80]!r}"
    raise ObjectError(f"{message}; write http://HOST:PORT or https://HOST")


def _region(root: str, bucket: str, endpoint: str | None, own: dict[str, Any]) -> str:
    """That of the profile; else that of the bucket, which Amazon's S3 says to anybody."""
    profile = getattr(own.get("credential_provider"), "config", {}).get("region")
    if profile or endpoint:
        return profile or REGION
    from pyarrow.fs import resolve_s3_region

    try:
        return str(resolve_s3_region(bucket))
    except OSError as error:
        message = f"{root}: cannot be reached; found {_found(error)}; check the bucket, AWS_REGION or AWS_ENDPOINT_URL"
        raise ObjectError(message, errno.EIO) from error


class ConditionError(Exception):
    """The object is not as a conditional write has it."""


@contextmanager
def asking(address: str) -> Iterator[None]:
    """Errors of the store in our words: FileNotFoundError, ConditionError or ObjectError; nothing secret is in them."""
    from obstore import exceptions

    try:
        yield
    except FileNotFoundError as error:
        if "NoSuchBucket" in str(error):
            raise _no_bucket(address) from error
        raise FileNotFoundError(errno.ENOENT, "no such object", address) from error
    except (exceptions.AlreadyExistsError, exceptions.PreconditionError) as error:
        raise ConditionError(address) from error
    except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError, PermissionError) as error:
        raise _denied(address, error) from error
    except exceptions.BaseError as error:
        if "NoSuchBucket" in str(error):
            raise _no_bucket(address) from error
        if re.search("status code: 40[13]", str(error)):
            raise _denied(address, error) from error
        message = (
            f"{address}: cannot be reached; found {_found(error)}; check the address, its endpoint and the network"
        )
        raise ObjectError(message, errno.EIO) from error


def _denied(address: str, error: BaseException) -> ObjectError:
    message = f"{address}: access is denied; found {_found(error)}; check the credentials and their rights"
    return ObjectError(message, errno.EACCES)


def _no_bucket(address: str) -> ObjectError:
    return ObjectError(f"{address}: no such bucket; found none of that name; create it, or check the address")


def _found(error: BaseException) -> str:
    """What went wrong, in few words: the status, else the first line of the error."""
    text = str(error)
    status = re.search(r"status code: (\d{3} [A-Z][A-Za-z ]*)", text)
    code = re.search(r"<Code>(\w+)</Code>", text)
    if status:
        return " ".join(filter(None, [status[1].strip(), f"({code[1]})" if code else ""]))
    line = re.sub(r"\s*-?\s*Debug source.*|\?\S*", "", text.split("\n", maxsplit=1)[0]).strip()
    return shorten(line.rpartition(" - ")[2], 160, placeholder="...") or type(error).__name__
