"""Frozen settings from `sohoa.toml` in the home folder and from the environment; nobody else reads either.

The environment wins over the file. Every setting has a line in docs/settings.md.
"""

import os
import stat
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from schemas.errors import SettingsError
from schemas.messages import LANGUAGES, Language

Engine = Literal["local", "spark"]
_PREFIX = "SOHOA_"
_HIGHEST_ISSUED = 999_999
_KEYS = ("key_file", "numbers_key_file", "audit_key_file", "audit_signing_key_file")
_SECRET = frozenset({"store_url", "airflow_url", "metrics_url", "lineage", *_KEYS})
_LONGEST_SHOWN = 60
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_PORTS = 65536
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True)
class Settings:
    """What a run needs to know of its surroundings.

    Attributes:
        home: folder of the embedded store, of run folders and reports (SOHOA_HOME).
        store_url: SQLAlchemy URL of a PostgreSQL server; None = the embedded one (SOHOA_STORE_URL).
        workers: processes that standardise (SOHOA_WORKERS); 0 = one a processor, at most 8.
        memory_mib: what DuckDB may hold in memory, MiB (SOHOA_MEMORY_MIB).
        language: of messages for people, vi or en (SOHOA_LANGUAGE).
        received_on: date of delivery; None = today in Viet Nam (SOHOA_RECEIVED_ON, ISO).
        issuing_range: "from-to" of the six random digits this store may issue; None = no authority
            (SOHOA_ISSUING_RANGE).
        issuing_is_test: the allocated range is marked as test (SOHOA_ISSUING_IS_TEST).
        model: path of a matching model; None = the one shipped (SOHOA_MODEL).
        population: people whom the store is meant to hold (SOHOA_POPULATION); 0 = as many as the model says.
        match_memory_mib: what matching may hold in memory, MiB; 0 = no bound (SOHOA_MATCH_MEMORY_MIB).
        forms: folder of further forms of scanned ledgers (*.yml); None = those of the package (SOHOA_FORMS).
        gate_limits: table of limits of the gate (CSV); None = those of the package (SOHOA_GATE_LIMITS).
        keep_runs: finished run folders kept a batch (SOHOA_KEEP_RUNS).
        province: code of the province to whose rows questions are limited; None = the whole nation (SOHOA_PROVINCE).
        key_file: master key of all that is sealed; None = one made in the home folder (SOHOA_KEY_FILE).
        older_keys: folder of the keys of before rotations; None = keys/older in the home folder (SOHOA_OLDER_KEYS).
        originals_days: days that originals of refused files are kept (SOHOA_ORIGINALS_DAYS).
        quarantine_days: days that a row kept out waits for its correction (SOHOA_QUARANTINE_DAYS).
        runs_days: days that the run folder of a loaded batch is kept (SOHOA_RUNS_DAYS).
        numbers_key_file: key that personal numbers are drawn with; None = one made in the home folder
            (SOHOA_NUMBERS_KEY_FILE).
        audit_key_file: key of the pseudonyms in the audit; None as above (SOHOA_AUDIT_KEY_FILE).
        audit_signing_key_file: key that heads of the audit are signed with; None as above
            (SOHOA_AUDIT_SIGNING_KEY_FILE).
        portal_hosts: names that browsers reach the portal by, between commas; None = this machine alone
            (SOHOA_PORTAL_HOSTS).
        airflow_url: where the portal reaches Airflow, https or on this machine; None = nowhere (SOHOA_AIRFLOW_URL).
        airflow_user: the service account of the portal there (SOHOA_AIRFLOW_USER).
        airflow_password_file: file of its password (SOHOA_AIRFLOW_PASSWORD_FILE).
        virus_scanner: clamd that looks at uploads, "host:port" or the path of its socket; None = none
            (SOHOA_VIRUS_SCANNER).
        landing: table of landing zones (TOML); None = landing.toml in the home folder, if it is there (SOHOA_LANDING).
        backups: folder of the nightly backups of `maintain`; None = none are made (SOHOA_BACKUPS).
        oidc_issuer: URL of the identity provider that the portal takes, as it calls itself; None = none
            (SOHOA_OIDC_ISSUER).
        oidc_client: what the provider calls the portal (SOHOA_OIDC_CLIENT).
        oidc_secret_file: file of the secret of that client; None = it has none (SOHOA_OIDC_SECRET_FILE).
        oidc_second_factor: "acr=VALUE" or "amr=VALUE,...", what the provider has to say of a second factor; None = the
            portal asks for its own code (SOHOA_OIDC_SECOND_FACTOR).
        audit_heads: folder, kept elsewhere, of the heads that `maintain` signs; None = the store alone
            (SOHOA_AUDIT_HEADS).
        metrics_url: where metrics go, a collector of OTLP over HTTP; None = nowhere (SOHOA_METRICS_URL).
        lineage: where events of OpenLineage go, an address of the web or a file that they are added to; None = nowhere
            (SOHOA_LINEAGE).
        engine: where steps are worked that go row by row or block by block: local, or spark (SOHOA_ENGINE).
        spark_master: the cluster, as Spark writes it; None = this machine's processors (SOHOA_SPARK_MASTER).
        spark_from_rows: rows from which on a table goes to Spark; fewer are done sooner here (SOHOA_SPARK_FROM_ROWS).
        spark_memory_mib: what Spark's own process may hold on this machine, MiB (SOHOA_SPARK_MEMORY_MIB).
    """

    home: Path
    store_url: str | None = None
    workers: int = 0
    memory_mib: int = 1024
    language: Language = "vi"
    received_on: date | None = None
    issuing_range: str | None = None
    issuing_is_test: bool = True
    model: Path | None = None
    population: int = 0
    match_memory_mib: int = 0
    forms: Path | None = None
    gate_limits: Path | None = None
    keep_runs: int = 1
    key_file: Path | None = None
    province: str | None = None
    older_keys: Path | None = None
    originals_days: int = 30
    quarantine_days: int = 180
    runs_days: int = 90
    numbers_key_file: Path | None = None
    audit_key_file: Path | None = None
    audit_signing_key_file: Path | None = None
    portal_hosts: str | None = None
    airflow_url: str | None = None
    airflow_user: str | None = None
    airflow_password_file: Path | None = None
    virus_scanner: str | None = None
    landing: Path | None = None
    backups: Path | None = None
    audit_heads: Path | None = None
    oidc_issuer: str | None = None
    oidc_client: str | None = None
    oidc_secret_file: Path | None = None
    oidc_second_factor: str | None = None
    metrics_url: str | None = None
    lineage: str | None = None
    engine: Engine = "local"
    spark_master: str | None = None
    spark_from_rows: int = 500_000
    spark_memory_mib: int = 2048

    @property
    def worker_count(self) -> int:
        """Processes to use."""
        return self.workers or min(8, os.cpu_count() or 1)


