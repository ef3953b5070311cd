"""Landing zones as data: where each province delivers, how its files are known to be whole, how they are read.

A table in TOML, one `[[zone]]` a place. Secrets stand in files of their own that their owner alone may read; the table
names the file.
"""

import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipeline.intake import resolve_province
from pipeline.offices import Reading
from pipeline.settings import Settings
from schemas.errors import SettingsError, UsageError

FILE = "landing.toml"
KINDS = frozenset({"file", "s3", "sftp"})
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_LISTS = ("encodings", "headings")


@dataclass(frozen=True)
class Zone:
    """One landing zone.

    Attributes:
        name: how people call it: small letters, digits, hyphens.
        province: code of the province that delivers there, of the 34 or the 63.
        url: file:///folder, s3://bucket/prefix or sftp://host[:port]/folder.
        whole: how files are known to be whole: "manifest" (declared length and hash), or "stable" (the same at two
            looks, and closed; a manifest that is there is believed before).
        settle_seconds: between the first look at a file as it is and the one that believes it.
        most_mib: the largest delivery that is fetched, MiB.
        encodings, headings, office: what is known of the ledgers, as `sohoa run` takes it.
        options: further options of the driver (endpoint, region, host_key), no secrets.
        secrets: file of secret options (key, secret, username, password, key_filename), TOML, mode 0600.
    """

    name: str
    province: str
    url: str
    whole: str = "stable"
    settle_seconds: int = 60
    most_mib: int = 20_480
    encodings: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    office: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    secrets: Path | None = None

    @property
    def kind(self) -> str:
        """The scheme of its address."""
        return urlsplit(self.url).scheme

    @property
    def reading(self) -> Reading:
        """What is known of its ledgers."""
        return Reading(self.encodings, self.headings, self.office)


@dataclass(frozen=True)
class Shares:
    """How many deliveries are worked on at once: of all zones, and of one province."""

    active: int = 8
    per_province: int = 2


def zones(settings: Settings) -> tuple[Zone, ...]:
    """The zones of this machine; none where there is no table.

    Raises:
        SettingsError: landing.unreadable, landing.unknown_key, landing.wrong_value, landing.doubled.
        UsageError: province.unknown, decision.unreadable.
    """
    found = tuple(_zone(values) for values in _table(settings).get("zone", []))
    doubled = {zone.name for zone in found if [z.name for z in found].count(zone.name) > 1}
    if doubled:
        raise SettingsError("landing.doubled", names=", ".join(sorted(doubled)))
    return found


def zone(name: str, settings: Settings) -> Zone:
    """One zone by its name. Raises as `zones`, and UsageError landing.unknown_zone."""
    found = next((each for each in zones(settings) if each.name == name), None)
    if found is None:
        raise UsageError("landing.unknown_zone", given=name)
    return found


def shares(settings: Settings) -> Shares:
    """How many deliveries go at once. Raises SettingsError as `zones`."""
    values = _table(settings).get("shares", {})
    if not isinstance(values, dict) or not set(values) <= {f.name for f in fields(Shares)}:
        raise SettingsError("landing.unknown_key", names="shares")
    for name, value in values.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise SettingsError("landing.wrong_value", name=f"shares.{name}", value=str(value))
    return Shares(**values)


def secret_options(place: Zone) -> dict[str, Any]:
    """The secret options of a zone. Raises SettingsError landing.secrets_unreadable, landing.secrets_open."""
    if place.secrets is None:
        return {}
    try:
        if place.secrets.stat().st_mode & _OTHERS:
            raise SettingsError("landing.secrets_open", zone=place.name)
        return tomllib.loads(place.secrets.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise SettingsError("landing.secrets_unreadable", zone=place.name) from None


def _table(settings: Settings) -> dict[str, Any]:
    path = settings.landing or settings.home / FILE
    if settings.landing is None and not path.exists():
        return {}
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise SettingsError("landing.unreadable", path=str(path)) from None
    unknown = set(table) - {"zone", "shares"}
    if unknown or not isinstance(table.get("zone", []), list):
        raise SettingsError("landing.unknown_key", names=", ".join(sorted(unknown)) or "zone")
    return table


def _zone(values: Any) -> Zone:
    known = {f.name for f in fields(Zone)}
    if not isinstance(values, dict) or not {"name", "province", "url"} <= set(values) <= known:
        given = set(values) if isinstance(values, dict) else set()
        wrong = (given - known) | ({"name", "province", "url"} - given)
        raise SettingsError("landing.unknown_key", names=", ".join(sorted(wrong)))
    made = Zone(**{name: _converted(name, value) for name, value in values.items()})
    parts = urlsplit(made.url)
    if not _NAME.fullmatch(made.name):
        raise SettingsError("landing.wrong_value", name="name", value=made.name[:40])
    if parts.scheme not in KINDS or parts.password or not (parts.path.strip("/") or parts.netloc):
        raise SettingsError("landing.wrong_value", name=f"{made.name}.url", value=parts.scheme)
    if made.whole not in ("manifest", "stable"):
        raise SettingsError("landing.wrong_value", name=f"{made.name}.whole", value=made.whole)
    resolve_province(made.province)
    _ = made.reading.decisions
    return made


def _converted(name: str, value: Any) -> Any:
    if name in _LISTS and isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(value)
    if name == "options" and isinstance(value, dict):
        return value
    if name in ("settle_seconds", "most_mib") and isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if name in (*_LISTS, "options", "settle_seconds", "most_mib") or not isinstance(value, str):
        raise SettingsError("landing.wrong_value", name=name, value=str(value)[:40])
    return Path(value).expanduser() if name == "secrets" else value
