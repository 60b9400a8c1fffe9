"""Hostile columns: every type in which programs keep ids, classes and measurements, and what is none of ours."""

import datetime as dt
import decimal
import uuid

import numpy as np
import pyarrow as pa

FAR = 2_932_897  # days: the first of the year 10,000
EPOCH = dt.date(1970, 1, 1)
NAMES = ("barolo", "grignolino", "barbera")
NUMBERS = (
    pa.float64(), pa.float32(), pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string()),
    pa.string_view(), pa.decimal128(16, 8),
)  # fmt: skip


def measurements(texts, kind):
    """A column of measurements in a type."""
    if pa.types.is_floating(kind):
        return pa.array([float(text) for text in texts], pa.float64()).cast(kind, safe=False)
    if pa.types.is_decimal(kind):
        return pa.array([decimal.Decimal(text) for text in texts], kind)
    return pa.array(texts, pa.string()).cast(kind)


# Ids: a column, and the texts that each of them may be; None where there is no text it could be.


def _texts(kind):
    def make(_rng, whole):
        texts = [f"é-{number}" for number in whole]
        return pa.array(texts).cast(kind), [(text,) for text in texts]

    return make


def _bytes(rng, whole):
    column, texts = _texts(pa.string())(rng, whole)
    broken = rng.randrange(len(whole))
    cells = [text.encode() if at != broken else b"\xff\xfe" for at, (text,) in enumerate(texts)]
    column = pa.Array.from_buffers(pa.string(), len(cells), pa.array(cells, pa.binary()).buffers())
    return column, [*texts[:broken], None, *texts[broken + 1 :]]


def _whole(rng, whole):
    return pa.array(whole, rng.choice((pa.int64(), pa.uint64()))), [(str(number),) for number in whole]


def _floats(_rng, whole):
    cells = [float(number) for number in whole]
    return pa.array(cells), [(str(int(cell)), f"{int(cell)}.0") for cell in cells]


def _large_floats(rng, whole):
    return _floats(rng, [10**15 * rng.choice((1, 100)) + number for number in whole])


def _decimals(_rng, whole):
    cells = [decimal.Decimal(number) for number in whole]
    return pa.array(cells, pa.decimal128(20, 2)), [(str(number), f"{number}.00") for number in whole]


def _named(rng, whole):
    cells = [uuid.UUID(int=rng.getrandbits(128)) for _ in whole]
    return pa.array([each.bytes for each in cells], pa.uuid()), [(str(each),) for each in cells]


def _dates(_rng, whole):
    return pa.array(range(len(whole)), pa.int32()).cast(pa.date32()), [
        (str(EPOCH + dt.timedelta(day)),) for day in range(len(whole))
    ]


def _far_dates(_rng, whole):
    days = [FAR + day for day in range(len(whole))]
    return pa.array(days, pa.int32()).cast(pa.date32()), [(str(np.datetime64(day, "D")),) for day in days]


def _times(_rng, whole):
    cells = [dt.time(1, number % 60) for number in whole]
    return pa.array(cells, pa.time32("s")), [(str(each), f"{each}.000") for each in cells]


def _flags(_rng, whole):
    cells = [number % 2 == 0 for number in whole]
    return pa.array(cells), [("true", "True", "1") if cell else ("false", "False", "0") for cell in cells]


def _none(_rng, whole):
    return pa.nulls(len(whole), pa.string()), [(None,)] * len(whole)


IDS = {
    "text": _texts(pa.string()),
    "dictionary": _texts(pa.dictionary(pa.int32(), pa.string())),
    "view": _texts(pa.string_view()),
    "binary": _texts(pa.binary()),
    "bytes": _bytes,
    "whole": _whole,
    "float": _floats,
    "large float": _large_floats,
    "decimal": _decimals,
    "uuid": _named,
    "date": _dates,
    "far date": _far_dates,
    "time": _times,
    "flags": _flags,
    "null": _none,
}
SOUND = IDS.keys() - {"bytes", "far date", "flags", "time"}


def labels(rng, classes):
    """A column of classes, numbers or names, in some type."""
    if rng.random() < 0.3:
        kinds = (pa.int64(), pa.int8(), pa.uint8(), pa.float64())
        return pa.array(map(int, classes), pa.int64()).cast(rng.choice(kinds))
    texts = rng.choice((classes, [NAMES[int(each) - 1] for each in classes]))
    return pa.array(texts).cast(rng.choice((pa.string(), pa.dictionary(pa.int32(), pa.string()), pa.large_string())))


def odd(rng, count):
    """A column that is none of ours."""
    far = pa.array([FAR + 1_000_000] * count, pa.int32())
    endless = pa.array([(1 << 63) - 1] * count, pa.int64())
    strange = pa.array([b"\xff\xfe"] * count, pa.binary())
    return rng.choice((
        far.cast(pa.date32()),
        endless.cast(pa.timestamp("us")),
        endless.cast(pa.timestamp("us", "UTC")),
        pa.array([0] * count, pa.int64()).cast(pa.timestamp("us", "Mars/Olympus")),
        pa.Array.from_buffers(pa.string(), count, strange.buffers()),
        endless.cast(pa.duration("us")),
        pa.array([[1, 2]] * count),
        pa.array([{"a": 1}] * count),
        pa.array([[("a", 1)]] * count, pa.map_(pa.string(), pa.int64())),
        pa.array([decimal.Decimal(10) ** 60] * count, pa.decimal256(70, 0)),
        pa.array([float("nan")] * count, pa.float16()),
        pa.nulls(count),
        pa.array([bytes(16)] * count, pa.uuid()),
        pa.array(["x" * 1000] * count),
    ))  # fmt: skip
