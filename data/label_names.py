"""Label names: whether a column is called the class, in the words of a table or in those that all tables share."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from data.heads import Expected

OF: Final = frozenset({"", "row", "sample", "obs", "observation", "record"})
IDENTIFIER: Final = re.compile(r"(.*?)(id|ids|no|nr|index|number|name|names)")
CLASS: Final = frozenset(
    "category categories class classes classe clase klasse cls label labels target targets y".split()  # noqa: SIM905
)
TRUTH: Final = frozenset({"actual", "truth"})
TRUE: Final = TRUTH | frozenset("correct gold ground real true".split())  # noqa: SIM905
BESIDE: Final = frozenset("code id name names no nr number of the value".split())  # noqa: SIM905


def words_of(name: str) -> tuple[str, ...]:
    """The words of a column name: `trueLabel`, `true_label` and `True label` have the same two."""
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", name))
    return tuple(re.findall(r"[^\W\d_]+|\d+", text.casefold()))


def is_identifier(name: str, expected: Expected) -> bool:
    """Whether a column name says that its cells name the rows: `id`, `sample no`, or as the table has it."""
    plain = "".join(words_of(name))
    if plain in {"".join(words_of(each)) for each in expected.id_spellings}:
        return True
    called = IDENTIFIER.fullmatch(plain)
    return called is not None and called[1] in OF | {"".join(words_of(each)) for each in (expected.name, expected.row)}


def label_rank(name: str, expected: Expected) -> int | None:
    """How surely a name says that its column is the class, 0 surest; None where it does not say so.

    A name all of whose words are words for the class, or stand beside one (`class of wine`, `target_id`), says so;
    one that says it is the true class, or has the label's declared name, most surely. A name with any other word in
    it (`predicted class`, `label split`) is the name of something else. The words that all tables share (`class`, `y`)
    say so only where the table allows it: elsewhere they may be the names of other columns.
    """
    words = words_of(name)
    joined = "".join(words)
    if not joined or (is_identifier(name, expected) and joined != "".join(words_of(expected.label))):
        return None
    spelt = {"".join(words_of(each)) for each in expected.spellings.get(expected.label, ())}
    own = {"".join(words_of(expected.label))}
    nouns = (CLASS if expected.common_label else frozenset()) | spelt | own
    allowed = nouns | TRUE | BESIDE
    if joined in own | {"ytrue"} or (set(words) <= TRUE and TRUTH & set(words)):
        return 0
    if joined in spelt or (joined == "c" and expected.common_label):
        return 1
    if not all(word in allowed or word.isdecimal() for word in words) or not nouns & set(words):
        return None
    return 0 if TRUE & set(words) else 1
