"""States: how a labelling run ends, and in what words it says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from prefect.states import Completed, Failed

from flows.runs.markdown import outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.jobs.night import Night

SOME_REFUSED: Final = "SomeRefused"
MOST: Final = 20  # reasons in a state's message, of 500 characters each at most


def ended(night: Night, data: Any) -> Any:
    """The state that says what came of a run: Failed where all was refused, SomeRefused where some was."""
    errors = [batch.error or "" for batch in night.batches if batch.status == "refused"]
    if errors and len(errors) == len(night.batches) + len(night.truth):
        return Failed(message=_reasons(errors), data=data)
    if errors:
        return Completed(name=SOME_REFUSED, message=f"{outcome(night)}: {_reasons(errors)}", data=data)
    return Completed(message=outcome(night), data=data)


def _reasons(errors: Sequence[str]) -> str:
    """The first of them; the batches of the run have them all."""
    others = [f"and {len(errors) - MOST:,} more"] if len(errors) > MOST else []
    return "; ".join([*errors[:MOST], *others])
