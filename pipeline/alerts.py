"""Alerts: what an engineer wants to be woken for, told to a webhook or by mail; codes, counts and ids alone.

`alerts.toml` in the home folder says where to and from which limits on; without it nobody is told anything. An alert
that cannot be sent is a line in the log and never the end of what it tells of.
"""

import json
import logging
import smtplib
import stat
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from pipeline import inquiries, landing_ledger, landing_zones
from pipeline.settings import Settings
from schemas import messages
from schemas.errors import SettingsError
from store import reports

FILE = "alerts.toml"
_SECONDS = 20
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_LATE = frozenset(landing_ledger.WAITING)
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Mail:
    """A server of mail and who writes to whom; with a user name the connection is encrypted first."""

    host: str
    sender: str
    to: tuple[str, ...]
    port: int = 25
    username: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class Rules:
    """Where alerts go, and from which limits on there are any.

    Attributes:
        webhook: address that a JSON object is posted to.
        mail: or by mail.
        quarantine_share: of the rows of a batch that were kept out.
        late_hours: that a delivery waits in its zone, or for its run.
        silent_days: without a new delivery in a zone.
    """

    webhook: str = field(default="", repr=False)
    mail: Mail | None = None
    quarantine_share: float = 0.2
    late_hours: float = 12
    silent_days: float = 14


@dataclass(frozen=True)
class Alert:
    """One thing to be told: its kind (a key `alert.<kind>` of the catalogue), what it is about, how much of it."""

    kind: str
    subject: str
    count: float = 0


def rules(settings: Settings) -> Rules:
    """The rules of this machine. Raises SettingsError alerts.unreadable, alerts.readable_by_others."""
    path = settings.home / FILE
    if not path.exists():
        return Rules()
    if path.stat().st_mode & _OTHERS:
        raise SettingsError("alerts.readable_by_others", path=str(path))
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        mail = values.pop("mail", None)
        if not set(values) <= {f.name for f in fields(Rules)}:
            raise ValueError("unknown key")
        made = Rules(**values, mail=None if mail is None else Mail(**{**mail, "to": tuple(mail["to"])}))
        if made.webhook and urlsplit(made.webhook).scheme not in ("http", "https"):
            raise ValueError("no address of the web")
    except (OSError, ValueError, TypeError, KeyError):
        raise SettingsError("alerts.unreadable", path=str(path)) from None
    return made


def send(alerts: Sequence[Alert], settings: Settings) -> int:
    """Tell of each; how many were sent somewhere. What cannot be sent is noted in the log.

    Raises:
        SettingsError: as `rules`.
    """
    to = rules(settings)
    return sum(_sent(alert, to, settings) for alert in alerts) if to.webhook or to.mail else 0


def found(settings: Settings, now: datetime | None = None) -> list[Alert]:
    """What there is to tell of zones and batches now. Raises SettingsError, StoreUnavailable."""
    limits, moment = rules(settings), now or datetime.now(UTC)
    return [*_of_zones(settings, limits, moment), *_of_batches(settings, limits, moment)]


def _of_zones(settings: Settings, limits: Rules, now: datetime) -> Iterator[Alert]:
    for zone in landing_zones.zones(settings):
        entries = landing_ledger.read(zone.name, settings).values()
        ages = {entry.key: (entry.state, now - datetime.fromisoformat(entry.since)) for entry in entries}
        late = timedelta(hours=limits.late_hours)
        for key, (state, age) in ages.items():
            if age > late and (state in _LATE or state == "opened"):
                yield Alert("late", f"{zone.name}/{key} {state}", round(age / timedelta(hours=1)))
        newest = min((age for _, age in ages.values()), default=None)
        if newest is not None and newest > timedelta(days=limits.silent_days):
            yield Alert("silent", zone.name, newest.days)


def _of_batches(settings: Settings, limits: Rules, now: datetime) -> Iterator[Alert]:
    with inquiries.asked(settings) as store:
        batches = reports.batches(store).to_pylist()
    for row in batches:
        if now - row["recorded_at"] > timedelta(days=1):
            continue
        share = (row["quarantined"] + row["rejected"]) / row["read"] if row["read"] else 0.0
        if row["state"] == "stopped":
            yield Alert("stopped", row["batch_id"])
        elif share > limits.quarantine_share:
            yield Alert("kept_out", row["batch_id"], round(share, 3))


def _sent(alert: Alert, to: Rules, settings: Settings) -> bool:
    text = messages.text(f"alert.{alert.kind}", settings.language, subject=alert.subject, count=alert.count)
    done = [_posted(alert, text, to.webhook)] if to.webhook else []
    if to.mail is not None:
        done.append(_mailed(text, to.mail))
    return any(done)


def _posted(alert: Alert, text: str, address: str) -> bool:
    body: Mapping[str, Any] = {**asdict(alert), "text": text, "at": datetime.now(UTC).isoformat(timespec="seconds")}
    request = urllib.request.Request(  # noqa: S310 - its scheme was looked at
        address, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS):  # noqa: S310 - as above
            return True
    except (urllib.error.URLError, OSError, ValueError) as wrong:
        _LOG.warning("an alert could not be posted: %s", type(wrong).__name__)
        return False


def _mailed(text: str, mail: Mail) -> bool:
    letter = EmailMessage()
    letter["Subject"], letter["From"], letter["To"] = f"sohoa: {text[:120]}", mail.sender, ", ".join(mail.to)
    letter.set_content(text)
    try:
        with smtplib.SMTP(mail.host, mail.port, timeout=_SECONDS) as server:
            if mail.username:
                server.starttls()
                server.login(mail.username, mail.password)
            server.send_message(letter)
    except (OSError, smtplib.SMTPException) as wrong:
        _LOG.warning("an alert could not be mailed: %s", type(wrong).__name__)
        return False
    return True
