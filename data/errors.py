"""Errors of files: what a user can repair, in one line each: what is wrong; what was found; what to do."""


class SourceError(ValueError):
    """An input that is refused."""


class MovingError(SourceError):
    """A file that changes while it is read."""


class AddressError(SourceError):
    """An address of object storage that is none."""


class ObjectError(OSError):
    """Object storage that cannot be used; whether the same may go through a moment later is in its number."""

    def __init__(self, message: str, number: int = 0) -> None:
        super().__init__(message)
        self.errno = number or None


class PublishError(OSError):
    """The results could not be written; nothing was published."""


class HeldError(OSError):
    """Another process holds the lock."""


class TextError(ValueError):
    """Bytes that are no text, or a text that is not made of lines."""


class ColumnError(ValueError):
    """Columns that cannot be told apart."""
