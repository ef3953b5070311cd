"""Whose rows a session sees: those of the whole nation, or of one province (`--province`, SOHOA_PROVINCE)."""

from dataclasses import replace

from pipeline.intake import resolve_province
from pipeline.settings import Settings
from schemas.errors import UsageError


def limited(settings: Settings, province: str | None) -> Settings:
    """Settings limited to a province, by its code of the 34 or the 63; None changes nothing.

    Raises:
        UsageError: province.unknown; scope.other_province where the settings are limited to another one.
    """
    if province is None:
        return settings
    code = resolve_province(province)[0]
    if settings.province is not None and scope_of(settings) != code:
        raise UsageError("scope.other_province", given=code)
    return replace(settings, province=code)


def scope_of(settings: Settings) -> str | None:
    """Code of the 34 that the settings limit a session to; None = the whole nation.

    Raises:
        UsageError: province.unknown.
    """
    return None if settings.province is None else resolve_province(settings.province)[0]
