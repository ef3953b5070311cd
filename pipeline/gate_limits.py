"""The limits of the gate for a province: those of the package, then those of the operator's file."""

from pipeline.settings import Settings
from quality import gate_limits
from quality.gate_limits import Limits
from schemas.errors import UsageError

_MOST_BYTES = 1 << 20


def limits_for(province_code: str, settings: Settings) -> Limits:
    """The limits by which a batch of that province is judged.

    Raises:
        UsageError: gate_limits.unreadable; what `quality.gate_limits.read_limits` finds wrong, with the path.
    """
    shipped = gate_limits.shipped()
    if settings.gate_limits is None:
        return gate_limits.limits_of(shipped, province=province_code)
    path = settings.gate_limits
    try:
        with path.open("rb") as opened:
            text = opened.read(_MOST_BYTES).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        raise UsageError("gate_limits.unreadable", path=str(path)) from None
    try:
        own = gate_limits.read_limits(text)
    except UsageError as wrong:
        raise UsageError(wrong.code, path=str(path), **wrong.details) from None
    return gate_limits.limits_of(shipped, own, province=province_code)
