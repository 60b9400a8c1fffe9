"""Hostile Parquet: sound files of every type, option and program, as their writers make them."""

import importlib.util
import io
import random

import pyarrow as pa
import pyarrow.parquet as pq
from hostile_columns import IDS, NUMBERS, SOUND, labels, measurements, odd
from made import FEATURES, LABEL, Made, bottles, row

CODECS = ("none", "snappy", "gzip", "brotli", "zstd", "lz4")


def written(table, **options):
    file = io.BytesIO()
    pq.write_table(table, file, **options)
    return file.getvalue()


def _options(rng):
    version = rng.choice(("1.0", "2.0"))
    options = {
        "compression": rng.choice(CODECS),
        "row_group_size": rng.choice((1, 7, 20, 1000)),
        "data_page_version": version,
        "data_page_size": rng.choice((1, 200, 1 << 20)),
        "write_statistics": rng.random() < 0.5,
        "write_page_index": rng.random() < 0.3,
        "write_page_checksum": rng.random() < 0.5,
        "store_schema": rng.random() < 0.7,
        "use_dictionary": rng.random() < 0.5,
    }
    encodings = ("PLAIN", "BYTE_STREAM_SPLIT")
    return (
        options
        if options["use_dictionary"]
        else options | {"column_encoding": dict.fromkeys(FEATURES, rng.choice(encodings))}
    )


def of_other_writers(rng: random.Random) -> Made:
    """Sound files: any type of id, class, measurement and other columns, any option."""
    rows = bottles(rng)
    which, start = rng.choice([*IDS]), rng.randrange(1, 1 << 40)
    ids, texts = IDS[which](rng, range(start, start + len(rows)))
    kinds = [rng.choice(NUMBERS) if rng.random() < 0.2 else pa.float64() for _ in FEATURES]
    columns = {LABEL: labels(rng, [each[0] for each in rows])} if rng.random() < 0.8 else {}
    columns |= {
        name: measurements([each[at + 1] for each in rows], kind)
        for at, (name, kind) in enumerate(zip(FEATURES, kinds, strict=True))
    }
    columns |= {"id": ids, **{f"other {number}": odd(rng, len(rows)) for number in range(rng.randrange(3))}}
    made = tuple(row(each, *(few or ()), damaged=few is None) for each, few in zip(rows, texts, strict=True))
    if LABEL not in columns:
        made = tuple(row(["1", *each.cells], *each.ids, damaged=each.damaged, truth=False) for each in made)
    options = _options(rng)
    if not all(kind == pa.float64() for kind in kinds):
        options.pop("column_encoding", None)
    note = f"id {which}, others {[str(each.type) for name, each in columns.items() if name.startswith('other')]}"
    fate = "labelled" if which in SOUND else "either"
    return Made(written(pa.table(columns), **options), made, fate=fate, note=note)


def by_other_programs(rng: random.Random) -> Made:
    """As Polars and DuckDB write them, where they are installed."""
    rows = bottles(rng)
    ids = [f"é-{number}" for number in range(len(rows))]
    columns = {LABEL: [int(each[0]) for each in rows], "id": ids}
    columns |= {name: [float(each[at + 1]) for each in rows] for at, name in enumerate(FEATURES)}
    made = tuple(row(*pair) for pair in zip(rows, ids, strict=True))
    if rng.random() < 0.5 and importlib.util.find_spec("polars"):
        import polars as pl

        file = io.BytesIO()
        how = rng.choice(("lz4", "uncompressed", "snappy", "gzip", "brotli", "zstd"))
        pl.DataFrame(columns).write_parquet(file, compression=how, row_group_size=rng.choice((5, 100)))
        return Made(file.getvalue(), made, fate="labelled", note=f"polars, {how}")
    return Made(written(pa.table(columns), **_options(rng)), made, fate="labelled", note="pyarrow")
