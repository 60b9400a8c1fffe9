"""Errors of versions."""


class ModelError(ValueError):
    """A version that cannot be used: what is wrong; what was found; what to do."""


def damaged(what: str) -> ModelError:
    """The refusal of a version whose files are not what was saved."""
    return ModelError(f"{what}; the version is damaged; restore it or train a new one")
