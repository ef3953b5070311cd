"""The limits of the gate for a province: those of the package, then those of the operator's file."""

from pipeline.settings import Settings
from quality import gate_limits
from quality.gate_limits import Limit, Limits
from schemas.errors import UsageError

_MOST_BYTES = 1 << 20


def limits_for(province_code: str, settings: Settings) -> Limits:
    """The limits by which a batch of that province is judged. Raises as `own_limits`."""
    return gate_limits.limits_of(gate_limits.shipped(), own_limits(settings), province=province_code)


def own_limits(settings: Settings) -> tuple[Limit, ...]:
    """The limits of the operator's file, for batches and for months; none where there is no file.

    Raises:
        UsageError: gate_limits.unreadable; what `quality.gate_limits.read_limits` finds wrong, with the path.
    """
    path = settings.gate_limits
    if path is None:
        return ()
    try:
        with path.open("rb") as opened:
            text = opened.read(_MOST_BYTES).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        raise UsageError("gate_limits.unreadable", path=str(path)) from None
    try:
        return gate_limits.read_limits(text)
    except UsageError as wrong:
        raise UsageError(wrong.code, path=str(path), **wrong.details) from None
