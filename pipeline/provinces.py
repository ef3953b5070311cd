"""A new province, or a layout of its own, by configuration alone: tried on a sample file first, then a landing zone.

The dry run takes the steps that a batch takes, in a private folder: it says of the sample what the load will say.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from pipeline import landing_zones, single_steps, workplace
from pipeline.artefacts import read_json
from pipeline.intake import resolve_province
from pipeline.landing_zones import FILE, Zone
from pipeline.settings import Settings
from schemas.errors import UsageError

_MOST_KEPT_OUT = 0.5


@dataclass(frozen=True)
class Trial:
    """What a dry run of a sample says.

    Attributes:
        rows, kept_out: data rows, and those that would not come into the store.
        understood: headings that were understood -> field or column.
        unknown: headings that nobody knows: their text goes aside.
        encoding: that was found, or told.
    """

    rows: int
    kept_out: int
    understood: Mapping[str, str]
    unknown: tuple[str, ...]
    encoding: str

    @property
    def is_good(self) -> bool:
        """Are there rows, and does at least half of them come through?"""
        return self.rows > 0 and self.kept_out <= _MOST_KEPT_OUT * self.rows


def tried(zone: Zone, sample: Path, settings: Settings) -> Trial:
    """Take a sample through reading, standardising and the rules, as the zone says; nothing is loaded or kept.

    Raises:
        FileRefused: it is no ledger, as it is read with what the zone says of it.
        UsageError: path.not_found, decision.unreadable, province.unknown.
    """
    resolve_province(zone.province)
    with workplace.borrowed_place(settings.home) as place:
        read = single_steps.read(sample, place / "read", settings, zone.reading)
        single_steps.standardise_folder(place / "read", place / "standard", zone.province, settings)
        checked = single_steps.check_folder(place / "standard", place / "checked", settings)
        told = read_json(place / "read" / "reading.json")
    readings = told if isinstance(told, list) else [told]
    columns = [column for reading in readings for column in reading["columns"] if column["heading"]]
    return Trial(
        _count(read, "source_records"), _count(checked, "quarantine"),
        {column["heading"]: column["raw_column"] for column in columns if column["raw_column"]},
        tuple(dict.fromkeys(column["heading"] for column in columns if not column["raw_column"])),
        next((reading["encoding"] for reading in readings if reading["encoding"]), ""),
    )  # fmt: skip


def add(zone: Zone, settings: Settings) -> Path:
    """Add a zone to the table; the path of the table, which is as it was where the zone is refused.

    Raises:
        SettingsError: landing.doubled, landing.wrong_value, landing.unreadable.
        UsageError: path.cannot_write; what `landing_zones.zones` finds wrong.
    """
    path = settings.landing or settings.home / FILE
    temporary = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            out.write(before + ("\n" if before and not before.endswith("\n\n") else "") + as_toml(zone))
    except OSError:
        raise UsageError("path.cannot_write", path=str(path)) from None
    try:
        landing_zones.zones(replace(settings, landing=temporary))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def as_toml(zone: Zone) -> str:
    """The zone as it stands in the table; what is as usual is left out."""
    usual = Zone(zone.name, zone.province, zone.url)
    lines = ["[[zone]]"]
    for each in fields(Zone):
        value = getattr(zone, each.name)
        if each.name in ("name", "province", "url") or value != getattr(usual, each.name):
            lines.append(f"{each.name} = {_value(value)}")
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(k)} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(map(_value, value)) + "]"
    # What JSON quotes, TOML reads: the same escapes.
    return json.dumps(value if isinstance(value, bool | int | float) else str(value), ensure_ascii=False)


def _count(written: Mapping[str, int], table: str) -> int:
    return next((rows for path, rows in written.items() if Path(path).stem == table), 0)
