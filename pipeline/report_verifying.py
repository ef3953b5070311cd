"""Verify a sealed report on a machine that has sohoa; the verifier itself is the one that auditors get."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline import report_recounter, report_verifier
from pipeline.audit_keys import first_key, given_key, signing_key
from pipeline.report_sealing import PUBLIC_KEY
from pipeline.report_verifier import Verdict
from pipeline.settings import Settings
from schemas.errors import SettingsError, UsageError

VERIFIER, RECOUNTER = "report_verifier.py", "report_recounter.py"
Origin = Literal["given", "own", "beside"]


@dataclass(frozen=True)
class Verified:
    """A verdict, and whose public key it rests on: the one given, this machine's, or one that lay beside the report.

    A key beside the report was handed over with it: it tells that the files belong together, not who made them.
    """

    verdict: Verdict
    origin: Origin


def verified(given: Path, key: Path | None, settings: Settings) -> Verified:
    """Verify a report by any of its files; needs no store.

    Raises:
        UsageError: audit.no_key: the public key cannot be read, or there is none; path.not_found.
    """
    pem, origin = _key(given, key, settings)
    try:
        return Verified(report_verifier.verify(given, pem), origin)
    except OSError:
        raise UsageError("path.not_found", path=str(given)) from None


def write_verifier(out: Path) -> Path:
    """Write the verifier that stands alone into a folder. Raises UsageError path.cannot_write."""
    return _written(Path(report_verifier.__file__), out / VERIFIER)


def write_recounter(out: Path) -> Path:
    """Write the recounter that stands alone into a folder. Raises UsageError path.cannot_write."""
    return _written(Path(report_recounter.__file__), out / RECOUNTER)


def _written(source: Path, path: Path) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(source.read_bytes())
    except OSError:
        raise UsageError("path.cannot_write", path=str(path)) from None
    return path


def _key(given: Path, key: Path | None, settings: Settings) -> tuple[bytes, Origin]:
    if key is not None:
        return given_key(key), "given"
    try:
        return first_key(settings, signing_key(settings, may_make=False)), "own"
    except SettingsError as refused:
        if refused.code != "audit.no_signing_key":
            raise
    return given_key(given.with_name(PUBLIC_KEY)), "beside"
