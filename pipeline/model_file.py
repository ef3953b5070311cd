"""The matching model that a command uses. By itself, so that matching does without the store and what it imports."""

from pathlib import Path

from dedup.model import Model, load_model
from schemas.errors import UsageError


def matching_model(path: Path | None) -> Model:
    """The model of a file, or the one of the package. Raises UsageError model.unreadable."""
    try:
        return load_model(path)
    except (OSError, ValueError):
        raise UsageError("model.unreadable", path=str(path)) from None
