"""Modules: rules and tables that a Python module declares, for what needs code."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemas.errors import TableError, described

if TYPE_CHECKING:
    import pandera.pandas as pa


def object_of(reference: str) -> Any:
    """What ``module:OBJECT`` names, the module perhaps in the working folder; TableError where there is none."""
    module, _, name = reference.partition(":")
    folder = str(Path.cwd())
    if folder not in sys.path:
        sys.path.append(folder)
    try:
        return getattr(importlib.import_module(module), name)
    except TableError:
        raise
    except Exception as error:
        what = described(error)
        message = f"{reference}: cannot be imported; found {what:.200}; name a module and its object, module:OBJECT"
        raise TableError(message) from error


def rules_of(reference: str) -> pa.DataFrameSchema:
    """The pandera schema of a model, a schema or a table of a module."""
    import pandera.pandas as pa

    found = object_of(reference)
    found = found.rules() if callable(getattr(found, "rules", None)) else found
    found = found.to_schema() if hasattr(found, "to_schema") else found
    if not isinstance(found, pa.DataFrameSchema):
        message = f"{reference}: no rules; found a {type(found).__name__}; name a pandera DataFrameModel"
        raise TableError(message)
    return found
