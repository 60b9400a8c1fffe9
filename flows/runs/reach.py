"""Reach: whether the Prefect server that is named answers, to whoever asks with these settings, in good time."""

from __future__ import annotations

from typing import Final

from flows.jobs.refusals import ServerError

PATIENCE: Final = 30.0  # seconds
REFUSES: Final = (401, 403)
LOGIN: Final = "set PREFECT_API_AUTH_STRING, or for Prefect Cloud PREFECT_API_KEY"


def reach() -> None:
    """ServerError where the server does not answer in time, or wants a login."""
    import asyncio

    import httpx  # which takes a while, as asyncio does, and every command that starts runs imports this module
    from prefect.exceptions import PrefectHTTPStatusError

    url = _without_login(address())
    try:
        asyncio.run(asyncio.wait_for(_ask(), PATIENCE))
    except PrefectHTTPStatusError as error:
        status = error.response.status_code
        if status in REFUSES:
            message = f"{url}: the Prefect server wants a login; found the status {status}; {LOGIN}"
            raise ServerError(message) from error
        raise _unusable(url, f"the status {status}") from error
    except TimeoutError as error:
        raise _unusable(url, f"no answer within {PATIENCE:.0f} seconds") from error
    except (httpx.HTTPError, httpx.InvalidURL, RuntimeError, ValueError, OSError) as error:
        raise _unusable(url, str(error) or type(error).__name__) from error


def address() -> str:
    """The address of the API that Prefect uses."""
    from prefect.settings import PREFECT_API_URL

    return str(PREFECT_API_URL.value())


async def _ask() -> None:
    from prefect.client.orchestration import get_client

    async with get_client() as client:
        await client.read_flows(limit=1)


def answers(url: str) -> bool:
    """Whether whatever is at this address answers anything at all, in good time."""
    import httpx

    try:
        httpx.get(f"{url}/health", timeout=PATIENCE, verify=False)  # noqa: S501  nothing is sent, nothing believed
    except (httpx.TransportError, httpx.InvalidURL):
        return False
    return True


def _unusable(url: str, found: str) -> ServerError:
    return ServerError(f"the Prefect server cannot be used; {url}: found {found}; start it, or name no server")


def _without_login(url: str) -> str:
    import httpx

    try:
        return str(httpx.URL(url).copy_with(userinfo=b""))
    except httpx.InvalidURL:
        return "PREFECT_API_URL"
