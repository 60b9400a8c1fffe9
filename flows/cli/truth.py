"""The commands of `wine-labels truth`: truth that comes later, and what the labels came to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter
from cyclopts.validators import Number

from data.sources import find, opened
from flows.cli.terminal import PLAIN, SOME_REFUSED, Common, complain, status_of
from flows.jobs.batch import MAX_LEFT_OUT
from flows.jobs.refusals import REFUSALS, reason

if TYPE_CHECKING:
    from flows.state.report import Report
    from flows.state.tellings import Tellings

truth = App(name="truth", help="Truth that comes later, and what the labels came to.", version_flags=())


@truth.command
def add(
    *file: Annotated[str, Parameter(required=True)],
    batch: str | None = None,
    max_left_out: Annotated[float, Parameter(validator=Number(gte=0, lte=1))] = MAX_LEFT_OUT,
    trust_labels: Annotated[bool, Parameter(negative="")] = False,
    common: Common = PLAIN,
) -> int:
    """Take in what was found out of rows labelled before: a filled review sheet, or any table of ids and truth.

    Args:
        file: Text or Parquet files with a column called truth, and one called id, or two called batch and row.
        batch: The batch whose rows are meant, where the file does not say it.
        max_left_out: The share of rows that mean nothing labelled above which a file is refused whole.
        trust_labels: Take truth that contradicts what the version was sure of; recorded as such.

    """
    from flows.cli.deliveries import delivery_lines  # these take a second to import
    from flows.cli.judged import judged_lines
    from flows.jobs.deliver import Terms, deliver
    from flows.jobs.delivered import Delivered
    from flows.state.judgement import judged_document
    from flows.state.tellings import Tellings

    terms, done = Terms(batch, max_left_out, trust_labels), []
    for name in find(file):
        try:
            with opened(name, common.place.staging) as source:
                done.append(deliver(source, common.place, terms))
        except REFUSALS as error:
            done.append(Delivered.refused(name, error))
    refused = [each.error or "" for each in done if each.status == "refused"]
    judged: dict[str, Report] = {}
    try:
        known, batches = Tellings.of(common.place), sorted({batch for each in done for batch in each.batches})
        judged = {name: found for name in batches if (found := _judge(common, known, name))}
    except REFUSALS as error:  # what was told is kept all the same
        unjudged = [reason(error)]
    else:
        unjudged = []
    document = {"deliveries": done, "judged": [judged_document(*pair) for pair in judged.items()]}
    common.show(document, [*delivery_lines(done), *(line for pair in judged.items() for line in judged_lines(*pair))])
    for text in refused + unjudged:
        complain(text)
    return SOME_REFUSED if unjudged else status_of(len(refused), len(done))


@truth.command
def report(*batch: str, common: Common = PLAIN) -> int:
    """Hold labels against the truth that was told of them: accuracy, label sets, and whether promises were kept.

    Args:
        batch: The batches; all of which any truth is known unless given.

    """
    from flows.cli.judged import judged_lines  # these take a second to import
    from flows.state.judgement import judged_document
    from flows.state.tellings import Tellings

    found: dict[str, Report] = {}
    refused = []
    known = Tellings.of(common.place)
    for name in batch or _with_truth(common, known):
        try:
            if judged := _judge(common, known, name):
                found[name] = judged
        except REFUSALS as error:
            refused.append(reason(error))
    nothing = [] if found or refused else ["no truth yet; add some with `wine-labels truth add FILE`"]
    lines = [line for pair in found.items() for line in judged_lines(*pair)]
    document = {"judged": [judged_document(*pair) for pair in found.items()]}
    common.show({"error": "; ".join(refused)} if refused and not found else document, nothing + lines)
    for text in refused:
        complain(text)
    return status_of(len(refused), len(found) + len(refused))


def _judge(common: Common, known: Tellings, batch: str) -> Report | None:
    """What the labels of a batch came to; None where no truth of it is known."""
    from flows.jobs.judge import judge
    from flows.state.judgement import judgement_of

    if judge(common.place, batch, known) == "no truth":
        return None
    return judgement_of(common.place, batch)


def _with_truth(common: Common, known: Tellings) -> list[str]:
    """The batches of which any truth is told or is in the input itself."""
    from flows.state.ledger import batches_of, published
    from flows.state.report import Report

    home, told = common.place, set(known.batches)
    there = [name for name in batches_of(home) if published(home, name)]
    return [name for name in there if name in told or Report.read(home.report(name)).truth()]
