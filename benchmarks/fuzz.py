"""Hostile inputs by the hundred thousand, each labelled and held against what it was made from.

python benchmarks/fuzz.py --inputs 100000 --seed 0 --minutes 30
python benchmarks/fuzz.py --seed 0 --first 4711 --inputs 1

Most are read and labelled in memory; one in fifty is published and read back. Faults are written to a folder, with the
input. An input that takes a worker's life, or more than its time or memory, is a fault and the next one goes on.
"""

import argparse
import multiprocessing
import random
import resource
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from pathlib import Path

import hostile_encodings as encodings
import hostile_footers as footers
import hostile_parquet as parquet
import hostile_texts as texts
from attempts import Attempts, Outcome
from fuzz_table import Table

from flows.state.home import Home
from work import train

KINDS = {
    "every dialect": (texts.in_any_dialect, 60),
    "quoted cells": (texts.with_quoted_cells, 60),
    "damaged text": (texts.damaged, 120),
    "lone quotes": (texts.with_lone_quotes, 50),
    "strange starts": (texts.with_strange_starts, 50),
    "mixed line ends": (texts.with_mixed_line_ends, 40),
    "other columns": (texts.with_other_columns, 20),
    "huge": (texts.huge, 8),
    "long notes": (texts.with_a_long_note, 4),
    "nothing": (texts.nothing, 40),
    "encodings": (encodings.in_any_encoding, 60),
    "a bad byte": (encodings.with_a_bad_byte, 40),
    "late letters": (encodings.with_late_letters, 2),
    "archives": (encodings.archived, 20),
    "broken archives": (encodings.broken_archives, 40),
    "bombs": (encodings.bombs, 0.1),
    "other writers": (parquet.of_other_writers, 80),
    "other programs": (parquet.by_other_programs, 20),
    "broken footers": (footers.with_a_broken_footer, 45),
    "broken pages": (footers.with_broken_pages, 40),
}
WEIGHTS = [*accumulate(weight for _, weight in KINDS.values())]
FLIPS = "flipped footers"
EVERY = 2  # inputs: one of them is a footer with the next bit flipped
PUBLISHED = 50
HELD = 600  # megabytes
PATIENCE, ADDRESSES = 40, 6 << 30  # seconds for one input; bytes of addresses a worker may have


def kind_of(seed, number):
    """The kind of the input of this number."""
    if number % EVERY == 0:
        return FLIPS
    return random.Random(f"{seed} {number}").choices([*KINDS], cum_weights=WEIGHTS)[0]


def make(seed, number):
    """The input of this number."""
    if number % EVERY == 0:
        return footers.flipped(number // EVERY)
    return KINDS[kind_of(seed, number)][0](random.Random(f"{number} {seed}"))


def work(home, seed, numbers, told):
    """Attempt these inputs and tell what came of each."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
    with tempfile.TemporaryDirectory() as folder:
        attempts = Attempts(home, Path(folder))
        for number in numbers:
            told.send(number)
            told.send(attempts(number, kind_of(seed, number), make(seed, number), publish=number % PUBLISHED == 1))
    told.send(None)


class Worker:
    """A process that attempts every so many inputs, and is replaced where it dies or hangs."""

    def __init__(self, home, seed, numbers):
        self.home, self.seed, self.left, self.process = home, seed, list(numbers), None
        self._begin()

    def _begin(self):
        self._end()
        self.ear, mouth = multiprocessing.get_context("spawn").Pipe(duplex=False)
        arguments = (self.home, self.seed, self.left, mouth)
        self.process = multiprocessing.get_context("spawn").Process(target=work, args=arguments, daemon=True)
        self.process.start()
        mouth.close()
        self.at = None

    def outcomes(self, end):
        """What came of each input, until all are done or time is up."""
        while self.left and time.monotonic() < end:
            try:
                said = self.ear.recv() if self.ear.poll(PATIENCE) else "hangs"
            except EOFError:
                said = "dies"
            if isinstance(said, Outcome):
                self.left.remove(said.number)
                yield said
                if said.peak > HELD:  # what it still holds is not the next input's
                    self._begin()
            elif isinstance(said, int):
                self.at = said
            elif said is not None:
                yield self._lost(said)
        self._end()

    def _end(self):
        if self.process is not None:
            self.process.kill()
            self.process.join()

    def _lost(self, how):
        assert self.at is not None, "a worker dies before its first input"
        self.left.remove(self.at)
        lost = Outcome(self.at, kind_of(self.seed, self.at), "lost", (how,))
        self._begin()
        return lost


def keep(folder, seed, outcome):
    """Write a fault to a folder: the input, and what came of it beside."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{seed}-{outcome.number}"
    made = make(seed, outcome.number)
    (folder / name).write_bytes(made.content)
    (folder / f"{name}.txt").write_text(f"{outcome}\n{made.note}\n")


def campaign(arguments, home, table):
    """All inputs, by two workers."""
    wanted = [
        number
        for number in range(arguments.first, arguments.first + arguments.inputs)
        if arguments.kind in (None, kind_of(arguments.seed, number))
    ]
    end, lock = time.monotonic() + 60 * arguments.minutes, threading.Lock()

    def run(place):
        numbers = wanted[place :: arguments.workers]
        for outcome in Worker(home, arguments.seed, numbers).outcomes(end):
            with lock:
                table.add(outcome)
                if outcome.faults:
                    keep(arguments.faults, arguments.seed, outcome)

    with ThreadPoolExecutor(arguments.workers) as pool:
        list(pool.map(run, range(arguments.workers)))


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0, help="the number of the first input")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kind", choices=[*KINDS, FLIPS], help="this kind alone, of all inputs")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--faults", type=Path, default=Path("build/fuzz"), help="the folder that faults are written to")
    return parser.parse_args()


def main():
    arguments, table, began = options(), Table(), time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        home = Home.at(folder)
        train(home)
        campaign(arguments, home, table)
    table.show((*KINDS, FLIPS))
    print(f"\n{table.inputs:,} inputs in {time.perf_counter() - began:.0f} s, {sum(table.faults.values())} faults")
    sys.exit(bool(table.faults) or table.inputs < arguments.inputs)


if __name__ == "__main__":
    main()
