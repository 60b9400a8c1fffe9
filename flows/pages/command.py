"""Commands of this program that a page tells a person to type."""

from __future__ import annotations

import shlex


def command(verb: str, batch: str, options: str = "") -> str:
    """The words after the program's name; a batch whose name looks like an option comes last, behind two dashes.

    >>> command("review", "may", "-o sheet.csv"), command("review", "-rf", "-o sheet.csv")
    ('review may -o sheet.csv', 'review -o sheet.csv -- -rf')
    """
    words = [verb, options, "--", shlex.quote(batch)] if batch.startswith("-") else [verb, shlex.quote(batch), options]
    return " ".join(filter(None, words))
