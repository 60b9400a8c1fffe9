"""Retrying: how a task of ours is set up, and after which failures it is run again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from prefect.cache_policies import NO_CACHE

from flows.jobs.refusals import may_pass

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State


def worth_a_retry(_task: object, _run: object, state: State[Any]) -> bool:
    """Prefect's question after a task has failed: whether to run it again."""
    return may_pass(state.data if isinstance(state.data, BaseException) else None)


TASK: Final[dict[str, Any]] = {
    "cache_policy": NO_CACHE,
    "persist_result": False,
    "retries": 2,
    "retry_delay_seconds": [2, 10],
    "retry_condition_fn": worth_a_retry,
}
"""The options of every task: nothing is cached or kept, what may pass is tried three times."""
