"""To label: one source and one version in; labels, rejects and a report published, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.errors import ObjectError, PublishError
from data.reading import settle_truth
from data.sniffing import sniff
from data.staging import Stage
from flows.jobs.labeller import Labeller
from flows.jobs.publication import publish
from flows.jobs.standing import batch_of, check_fit, left_alone, standing
from flows.jobs.stopping import check
from flows.state.inputs import remember
from flows.state.training_table import load_reference
from flows.state.version_table import table_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from data.layouts import Layout
    from data.sources import Readable, Source
    from flows.jobs.batch import Batch
    from flows.jobs.portion import Portions
    from flows.jobs.request import Request
    from models.store import Version
    from schemas.table import Table


def label(
    source: Source,
    request: Request,
    version: Version,
    progress: Callable[[int], object] = lambda _: None,
    portions: Portions | None = None,
) -> Batch:
    """Label one source with a version and publish labels, rejects and report; nothing where nothing has changed.

    SourceError where the source is refused or labelled already by other means, PublishError where nothing can be
    written; then nothing is published. ``progress`` is called with the rows of each chunk. The source is labelled by
    this process unless ``portions`` come from elsewhere.
    """
    table = table_of(version, request.home)
    check_fit(version, table)
    if done := left_alone(source, request, table):
        return done
    try:
        with Stage(request.home.staging, "batch", source.batch, waiting=check) as stage:
            if done := standing(source, request, table):
                return done
            layout = layout_of(source, table, request.columns)
            labeller = Labeller(table, version, source.file, layout, load_reference(version))
            record = publish(source, request, labeller, stage, progress, portions)
        remember(request.home, source)
    except PublishError:
        raise
    except ObjectError as error:
        raise PublishError(str(error)) from error
    except OSError as error:
        home = request.home.folder
        message = f"{home}: cannot be written to; {error.strerror or error}; make room or name another --home"
        raise PublishError(message) from error
    return batch_of(source, request.home, record, table, "labelled")


def explain(source: Readable, table: Table, columns: Sequence[str] | None = None) -> str:
    """What a file is taken for, and why, in one line; SourceError where it is refused."""
    layout = layout_of(source, table, columns)
    told = [layout.why, *([str(layout.truth)] if layout.carries_truth else []), *layout.uses()]
    return "; ".join(told)


def layout_of(source: Readable, table: Table, columns: Sequence[str] | None = None) -> Layout:
    """The layout of a file, what its labels stand for settled by all of them; SourceError where it is refused."""
    return settle_truth(source, sniff(source, table, columns))
