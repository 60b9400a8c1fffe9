"""Units: what a column name says beside the name of a quantity, `Alcohol (% vol)`, and which scale that is."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

PERCENT: Final = (
    r"(?:%|‰|pct|per\s?cent|prozent)(?:[\s_]*(?:by[\s_]*)?(?:vol(?:ume)?|v/v|abv|w/w|m/m|mass|weight)\b\.?)?"
)
VOLUME_PERCENT: Final = r"vol(?:ume)?\.?[\s_.-]*(?:%|pct|per\s?cent|prozent)|abv|vol\.?"
AMOUNT: Final = r"(?P<prefix>[mμunk])?(?P<base>g|mol|eq|val)"
NOTE: Final = r"(?:[\s_]+(?:[a-z]+[\s_]+)?[a-z]+\.?)??"  # of what: `mg GAE/l`, `g tartaric acid/l`
PER: Final = r"\s*(?:/|\bper\b|_per_|[·⋅*.\s_-])\s*"
VOLUME: Final = r"(?P<times>\d+)?\s*(?P<small>[mcdh])?(?P<volume>l(?:it(?:er|re)s?)?|kg|g)(?:\s*\^?\s*[-−]?\s*1)?"  # noqa: RUF001
CONTENT: Final = rf"{AMOUNT}{NOTE}{PER}{VOLUME}{NOTE}"
UNIT: Final = rf"{PERCENT}|{VOLUME_PERCENT}|{CONTENT}|[mμk]?g|ppm|ppb|a\.?u\.?|nm|[cm]?m"
BRACKETED: Final = re.compile(
    rf"(?P<name>.+?)\s*[(\[{{<]\s*(?P<unit>{UNIT}|abs(?:orbance)?|measured|units?|ratio|dimensionless|[-–—1])\s*[)\]}}>]\s*"  # noqa: RUF001
)
APPENDED: Final = re.compile(rf"(?P<name>.+?)(?:\s*[,;:/–—_-]+\s*(?:in[\s_])?|\s+(?:in\s+)?|(?=%))(?P<unit>{UNIT})\s*")  # noqa: RUF001
SURE: Final = re.compile(rf"{PERCENT}|vol(?:ume)?\.?[\s_.-]*%|{CONTENT}|[mμk]g|ppm|ppb|[ncm]m")
"""Units that need no brackets: a letter by itself (`weight_g`, `reading_m`) and `vol` may be anything."""
LONGEST: Final = 200  # characters: no name with a unit has so many, and a longer one takes its time
THOUSANDTHS: Final = {"k": 1e3, "": 1.0, "m": 1e-3, "μ": 1e-6, "u": 1e-6, "n": 1e-9}
VOLUMES: Final = {"h": 100.0, "": 1.0, "d": 0.1, "c": 0.01, "m": 1e-3}
PLAIN: Final = {"ppm": ("g", 1e-3), "ppb": ("g", 1e-6)}


def split_unit(name: str) -> tuple[str, str]:
    """A column name without its unit, and the unit, empty where it says none.

    >>> split_unit("Alcohol (% vol)"), split_unit("proline_mg_l"), split_unit("Mg")
    (('Alcohol', '% vol'), ('proline', 'mg_l'), ('Mg', ''))
    """
    text = unicodedata.normalize("NFKC", name).strip()
    if len(text) > LONGEST:
        return name, ""
    parts = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)  # AlcoholPct, ProlineMgL
    found = BRACKETED.fullmatch(parts.casefold()) or APPENDED.fullmatch(parts.casefold())
    if found is None or len(parts.casefold()) != len(parts):
        return name, ""
    return parts[: found.end("name")], parts[slice(*found.span("unit"))]


def sure_unit(name: str) -> str:
    """The unit in a column name of whose table nothing is known, where it can be nothing else; empty for any other.

    >>> sure_unit("length (g)"), sure_unit("flipper_mm"), sure_unit("reading_m")
    ('g', 'mm', '')
    """
    unit = split_unit(name)[1]
    bracketed = re.search(r"[)\]}>]\s*$", name) is not None
    return unit if bracketed or SURE.fullmatch(unit.casefold()) else ""


def same_scale(unit: str, usual: str) -> bool:
    """Whether numbers in these two units are of one size, as far as the units are known."""
    one, other = _scale(unit), _scale(usual)
    return one is None or other is None or (one[0] == other[0] and abs(one[1] / other[1] - 1) < 1e-9)  # noqa: PLR2004


def _scale(unit: str) -> tuple[str, float] | None:
    """The kind of quantity, and what one of the unit is in percent, or in grams, moles or equivalents a litre."""
    text = unicodedata.normalize("NFKC", unit).casefold().strip()
    if re.fullmatch(f"{PERCENT}|{VOLUME_PERCENT}", text):
        return "%", 0.1 if "‰" in text else 1.0
    if text in PLAIN:
        return PLAIN[text]
    found = re.fullmatch(CONTENT, text) or re.fullmatch(AMOUNT, text)
    if found is None:
        return None
    said = {"times": None, "small": None, "volume": "l"} | found.groupdict()
    amount = THOUSANDTHS[said["prefix"] or ""]
    per = VOLUMES[said["small"] or ""] * float(said["times"] or 1) * (1e-3 if said["volume"] == "g" else 1.0)
    return {"val": "eq"}.get(said["base"] or "", said["base"] or ""), amount / per
