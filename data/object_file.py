"""An object file: an object on storage that is read anywhere, as it was when it was opened."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final

from data.errors import MovingError
from data.object_store import ConditionError, asking, store_of
from data.seekable_file import SeekableFile

if TYPE_CHECKING:
    from obstore import ObjectMeta

BLOCK: Final = 1 << 20  # bytes
AHEAD: Final = 4  # blocks, where one is read after the other
KEPT: Final = 24  # blocks


class ObjectFile(SeekableFile):
    """An object's bytes, fetched in blocks where they are asked for.

    MovingError, as they are read, where the object was replaced meanwhile.
    """

    def __init__(self, root: str, key: str) -> None:
        """Open it; FileNotFoundError where there is none."""
        import obstore

        super().__init__()
        self._root, self._key = root, key
        with asking(self.name):
            self._meta: ObjectMeta = obstore.head(store_of(root), key)
        self._blocks: OrderedDict[int, bytes] = OrderedDict()

    @property
    def name(self) -> str:
        """Its address."""
        return f"{self._root}/{self._key}"

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return self._meta["size"]

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer as far as the object goes on; how many bytes that were."""
        view = memoryview(buffer).cast("B")
        filled = 0
        while filled < len(view) and self._place < self.size:
            number, start = divmod(self._place, BLOCK)
            part = memoryview(self._block(number))[start : start + len(view) - filled]
            view[filled : filled + len(part)] = part
            filled += len(part)
            self._place += len(part)
        return filled

    def _block(self, number: int) -> bytes:
        if number not in self._blocks:
            count = AHEAD if number - 1 in self._blocks else 1
            content = self._fetched(number * BLOCK, min(self.size, (number + count) * BLOCK))
            for at in range(0, len(content), BLOCK):
                self._blocks[number + at // BLOCK] = content[at : at + BLOCK]
            while len(self._blocks) > KEPT:
                self._blocks.popitem(last=False)
        self._blocks.move_to_end(number)
        return self._blocks[number]

    def _fetched(self, start: int, end: int) -> bytes:
        import obstore

        options: Any = {"range": (start, end), "if_match": self._meta["e_tag"]}
        try:
            with asking(self.name):
                return obstore.get(store_of(self._root), self._key, options=options).bytes().to_bytes()
        except (ConditionError, FileNotFoundError) as error:
            message = f"{self.name}: changed while it was read; found another object there by now; run again"
            raise MovingError(message) from error
