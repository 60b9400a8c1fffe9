"""Settings: what Prefect reads of its surroundings when it is imported, and what of that it would stumble over."""

from __future__ import annotations

import io
import os
import re
import ssl
import tomllib
from contextlib import redirect_stderr
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from flows.jobs.refusals import ServerError

LOCAL: Final = ("127.0.0.1", "localhost", "::1")
PROXIES: Final = ("all_proxy", "http_proxy", "https_proxy")
NAMED: Final = re.compile(r"^\s*(export\s+)?prefect_api_url\s*=", re.IGNORECASE | re.MULTILINE)
REMEDY: Final = "correct it or remove it"
SETTINGS: Final = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "50",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",  # whole seconds: less than one is none, and spins
    "PREFECT_TASKS_DEFAULT_NO_CACHE": "true",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",  # the run's log is kept by the server; the words are ours
    "PREFECT_LOGGING_SERVER_LEVEL": "ERROR",  # which `flows.runs.server` reads
    "PREFECT_LOGGING_EXTRA_LOGGERS": "flows",
}
UI_ENABLED: Final = "PREFECT_SERVER_UI_ENABLED"
TO_PASS: Final = {
    "PREFECT__SERVER_EPHEMERAL": "1",  # as Prefect starts one for a single run: without schedules, late runs, workers
    UI_ENABLED: "false",
    # Kinds of blocks are shown by the UI alone. What is remembered of them would keep the next server from adding them.
    "PREFECT_SERVER_REGISTER_BLOCKS_ON_START": "false",
    "PREFECT_SERVER_MEMOIZE_BLOCK_AUTO_REGISTRATION": "false",
}
"""What a server starts with that goes with the run that needs it."""
TO_STAY: Final = {
    # A lease that dies with the server would keep the slot of a killed run, and all runs after it, waiting for ever.
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(90 * 24 * 60 * 60),
}
"""What one starts with that stays, has a UI and keeps schedules."""


def prepare(folder: Path | None = None) -> None:
    """Set what Prefect reads when it is imported; what the user has set stands. ServerError where it cannot be read.

    Args:
        folder: Where Prefect keeps its files unless PREFECT_HOME says otherwise: not in the user's own folder.

    """
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    if folder and "PREFECT_HOME" not in os.environ:
        if (profiles := _profiles()).is_file():
            os.environ.setdefault("PREFECT_PROFILES_PATH", str(profiles))
        os.environ["PREFECT_HOME"] = str(folder)
    _have_a_home(folder)
    _ask_local_hosts_directly()
    _check_files()
    _check_certificates()


def names_a_server() -> bool:
    """Whether the environment, a settings file or the active profile names an API, as Prefect reads them."""
    if "PREFECT_API_URL" in os.environ or "PREFECT_PROFILE" in os.environ:
        return True
    profiles = _toml(_profiles())
    active = profiles.get("profiles", {}).get(profiles.get("active", ""), {})
    files = (_toml(Path("prefect.toml")), _toml(Path("pyproject.toml")).get("tool", {}).get("prefect", {}))
    return (
        "PREFECT_API_URL" in active
        or any("url" in each.get("api", {}) for each in files)
        or bool(NAMED.search(_text(Path(".env"))))
    )


def check() -> None:
    """Import Prefect; ServerError, in one line, for settings that it refuses."""
    said = io.StringIO()
    try:
        with redirect_stderr(said):  # where it would print the same as a traceback
            from prefect.settings import get_current_settings

            get_current_settings()
    except Exception as error:
        raise ServerError(f"settings that Prefect refuses; found {_found(error)}; {REMEDY}") from error


def _found(error: Exception) -> str:
    """The settings and what is wrong with them, without their values, which may be secret."""
    if not hasattr(error, "errors"):
        return f"{type(error).__name__} {error}"
    title = getattr(error, "title", "")
    return ", ".join(f"{title} {'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())


def _have_a_home(folder: Path | None) -> None:
    """Give a user who has none, in no list and not by HOME, this folder: Prefect would not start."""
    try:
        Path.home()
    except RuntimeError:
        os.environ["HOME"] = str(folder.absolute() if folder else "/")


def _ask_local_hosts_directly() -> None:
    """Take our own server, and any on this machine, out of what goes through a proxy; drop proxies of no use here."""
    for name in ("no_proxy", "NO_PROXY"):
        hosts = [each.strip() for each in os.environ.get(name, "").split(",") if each.strip()]
        os.environ[name] = ",".join(dict.fromkeys([*hosts, *LOCAL]))
    for name in (*PROXIES, *map(str.upper, PROXIES)):
        if os.environ.get(name, "").lower().startswith("socks") and find_spec("socksio") is None:
            del os.environ[name]  # the HTTP client of Prefect would raise, whatever it is to ask


def _check_files() -> None:
    for name in ("prefect.toml", "pyproject.toml", ".env"):
        try:
            text = Path(name).read_text(encoding="utf-8")
            if name != ".env":
                tomllib.loads(text)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            continue
        except ValueError as error:
            message = f"{name}: settings that Prefect cannot read; {error}; repair or remove the file"
            raise ServerError(message) from error


def _check_certificates() -> None:
    """ServerError where no HTTP client could be made, not even for a server that needs no certificates."""
    if path := os.environ.get("SSL_CERT_FILE"):
        try:
            ssl.create_default_context(cafile=path)
        except OSError as error:
            found = error.strerror or type(error).__name__
            message = f"SSL_CERT_FILE: no certificates; found at {path}: {found}; correct it or unset it"
            raise ServerError(message) from error


def _profiles() -> Path:
    try:
        home = Path(os.environ.get("PREFECT_HOME", "~/.prefect")).expanduser()
        return Path(os.environ.get("PREFECT_PROFILES_PATH", home / "profiles.toml")).expanduser()
    except RuntimeError:  # a user without a home
        return Path("profiles.toml")


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_text(path))
    except ValueError:
        return {}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""
