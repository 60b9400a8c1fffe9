"""What the benchmarks do over and over: label a file, train a version, in this process and without Prefect."""

from data.sources import Source
from flows.jobs.label import label as label_source
from flows.jobs.request import Request, Training
from flows.jobs.train import train as train_once


def label(path, home, number=None, **asked):
    """The batch of a file, by the champion unless a version is named."""
    request = Request.pinned(home, number, **asked)
    return label_source(Source.at(str(path)), request, request.model())


def train(home, **asked):
    """A version from the shipped table."""
    return train_once(Training(home, **asked))
