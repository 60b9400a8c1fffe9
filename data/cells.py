"""Cells: the columns of a Parquet file, whatever their type, as numbers and as text; and which cells are no text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from data.text_parsing import parse_numbers, without_blanks

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_ID: Final = 1000  # bytes
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
    return any(holds(plain) for holds in (*ALREADY_TEXT, *BYTES, *PRINTED)) and not pa.types.is_duration(plain)


def as_numbers(column: pa.Array) -> pa.Array:
    """The cells as float64, null where there is none or it is no number."""
    plain = _plain(column)
    if pa.types.is_floating(plain.type) or pa.types.is_integer(plain.type):
        return plain.cast(pa.float64(), safe=False)
    return parse_numbers(as_text(plain), ".")  # a decimal's own cast to float64 is off in the last digit


def as_text(column: pa.Array) -> pa.Array:
    """The cells as text, null where there is none; bytes that are not UTF-8 are shown in hexadecimal."""
    if isinstance(column.type, pa.UuidType):
        return pa.array([_uuid(cell) for cell in column.storage.to_pylist()], pa.string())
    plain = _plain(column)
    if any(holds(plain.type) for holds in (*ALREADY_TEXT, *BYTES)):
        return without_blanks(_decoded(plain))
    if pa.types.is_floating(plain.type):
        return _whole_numbers_plainly(plain.cast(pa.float64()) if pa.types.is_float16(plain.type) else plain)
    try:
        return plain.cast(pa.string())
    except pa.ArrowInvalid:  # a time zone that is not known here
        return plain.cast(pa.timestamp(plain.type.unit, "UTC")).cast(pa.string())


def as_classes(column: pa.Array) -> pa.Array:
    """The cells as text that repeats: each number is written out once."""
    plain = _plain(column)
    if not pa.types.is_integer(plain.type):
        return as_text(column).cast(TEXT)
    coded = plain.dictionary_encode()
    return pa.DictionaryArray.from_arrays(coded.indices, coded.dictionary.cast(pa.string()))


def as_it_stood(column: pa.Array, places: pa.Array) -> list[str | None]:
    """The cells at these places as the text they are, or as Python writes their numbers."""
    plain = _plain(column)
    if not any(holds(plain.type) for holds in (*ALREADY_TEXT, *BYTES)):
        return [None if cell is None else str(cell) for cell in plain.take(places).to_pylist()]
    return _decoded(plain.cast(pa.large_binary()).take(places)).to_pylist()  # type: ignore[no-any-return]


def unfit(column: pa.Array) -> Iterator[tuple[int, str, str]]:
    """The cells that can be no id: place, reason, and what stands there."""
    plain = _plain(column)
    if isinstance(column.type, pa.UuidType) or not any(holds(plain.type) for holds in (*ALREADY_TEXT, *BYTES)):
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


def _plain_type(kind: pa.DataType) -> pa.DataType:
    plain = kind.storage_type if isinstance(kind, pa.BaseExtensionType) else kind
    return plain.value_type if pa.types.is_dictionary(plain) else plain


def _plain(column: pa.Array) -> pa.Array:
    """A column as its cells are stored."""
    stored = column.storage if isinstance(column.type, pa.BaseExtensionType) else column
    return stored.dictionary_decode() if pa.types.is_dictionary(stored.type) else stored


def _is_utf8(cells: pa.Array) -> bool:
    try:
        cells.cast(pa.large_string())
    except pa.ArrowInvalid:
        return False
    return True


def _decoded(column: pa.Array) -> pa.Array:
    cells = column.cast(pa.large_binary())
    try:
        return cells.cast(pa.large_string()).cast(pa.string())
    except pa.ArrowInvalid:
        return pa.array([None if cell is None else _shown(cell) for cell in cells.to_pylist()], pa.string())


def _shown(cell: bytes) -> str:
    return cell.decode(errors="backslashreplace")


def _uuid(cell: bytes | None) -> str | None:
    return None if cell is None else str(UUID(bytes=cell))


def _whole_numbers_plainly(column: pa.Array) -> pa.Array:
    """Floating numbers as text, whole ones with all their digits: 9007199254740992, not 9.007199254740992e+15."""
    exact: Any = pc.and_(pc.equal(pc.round(column), column), pc.less(pc.abs(column), float(1 << 63)))
    whole = pc.if_else(exact, column, None).cast(pa.int64(), safe=False).cast(pa.string())
    return pc.if_else(exact, whole, pc.if_else(pc.is_nan(column), None, column.cast(pa.string())))
