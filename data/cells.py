"""Cells: the columns of a Parquet file, whatever their type, as numbers and as text; and which cells are no text."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from data.text_parsing import parse_numbers, without_blanks

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_ID: Final = 1000  # bytes
LONGEST_TEXT: Final = 1000  # characters: what is kept of a cell that is longer
WHOLE: Final = float(1 << 63)  # from which on Arrow has no whole numbers
MOST_DIGITS: Final = 1e40
OUT_OF_RANGE: Final = r"^<value out of range: (-?\d+)>$"  # what Arrow writes of a date of no year it knows
TEXT: Final = pa.dictionary(pa.int32(), pa.string())
ALREADY_TEXT: Final = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
BYTES: Final = (
    pa.types.is_binary,
    pa.types.is_large_binary,
    pa.types.is_binary_view,
    pa.types.is_fixed_size_binary,
)
PRINTED: Final = (
    pa.types.is_null,
    pa.types.is_boolean,
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_decimal,
    pa.types.is_temporal,
)


def is_readable(kind: pa.DataType) -> bool:
    """Whether the cells of a type can be written as text."""
    plain = _plain_type(kind)
    return (_holds_text(plain) or any(holds(plain) for holds in PRINTED)) and not pa.types.is_duration(plain)


def as_numbers(column: pa.Array) -> pa.Array:
    """The cells as float64, null where there is none or it is no number."""
    if pa.types.is_dictionary(column.type):
        return as_numbers(column.dictionary).take(column.indices)
    plain = _stored(column)
    if pa.types.is_floating(plain.type) or pa.types.is_integer(plain.type):
        return plain.cast(pa.float64(), safe=False)
    return parse_numbers(as_text(plain), ".")  # a decimal's own cast to float64 is off in the last digit


def as_text(column: pa.Array) -> pa.Array:
    """The cells as text, null where there is none; bytes that are not UTF-8 are shown in hexadecimal."""
    if pa.types.is_dictionary(column.type):
        return as_text(column.dictionary).take(column.indices)
    if isinstance(column.type, pa.UuidType):
        return pa.array([_uuid(cell) for cell in column.storage.to_pylist()], pa.string())
    plain = _stored(column)
    if _holds_text(plain.type):
        return without_blanks(_decoded(plain))
    if pa.types.is_floating(plain.type):
        return _whole_numbers_plainly(plain.cast(pa.float64()) if pa.types.is_float16(plain.type) else plain)
    try:
        texts = plain.cast(pa.string())
    except pa.ArrowInvalid:  # a time zone that is not known here
        texts = plain.cast(pa.timestamp(plain.type.unit, "UTC")).cast(pa.string())
    return pc.replace_substring_regex(texts, OUT_OF_RANGE, r"\1") if pa.types.is_temporal(plain.type) else texts


def as_classes(column: pa.Array) -> pa.Array:
    """The cells as text that repeats: each number is written out once."""
    plain = _stored(column)
    if not pa.types.is_integer(plain.type):
        return as_text(column).cast(TEXT)
    coded = plain.dictionary_encode()
    return pa.DictionaryArray.from_arrays(coded.indices, coded.dictionary.cast(pa.string()))


def as_it_stood(column: pa.Array, places: pa.Array | None = None) -> list[str | None]:
    """The cells at these places, or all, as the text they are, or as Python writes their numbers."""
    if places is None:
        places = pa.array(range(len(column)))
    if pa.types.is_dictionary(column.type):
        texts, taken = as_it_stood(column.dictionary), column.indices.take(places).to_pylist()
        return [None if at is None else texts[at] for at in taken]
    plain = _stored(column)
    if not _holds_text(plain.type):
        return [None if cell is None else str(cell) for cell in plain.take(places).to_pylist()]
    return _decoded(plain.cast(pa.large_binary()).take(places)).to_pylist()  # type: ignore[no-any-return]


def shortened(texts: pa.Array) -> pa.Array:
    """The same texts, what is beyond their first 1,000 characters replaced by an ellipsis."""
    if (pc.max(pc.binary_length(texts)).as_py() or 0) <= LONGEST_TEXT:
        return texts
    beginnings = pc.binary_join_element_wise(pc.utf8_slice_codeunits(texts, 0, LONGEST_TEXT), "…", "")
    return pc.if_else(pc.greater(pc.utf8_length(texts), LONGEST_TEXT), beginnings, texts)


def unfit(column: pa.Array) -> Iterator[tuple[int, str, str]]:
    """The cells that can be no id: place, reason, and what stands there."""
    if pa.types.is_dictionary(column.type):
        bad = {place: (reason, shown) for place, reason, shown in unfit(column.dictionary)}
        indices = enumerate(column.indices.to_pylist()) if bad else ()
        yield from ((place, *bad[index]) for place, index in indices if index in bad)
        return
    plain = _stored(column)
    if isinstance(column.type, pa.UuidType) or not _holds_text(plain.type):
        return
    cells = plain.cast(pa.large_binary())
    longest = pc.max(pc.binary_length(cells)).as_py() or 0
    if longest <= LONGEST_ID and _is_utf8(cells):
        return
    for place, cell in enumerate(cells.to_pylist()):
        if cell is not None and len(cell) > LONGEST_ID:
            yield place, f"an id of more than {LONGEST_ID:,} bytes", _shown(cell)
        elif cell is not None and _shown(cell).encode() != cell:
            yield place, "an id that is not UTF-8", _shown(cell)


def _holds_text(kind: pa.DataType) -> bool:
    """Whether a type holds text, or bytes that may be some."""
    return any(holds(kind) for holds in (*ALREADY_TEXT, *BYTES))


def _plain_type(kind: pa.DataType) -> pa.DataType:
    plain = kind.storage_type if isinstance(kind, pa.BaseExtensionType) else kind
    return plain.value_type if pa.types.is_dictionary(plain) else plain


def _stored(column: pa.Array) -> pa.Array:
    """A column as its cells are stored."""
    return column.storage if isinstance(column.type, pa.BaseExtensionType) else column


def _is_utf8(cells: pa.Array) -> bool:
    try:
        cells.cast(pa.large_string())
    except pa.ArrowInvalid:
        return False
    return True


def _decoded(column: pa.Array) -> pa.Array:
    cells = column.cast(pa.large_binary())
    try:
        return shortened(cells.cast(pa.large_string()).cast(pa.string()))
    except pa.ArrowInvalid:
        return shortened(pa.array([None if cell is None else _shown(cell) for cell in cells.to_pylist()], pa.string()))


def _shown(cell: bytes) -> str:
    return cell.decode(errors="backslashreplace")


def _uuid(cell: bytes | None) -> str | None:
    return None if cell is None else str(UUID(bytes=cell))


def _digits(cell: float | None) -> str | None:
    if cell is None or math.isnan(cell):
        return None
    return str(int(cell)) if abs(cell) < MOST_DIGITS and cell.is_integer() else str(cell)


def _whole_numbers_plainly(column: pa.Array) -> pa.Array:
    """Floating numbers as text, whole ones with all their digits: 9007199254740992, not 9.007199254740992e+15."""
    if (pc.max(pc.abs(column)).as_py() or 0) >= WHOLE:
        return pa.array([_digits(cell) for cell in column.to_pylist()], pa.string())
    exact: Any = pc.equal(pc.round(column), column)
    whole = pc.if_else(exact, column, None).cast(pa.int64(), safe=False).cast(pa.string())
    return pc.if_else(exact, whole, pc.if_else(pc.is_nan(column), None, column.cast(pa.string())))
