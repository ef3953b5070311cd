"""`sohoa batch why`: where and why the work on a batch ended, from the records that outlive their processes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pipeline import flight
from pipeline.flight import Death
from pipeline.intake import VIET_NAM_TIME
from pipeline.settings import Settings
from schemas import messages
from schemas.messages import Language


def in_a_sentence(death: Death, language: Language) -> str:
    """One end of a step for a log: step, file, rows, cause, memory."""
    file = messages.text("why.of_file", language, file=death.file) if death.file else ""
    values = {"step": death.step, "rows": death.rows, "peak": death.peak_mib or "?"}
    return messages.text("why.sentence", language, file=file, cause=cause_in_words(death, language), **values)


def cause_in_words(death: Death, language: Language) -> str:
    """Why a step ended, for people; the code and sentence of an error of ours."""
    if f"why.{death.cause}" in messages.catalogue(language):
        return messages.text(f"why.{death.cause}", language, place=death.place)
    known = messages.catalogue(language).get(death.cause)
    return f"[{death.cause}] {known['wrong']}" if isinstance(known, dict) else f"[{death.cause}]"


def ends_of(batch_id: str, settings: Settings) -> list[Mapping[str, Any]]:
    """The steps of a batch, in all its attempts, that did not end well or are at work; the newest last."""
    runs = settings.home / "runs" / batch_id
    found = [(folder.name, death) for folder in sorted(runs.glob("[0-9]*")) for death in flight.deaths(folder)]
    return [
        {
            "kind": "step", "attempt": attempt, "step": death.step, "file": death.file, "rows_done": death.rows,
            "peak_mib": death.peak_mib, "cause": death.cause, "place_of_error": death.place, "began": death.began,
            "ended": death.ended,
        }
        for attempt, death in found
    ]  # fmt: skip


def for_people(rows: list[Mapping[str, Any]], language: Language) -> list[Mapping[str, Any]]:
    """The same as people read it: causes in words, the clock of Viet Nam."""
    told: list[Mapping[str, Any]] = []
    for row in rows:
        death = Death(row["step"], row["file"], "", 0, 0.0, row["cause"], row["place_of_error"], "", "")
        left = {name: value for name, value in row.items() if name not in ("kind", "place_of_error", "attempt")}
        moments = {name: _local(str(row[name])) for name in ("began", "ended")}
        told.append({**left, **moments, "cause": cause_in_words(death, language)})
    return told


def _local(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(VIET_NAM_TIME).strftime("%d/%m/%Y %H:%M:%S") if moment else ""
