"""A table's file: its declaration in TOML, read and checked; what is wrong with it is said by its place."""

from __future__ import annotations

import math
import tomllib
from dataclasses import fields
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from schemas.errors import TableError
from schemas.feature import Feature
from schemas.modules import rules_of
from schemas.names import check_class_names, check_feature, check_feature_names, check_spellings, check_table_name
from schemas.table import FORMAT, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from schemas.anywhere import Anywhere

TABLE_FILE: Final = "table.toml"
FEWEST_CLASSES: Final = 2
WHOLE: Final = 1 << 31  # of which ids are less, as they are published
TEXTS: Final = "a list of texts"
KINDS: Final[dict[str, dict[str, str]]] = {
    "": {
        "format": "a whole number", "name": "a text", "title": "a text", "row": "a text", "shipped": "a text",
        "rules": "a text", "least_accuracy": "a share", "refuse_suspect": "true or false", "ignored": TEXTS,
        "id": "a table", "label": "a table", "classes": "a list of tables",
        "features": "a list of tables", "lookalikes": "a list of tables",
    },
    "id": {"spellings": TEXTS},
    "label": {"name": "a text", "common": "true or false", "spellings": TEXTS},
    "classes": {"id": "a whole number", "name": "a text", "spellings": TEXTS},
    "features": {
        "name": "a text", "title": "a text", "description": "a text", "unit": "a text", "usual_unit": "a text",
        "spellings": TEXTS, "minimum": "a number", "maximum": "a number", "above": "a number", "below": "a number",
        "levels": TEXTS, "level_spellings": "a table of lists of texts", "missing": "a text", "unseen": "a text",
    },
    "lookalikes": {"name": "a text", "columns": TEXTS},
}  # fmt: skip
"""What each part of a declaration may say, and in what kind of value."""
NEEDED: Final = {
    "": ("format", "name", "label", "classes", "features"),
    "label": ("name",),
    "classes": ("id", "name"),
    "features": ("name",),
    "lookalikes": ("name", "columns"),
}


def read_table(path: Anywhere, *, packaged: bool = False) -> Table:
    """The table that a file declares; TableError where it cannot be read, or does not hold."""
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path}: no table file; found {getattr(error, 'strerror', None) or error}; name a file in TOML"
        raise TableError(message) from error
    return parse_table(text, str(path), path.parent, packaged=packaged)


def parse_table(text: str, where: str, folder: Anywhere, *, packaged: bool = False) -> Table:
    """The table that a text declares; ``where`` it stands is what errors name, ``folder`` what its paths start from."""
    try:
        said = tomllib.loads(text)
        _check_part(said, "", where)
        for part in ("id", "label"):
            _check_part(said.get(part, {}), part, where)
        for part in ("classes", "features", "lookalikes"):
            for at, each in enumerate(said.get(part, ()), start=1):
                _check_part(each, part, f"{where}: {part} {at}")
        return _table(said, text, where, folder, packaged=packaged)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        message = f"{where}: not TOML; found {error}; correct that line"
        raise TableError(message) from error


def _table(said: dict[str, Any], text: str, where: str, folder: Anywhere, *, packaged: bool) -> Table:
    if said["format"] != FORMAT:
        message = f"{where}: format {FORMAT} is read here; found {said['format']}; use the release that reads it"
        raise TableError(message)
    check_table_name(said["name"], where)
    if len(said["classes"]) < FEWEST_CLASSES or not said["features"]:
        found = f"found {len(said['classes'])} and {len(said['features'])}"
        message = f"{where}: a table needs two classes and a feature; {found}; declare more"
        raise TableError(message)
    features = tuple(_feature(each, where) for each in said["features"])
    for feature in features:
        check_feature(feature, where)
    check_feature_names([feature.name for feature in features], said["label"]["name"], where)
    label = said["label"]
    spelt = {feature.name: feature.spellings for feature in features} | {label["name"]: label.get("spellings", [])}
    check_spellings(spelt, said.get("id", {}).get("spellings", []), said.get("ignored", []), where)
    check_class_names({each["name"]: each.get("spellings", []) for each in said["classes"]}, where)
    classes = {each["id"]: each["name"] for each in said["classes"]}
    if len(classes) < len(said["classes"]):
        message = f"{where}: two classes of one name or id; found {_repeated(said['classes'])}; give each its own"
        raise TableError(message)
    return Table(
        name=said["name"],
        columns=features,
        label=said["label"]["name"],
        classes=classes,
        title=said.get("title", ""),
        row=said.get("row", "row"),
        common_label=said["label"].get("common", False),
        label_spellings=tuple(said["label"].get("spellings", ())),
        class_spellings={each["name"]: tuple(each.get("spellings", ())) for each in said["classes"]},
        id_spellings=tuple(said.get("id", {}).get("spellings", ())),
        ignored=tuple(said.get("ignored", ())),
        lookalikes={each["name"]: tuple(each["columns"]) for each in said.get("lookalikes", ())},
        refuse_suspect=said.get("refuse_suspect", False),
        least_accuracy=said.get("least_accuracy", 0.0),
        shipped=(folder / said["shipped"]).resolve() if "shipped" in said else None,
        rules=partial(rules_of, said["rules"]) if "rules" in said else None,
        text=text,
        packaged=packaged,
    )


def _repeated(classes: list[dict[str, Any]]) -> object:
    ids = [each["id"] for each in classes]
    return next((each for each in ids if ids.count(each) > 1), None)


def _feature(said: dict[str, Any], where: str) -> Feature:
    if said.get("levels") == []:
        message = f"{where}: {said['name']!r:.80}: a category has levels; found none; list them, or remove `levels`"
        raise TableError(message)
    known = {each.name for each in fields(Feature)}
    plain: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in said.items() if name in known
    }
    plain["level_spellings"] = {name: tuple(each) for name, each in said.get("level_spellings", {}).items()}
    return Feature(**plain)


def _check_part(said: dict[str, Any], part: str, where: str) -> None:
    """TableError where a part says what it may not, in another kind of value, or not what it must."""
    kinds = KINDS[part]
    for name, value in said.items():
        if name not in kinds:
            message = f"{where}: nothing of that name is declared; found {_of(part)}{name}; use {', '.join(kinds)}"
            raise TableError(message)
        if not _is(kinds[name], value):
            message = f"{where}: {_of(part)}{name} must be {kinds[name]}; found {value!r:.80}; correct it"
            raise TableError(message)
    lacking = [name for name in NEEDED.get(part, ()) if name not in said]
    if lacking and (said or part != "id"):
        message = f"{where}: something is left out; found no {_of(part)}{lacking[0]}; declare it"
        raise TableError(message)


def _of(part: str) -> str:
    return f"{part}." if part else ""


def _is(kind: str, value: Any) -> bool:
    return OF_KIND[kind](value)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


OF_KIND: Final[Mapping[str, Callable[[Any], bool]]] = {
    "a whole number": lambda value: type(value) is int and abs(value) < WHOLE,
    "a number": lambda value: type(value) in (int, float) and math.isfinite(value),
    "true or false": lambda value: isinstance(value, bool),
    "a share": lambda value: type(value) in (int, float) and 0 <= value <= 1,
    "a text": lambda value: isinstance(value, str),
    TEXTS: _are_texts,
    "a table": lambda value: isinstance(value, dict),
    "a list of tables": lambda value: isinstance(value, list) and all(isinstance(each, dict) for each in value),
    "a table of lists of texts": lambda value: isinstance(value, dict) and all(map(_are_texts, value.values())),
}
