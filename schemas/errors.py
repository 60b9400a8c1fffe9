"""Errors of tables."""


class TableError(ValueError):
    """No such table is declared, or what it asks of its rows cannot be answered row by row."""
