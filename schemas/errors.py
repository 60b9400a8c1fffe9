"""Errors of tables, and how what a declaration's own code raised is described."""


class TableError(ValueError):
    """No such table is declared, or what it asks of its rows cannot be answered row by row."""


def described(error: Exception) -> str:
    """An error of a declaration's own code in one line: its kind and what it says."""
    return " ".join(f"{type(error).__name__} {error}".split())
