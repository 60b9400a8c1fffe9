"""What reading costs beside pyarrow's own readers, on the same file: the median ratio of five alternating runs.

Ours is read as it is when it is labelled: held against its sha256, and parsed by as many threads as label it.

python benchmarks/reading.py 2000000
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.csv
import pyarrow.parquet as pq
from tables import make

from data.reading import Unparsed, unparsed_chunks
from data.sniffing import sniff
from data.sources import Source
from data.threads import in_order
from schemas.tables import get_table

RUNS = 5


def ours(path, count=None):
    source = Source.at(str(path))
    layout = sniff(source, get_table("wine"))
    return lambda _: sum(chunk.rows for chunk in in_order(Unparsed.chunk, unparsed_chunks(source, layout), count))


def arrow_csv(source, *, threads):
    return pyarrow.csv.read_csv(source, read_options=pyarrow.csv.ReadOptions(use_threads=threads)).num_rows


def arrow_stream(source):
    with pyarrow.csv.open_csv(source) as batches:
        return sum(batch.num_rows for batch in batches)


def arrow_batches(source):
    with pq.ParquetFile(source, pre_buffer=False, buffer_size=1 << 20, page_checksum_verification=True) as file:
        return sum(batch.num_rows for batch in file.iter_batches(batch_size=131_072))


def seconds(read, source):
    start = time.perf_counter()
    read(source)
    return time.perf_counter() - start


def compare(source, readers):
    taken = [{name: seconds(read, source) for name, read in readers.items()} for _ in range(RUNS)]
    for name in readers:
        took = statistics.median(run[name] for run in taken)
        ratio = statistics.median(run["ours"] / run[name] for run in taken)
        print(f"{source.suffix[1:]:8} {name:28} {took:7.3f} s   ours / this {ratio:5.2f}")


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000
    with tempfile.TemporaryDirectory() as folder:
        source = make(rows, Path(folder) / "wines.csv")
        readers = {
            "read_csv, one thread": lambda source: arrow_csv(source, threads=False),
            "read_csv, threads": lambda source: arrow_csv(source, threads=True),
            "open_csv": arrow_stream,
        }
        compare(source, {"ours": ours(source), "ours, one thread": ours(source, 1), **readers})
        source = make(rows, Path(folder) / "wines.parquet")
        readers = {"iter_batches": arrow_batches, "read_table": pq.read_table}
        compare(source, {"ours": ours(source), "ours, one thread": ours(source, 1), **readers})


if __name__ == "__main__":
    main()