def keep_memory() -> None:
    """Let processes that are started from now on keep memory that they freed, up to 128 MiB.

    What is given back to the system at once is asked for again at once, page by page: a tenth of the time.
    """
    from readers.ready_children import KEEPING_MEMORY

    for name, value in KEEPING_MEMORY.items():
        os.environ.setdefault(name, value)


def java_home() -> Path | None:
    """Where the surroundings say that Java is; None where they do not."""
    given = os.environ.get("JAVA_HOME")
    return Path(given) if given else None


def prepare_for_spark(java: Path) -> None:
    """What Spark's own programs, started from now on, read of the environment: Java, and the Python of the workers."""
    os.environ["JAVA_HOME"] = str(java)
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings of this machine. Raises SettingsError naming the setting, what is allowed, and what was given."""
    environment = os.environ if environment is None else environment
    home = Path(environment.get(_PREFIX + "HOME") or Path.home() / ".sohoa").expanduser().resolve()
    values: dict[str, Any] = _from_file(home / "sohoa.toml")
    for field in fields(Settings):
        text = environment.get(_PREFIX + field.name.upper())
        if text:
            values[field.name] = text
    values["home"] = home
    return Settings(**{name: _convert(name, value) for name, value in values.items()})


def with_engine(settings: Settings, asked: Engine | None) -> Settings:
    """The settings, with the engine that a command was asked to use, if it was."""
    return settings if asked is None else replace(settings, engine=asked)


def child_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with `extra` over it, for programs that sohoa starts."""
    return {**os.environ, **extra}


