"""Make a large table of plausible wines: the shipped rows resampled with a little noise, as Parquet or CSV.

python benchmarks/tables.py 5000000 /tmp/wines.parquet
"""

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

SHIPPED = Path(__file__).parent.parent / "data" / "raw" / "wine.csv"
STEP = 500_000


def wines(rows: int, seed: int) -> pa.Table:
    """So many bottles like the shipped ones, measured to two decimals, with their cultivar."""
    rng = np.random.default_rng(seed)
    shipped = pyarrow.csv.read_csv(SHIPPED)
    picked = rng.integers(0, shipped.num_rows, rows)
    columns = {"cultivar": shipped["cultivar"].to_numpy()[picked]}
    for name in shipped.column_names[1:]:
        values = shipped[name].to_numpy().astype(float)
        noisy = values[picked] * (1 + rng.normal(0, 0.02, rows))
        columns[name] = np.clip(noisy, values.min(), values.max()).round(2)
    return pa.table(columns)


def make(rows: int, target: Path) -> Path:
    """Write the table in bounded memory; the ending of the target says the format."""
    schema = wines(1, 0).schema
    writer = pq.ParquetWriter if target.suffix == ".parquet" else pyarrow.csv.CSVWriter
    with writer(target, schema) as file:
        for start in range(0, rows, STEP):
            file.write_table(wines(min(STEP, rows - start), start))
    return target


if __name__ == "__main__":
    print(make(int(sys.argv[1]), Path(sys.argv[2])))
