"""An attempt: one made input read and labelled, and held against what it was made from."""

import time
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
from oracle import exactly, within
from threadpoolctl import threadpool_limits

from data.reading import read_chunks
from data.sources import Source
from flows.jobs.label import label, layout_of
from flows.jobs.labeller import Labeller
from flows.jobs.refusals import REFUSALS, reason
from flows.jobs.request import Request
from flows.state.training_table import load_reference
from schemas.tables import get_table

LONGEST = 500  # characters of a refusal


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt: ``faults`` are what must not be, ``said`` what is other than the source and said so."""

    number: int
    kind: str
    fate: str
    faults: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    detail: str = ""
    seconds: float = 0.0
    peak: float = 0.0


class Attempts:
    """A version and a place for files: attempts at one input after another."""

    def __init__(self, home, folder: Path):
        self.request = Request.pinned(home, replace=True, max_rejects=1.0, accept_suspect=True)
        self.version = self.request.model()
        self.table, self.reference = get_table("wine"), load_reference(self.version)
        self.path = folder / "source.csv"

    def __call__(self, number, kind, made, *, publish=False) -> Outcome:
        """Read and label an input in memory, or ``publish`` its labels too."""
        self.path.write_bytes(made.content)
        began = time.perf_counter()
        fresh_peak()
        try:
            with threadpool_limits(1):
                read = self._published() if publish else self._read()
        except REFUSALS as error:
            fate, faults, said, detail = "refused", refusal_faults(reason(error), made), (), reason(error)[:300]
        except BaseException as error:  # noqa: BLE001  whatever it is, it would have been a traceback
            fate, said, detail = "traceback", (), f"{type(error).__name__}: {error}"[:300]
            faults = (f"traceback {type(error).__name__}",)
        else:
            fate, (faults, said, detail) = "labelled", compared(read, made)
        seconds, peak = time.perf_counter() - began, peak_megabytes()
        faults += ("slow",) * (seconds > 10) + ("memory",) * (peak > 1000)
        return Outcome(number, kind, fate, faults, said, detail, seconds, peak)

    def _read(self):
        layout = layout_of(self.path, self.table, None)
        labeller = Labeller(self.table, self.version, self.path.name, layout, self.reference)
        read = Reading(layout)
        for chunk in read_chunks(self.path, layout):
            read.add(chunk, *labeller(chunk)[:3])
        return read

    def _published(self):
        batch = label(Source.at(str(self.path)), self.request, self.version)
        read = self._read()
        labels, rejects = pq.read_table(batch.labels).to_pylist(), pq.read_table(batch.rejects).to_pylist()
        read.faults += ["published otherwise than read"] * (labels != read.labels or rejects != read.rejects)
        return read


class Reading:
    """All that was read of a file: the rows by their numbers, their labels, and the rejects."""

    def __init__(self, layout):
        self.layout = layout
        self.rows, self.labels, self.rejects, self.malformed, self.faults = {}, [], [], set(), []

    def add(self, chunk, labels, rejects, tally):
        """One more chunk and what the labeller has made of it."""
        ids = chunk.frame["id"].tolist() if "id" in chunk.frame else [None] * len(chunk.frame)
        cells = chunk.frame[[*self.layout.features]].to_numpy()
        self.faults += ["a row number twice"] * (not self.rows.keys().isdisjoint(chunk.frame.index))
        self.rows |= {
            row: (text if isinstance(text, str) else None, values)
            for row, text, values in zip(chunk.frame.index.tolist(), ids, cells, strict=True)
        }
        self.malformed |= {row for row, _, _ in chunk.malformed}
        self.labels += labels.to_pylist()
        self.rejects += rejects.to_pylist()
        counted = len({each["row"] for each in rejects.to_pylist()})
        if (tally.rows, tally.labelled, tally.rejected) != (chunk.rows, labels.num_rows, counted):
            self.faults.append("rows in are not labelled and rejected ones")
        if tally.rows != tally.labelled + tally.rejected:
            self.faults.append("rows in are not labelled and rejected ones")


def refusal_faults(line, made):
    """What is wrong with a refusal: it has one line of three parts, and is due to none that must be labelled."""
    faults = ("refused what is sound",) * (made.fate == "labelled")
    faults += ("a refusal of more than 500 characters",) * (len(line) > LONGEST)
    return faults + ("a refusal of fewer than three parts",) * (line.count("; ") < 2 or not line.isprintable())


def compared(read, made):
    """Faults, what is other but said, and the first difference in words."""
    numbers = {each["row"] for each in read.labels}, {each["row"] for each in read.rejects}
    everything = sorted(numbers[0] | numbers[1])
    faults, said, details = set(read.faults), set(), []
    if everything != [*range(len(everything))] or numbers[0] & numbers[1]:
        faults.add("row numbers are not 0, 1, 2, ...")
    if made.fate == "refused":
        faults.add("labelled what must be refused")
    for fault, spoken, detail in (exactly if made.rows is not None else within)(read, made, len(everything)):
        (said if spoken else faults).add(fault)
        details.append(detail)
    return tuple(sorted(faults)), tuple(sorted(said)), next(iter(details), "")


def fresh_peak():
    """Forget how much memory this process has ever held, where the system allows it."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return


def peak_megabytes():
    """The most memory this process has held since then, in megabytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1000
    return 0.0