def _from_file(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError("settings.unreadable", file=str(path)) from error
    if urlsplit(str(values.get("store_url", ""))).password and path.stat().st_mode & _OTHERS:
        raise SettingsError("settings.readable_by_others", file=str(path))
    unknown = set(values) - {f.name for f in fields(Settings)}
    if unknown:
        raise SettingsError("settings.unknown", names=", ".join(sorted(unknown)))
    return values


def _convert(name: str, value: Any) -> Any:
    try:
        return _CONVERTERS.get(name, str)(value)
    except (ValueError, TypeError, KeyError) as error:
        # the URL of a store may hold a password
        given = None if name in _SECRET else str(value)[:_LONGEST_SHOWN]
        allowed = _ALLOWED.get(_CONVERTERS.get(name, str), "text")
        raise SettingsError(
            "settings.wrong_value", name=_PREFIX + name.upper(), allowed=allowed, value=given
        ) from error


def _language(value: Any) -> Language:
    for known in LANGUAGES:
        if value == known:
            return known
    raise ValueError("vi or en")


def _engine(value: Any) -> Engine:
    for known in get_args(Engine):
        if value == known:
            return known  # type: ignore[no-any-return]
    raise ValueError("local or spark")


def _date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[str(value).lower()]


def _count(value: Any) -> int:
    number = int(value)
    if number < 0:
        raise ValueError("negative")
    return number


def _range(value: Any) -> str:
    first, last = (int(end) for end in str(value).split("-"))
    if not 0 <= first <= last <= _HIGHEST_ISSUED:
        raise ValueError("no range of six digits")
    return f"{first}-{last}"


def _airflow_url(value: Any) -> str:
    """A URL that a password may be sent to: over TLS, or to this machine; without one in it."""
    at = urlsplit(str(value))
    is_here = at.hostname in _LOOPBACK
    if at.scheme not in ("http", "https") or not at.hostname or at.username or at.query or at.fragment:
        raise ValueError("no URL of an API")
    if at.scheme == "http" and not is_here:
        raise ValueError("not over TLS")
    _ = at.port  # one that is no number raises
    return f"{at.scheme}://{at.netloc}{at.path}"


def _issuer(value: Any) -> str:
    """The same, kept letter by letter: a provider is known by it."""
    _airflow_url(value)
    return str(value)


def _second_factor(value: Any) -> str:
    kind, _, values = str(value).partition("=")
    if kind not in ("acr", "amr") or not all(values.split(",")):
        raise ValueError("neither acr nor amr")
    return str(value)


def _collector(value: Any) -> str:
    """A URL without a password: what is sent there holds no value of a person, so it may be anywhere."""
    at = urlsplit(str(value))
    if at.scheme not in ("http", "https") or not at.hostname or at.username or at.fragment:
        raise ValueError("no URL of a collector")
    _ = at.port  # one that is no number raises
    return str(value)


def _collector_or_file(value: Any) -> str:
    """The same, or the absolute path of a file."""
    return str(value) if str(value).startswith("/") else _collector(value)


def _scanner(value: Any) -> str:
    """An absolute path of a socket, or a host and its port."""
    text = str(value)
    host, _, port = text.rpartition(":")
    if not text.startswith("/") and not (host and 0 < int(port) < _PORTS):
        raise ValueError("no socket")
    return text


_CONVERTERS: Mapping[str, Any] = {
    "home": Path, "workers": _count, "memory_mib": _count, "match_memory_mib": _count, "language": _language,
    "received_on": _date, "issuing_range": _range, "issuing_is_test": _flag, "model": Path, "keep_runs": _count,
    "forms": Path, "gate_limits": Path, "population": _count, "key_file": Path, "older_keys": Path,
    "originals_days": _count, "quarantine_days": _count, "runs_days": _count, "numbers_key_file": Path,
    "audit_key_file": Path,
    "audit_signing_key_file": Path, "airflow_url": _airflow_url, "airflow_password_file": Path,
    "virus_scanner": _scanner, "landing": Path, "backups": Path, "audit_heads": Path, "engine": _engine,
    "spark_from_rows": _count, "spark_memory_mib": _count,
    "oidc_issuer": _issuer, "oidc_secret_file": Path, "oidc_second_factor": _second_factor,
    "metrics_url": _collector, "lineage": _collector_or_file,
}  # fmt: skip
_ALLOWED: Mapping[Any, str] = {
    _count: "count", _language: "language", _date: "date", _flag: "flag", _range: "range", Path: "path",
    _airflow_url: "airflow_url", _issuer: "airflow_url", _second_factor: "second_factor", _scanner: "scanner",
    _collector: "collector", _collector_or_file: "collector_or_file", _engine: "engine",
}  # fmt: skip
