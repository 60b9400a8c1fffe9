"""A process that labels or trains and kills itself at the n-th event of a phase; told 0, it says how many there are.

python benchmarks/victim.py publishing 3 0.0 HOME SOURCE
"""

import functools
import os
import signal
import sys
import threading
import time
from pathlib import Path

from data.parquet_file import ParquetFile
from data.sources import Source
from data.staging import Stage
from flows.jobs import portion
from flows.jobs import train as training
from flows.jobs.deliver import deliver
from flows.jobs.judge import judge
from flows.jobs.labeller import Labeller
from flows.state.home import Home
from flows.state.tellings import Tellings
from models import pruning
from models.store import ModelStore
from work import label as label_source
from work import train as train_version

WANTED = 2  # the version that labels; what was labelled before was by version 1
CHUNK = 16_384
KEPT = 1  # of the newest versions, when they are pruned
LABELS = ("reading", "labelling", "publishing")
TRUTH = ("telling", "judging")
CHANGES = ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod", "os.truncate", "shutil.rmtree")
TO_WRITE = os.O_WRONLY | os.O_RDWR


class Doom:
    """Counts the events of a phase and ends the process, a moment after one of them where a delay is given."""

    def __init__(self, at, delay):
        self._at, self._delay = at, delay
        self._within = 0
        self.times = []

    def event(self):
        """One more event."""
        self.times.append(time.perf_counter())
        if len(self.times) != self._at:
            return
        if self._delay:
            threading.Thread(target=self._die, daemon=True).start()
        else:
            self._die()

    def _die(self):
        time.sleep(self._delay)
        os.kill(os.getpid(), signal.SIGKILL)

    def around(self, owner, name):
        """Entering a function and leaving it are events."""
        plain = getattr(owner, name)

        @functools.wraps(plain)
        def watched(*arguments, **named):
            self.event()
            try:
                return plain(*arguments, **named)
            finally:
                self.event()

        setattr(owner, name, watched)

    def between(self, owner, name):
        """Every step of an iterator that a function returns is an event."""
        plain = getattr(owner, name)

        def watched(*arguments, **named):
            self.event()
            for each in plain(*arguments, **named):
                self.event()
                yield each

        setattr(owner, name, watched)

    def during(self, owner, *names):
        """Every change of the disk while one of these functions runs is an event."""
        for name in names:
            setattr(owner, name, self._marked(getattr(owner, name)))
        for place, name in ((os, "fsync"), (os, "write"), (Path, "open")):
            setattr(place, name, self._told_after(getattr(place, name)))
        sys.addaudithook(self._hear)

    def _marked(self, plain):
        @functools.wraps(plain)
        def watched(*arguments, **named):
            self._within += 1
            try:
                return plain(*arguments, **named)
            finally:
                self._within -= 1

        return watched

    def _told_after(self, plain):
        @functools.wraps(plain)
        def watched(*arguments, **named):
            done = plain(*arguments, **named)
            if self._within:
                self.event()
            return done

        return watched

    def _hear(self, event, arguments):
        if self._within and (event in CHANGES or (event == "open" and arguments[2] & TO_WRITE)):
            self.event()


def watch(doom, phase):
    if phase == "reading":
        doom.between(portion, "unparsed_chunks")
    elif phase == "labelling":
        doom.around(Labeller, "__call__")
        for name in ("write", "_flush", "close"):
            doom.around(ParquetFile, name)
    elif phase == "publishing":
        doom.during(Stage, "publish", "__exit__")
    elif phase in TRUTH:
        doom.around(ParquetFile, "write")
        doom.during(Stage, "__enter__", "file", "publish", "__exit__")
    elif phase == "training":
        doom.around(training, "cross_validate")
    elif phase == "saving":
        doom.during(ModelStore, "save")
    elif phase == "pruning":
        doom.during(pruning, "prune")
    else:
        doom.during(ModelStore, "promote")


def label(home, source, *, replace, number=WANTED):
    return label_source(source, home, number, replace=replace, chunk_rows=CHUNK)


def train(home, seed):
    """As `flows.nightly.retrain` does."""
    return train_version(home, seed=seed)


def tell(home, sheet):
    """Take a filled sheet in, as `wine-labels truth add` does first."""
    return deliver(Source.at(str(sheet)), home)


def hold(home, batch):
    """Hold the labels of a batch against what is told of them, as it does then."""
    return judge(home, batch, Tellings.of(home))


def prune(home):
    pruning.prune(ModelStore(home.models), KEPT)


def main():
    phase, at, delay, folder, what = sys.argv[1:]
    doom = Doom(int(at), float(delay))
    watch(doom, phase)
    if phase in LABELS:
        label(Home.at(folder), Path(what), replace=True)
    elif phase in TRUTH:
        {"telling": tell, "judging": hold}[phase](Home.at(folder), what)
    elif phase == "pruning":
        prune(Home.at(folder))
    else:
        train(Home.at(folder), int(what))
    print(len(doom.times), doom.times[-1] - doom.times[0])


if __name__ == "__main__":
    main()
