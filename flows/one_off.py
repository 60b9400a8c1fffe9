"""A one-off run: the flows run once from this process, with a server of its own where none is named."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import data
from data.sources import find_sources
from flows import server
from flows.batch import MAX_REJECTS
from flows.server import ServerError
from models.store import ModelStore

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from flows.home import Home


def shipped_table() -> Path:
    """The table that comes with the program: 178 bottles."""
    return Path(data.__file__).parent / "raw" / "wine.csv"


class OneOff:
    """What a command needs of Prefect: sources are looked at before a server starts, a server starts before Prefect."""

    def __init__(self, home: Home, table: str, *, quiet: bool) -> None:
        self._home, self._table, self._quiet = home, table, quiet
        self._store = ModelStore(home.models(table))
        self._server: server.Server | None = None
        self._started = False

    def __enter__(self) -> Self:
        """Nothing is started before a flow is."""
        self._open = ExitStack()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Leave the progress bar; the server ends with the process, once Prefect has told it everything."""
        self._open.close()

    def sources(self, names: Sequence[str]) -> list[str]:
        """The files that the names stand for."""
        return [str(path) for path in find_sources(names)]

    def champion(self) -> int | None:
        """The version that labels when none is named."""
        return self._store.champion()

    def train(self, source: str, recipe: str, seed: int, *, promote: bool) -> dict[str, Any]:
        """Run the training flow."""
        self._start()
        from flows.training import train

        return self._run(train, source, str(self._home.folder), self._table, recipe, seed, promote)

    def label(
        self,
        sources: Sequence[str],
        *,
        version: int | None = None,
        replace: bool,
        columns: Sequence[str] | None = None,
        max_rejects: float = MAX_REJECTS,
    ) -> list[dict[str, Any]]:
        """Run the labelling flow; the version is settled here, once for the whole run."""
        number = self._store.load(version).number
        self._start()
        from flows.labelling import label

        if not self._quiet:
            from flows.summary import show_progress

            self._open.enter_context(show_progress())
        stated = list(columns) if columns else None
        home = str(self._home.folder)
        arguments = (list(sources), home, number, self._table, replace, stated, max_rejects)
        batches: list[dict[str, Any]] = self._run(label, *arguments)["batches"]
        return batches

    def _start(self) -> None:
        if not self._started:
            self._started = True
            self._server = server.start()
            import flows.steps  # noqa: F401  its imports take as long as the server's start

            server.use(self._server)

    def _run(self, flow: Callable[..., Any], *arguments: Any) -> dict[str, Any]:
        async def outcome() -> Any:
            state = await flow(*arguments, return_state=True)
            return await state.aresult(raise_on_failure=False)

        try:
            result = asyncio.run(outcome())
        except RuntimeError as error:
            if not any(words in str(error) for words in ("reach API", "Timed out while attempting to connect")):
                raise
            message = f"the Prefect server cannot be used; {error}; start it, or name no server"
            raise ServerError(message) from error
        if isinstance(result, BaseException):
            raise result
        if "error" in result:
            from flows.refusals import RefusedError

            raise RefusedError(result["error"])
        return dict(result)
