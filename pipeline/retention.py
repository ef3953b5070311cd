"""`sohoa retention`: what is past its time goes, by rule, with a written proof; a legal hold keeps it.

Rules: originals of refused files after `originals_days`, values of rows kept out after `quarantine_days`, run folders
of batches that were loaded, stopped or given up, and samples of retrainings, after `runs_days`; drafts that nobody sent
and nobody touched, after `originals_days`. The store keeps every
outcome and every sum.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from pipeline import batch_keys, holding, proofs, sealing, shredding, workplace
from pipeline.intake import UNPACKED, VIET_NAM_TIME
from pipeline.originals import FOLDER as ORIGINALS
from pipeline.settings import Settings
from schemas.messages import Language, text
from store import removals
from store.engine import Store

_RULES = {"quarantine": "quarantine_days", "originals": "originals_days", "runs": "runs_days", "samples": "runs_days",
          "drafts": "originals_days"}  # fmt: skip


@dataclass(frozen=True)
class Removed:
    """What was removed, or would be: how many by rule, the day before which it was from, and the proof."""

    counts: Mapping[str, int]
    before: Mapping[str, str]
    held: int
    is_dry: bool
    proof: Path | None = None

    def rows(self) -> list[Mapping[str, Any]]:
        """A row for each rule."""
        removed = not self.is_dry
        return [
            {"rule": rule, "setting": _RULES[rule], "before": self.before[rule], "count": count, "removed": removed}
            for rule, count in self.counts.items()
        ]


def in_words(done: Removed, language: Language) -> list[Mapping[str, Any]]:
    """The rows as people read them."""
    return [
        {**row, "rule": text(f"retention.rule.{row['rule']}", language),
         "before": date.fromisoformat(row["before"]).strftime("%d/%m/%Y"),
         "removed": text(f"retention.state.{'removed' if row['removed'] else 'kept'}", language)}
        for row in done.rows()
    ]  # fmt: skip


def day_of_now() -> date:
    """Today in Viet Nam."""
    return datetime.now(VIET_NAM_TIME).date()


def apply(store: Store, settings: Settings, today: date, *, dry_run: bool = False) -> Removed:
    """Remove what is past its time on that day, or only count it.

    Raises:
        StoreUnavailable: the store was lost. What was removed stays removed, and the same command goes on.
    """
    workplace.sweep(settings.home)
    before = {rule: _midnight(today, _days(settings, rule)) for rule in _RULES}
    held = removals.held(store)
    files = _past(settings.home, held, before)
    counts = {"quarantine": 0, **{rule: len(paths) for rule, paths in files.items()}}
    days = {rule: at.astimezone(VIET_NAM_TIME).date().isoformat() for rule, at in before.items()}
    if dry_run:
        counts["quarantine"] = removals.quarantine_due(store, before["quarantine"])
        return Removed(counts, days, len(held), is_dry=True)
    counts["quarantine"] = removals.remove_quarantine(store, before["quarantine"])
    told = {
        "rule": "retention (docs/security.md)", "as_of": today.isoformat(), "removed": counts, "older_than": days,
        "days": {rule: _days(settings, rule) for rule in _RULES}, "batches_under_hold": len(held),
    }  # fmt: skip
    proof = proofs.begin(settings.home, "retention", told)
    _remove(files)
    proofs.finish(proof, told)
    return Removed(counts, days, len(held), is_dry=False, proof=proof)


def _days(settings: Settings, rule: str) -> int:
    """Days that a rule keeps things. What is kept out lies in run folders too, so they are not kept for longer."""
    days = int(getattr(settings, _RULES[rule]))
    return days if rule in ("originals", "drafts") else min(days, settings.quarantine_days)


def _past(home: Path, held: frozenset[str], before: Mapping[str, datetime]) -> dict[str, list[Path]]:
    """What lies in files and is past its time, by rule. What does not open any more is past it at once."""
    runs = [f for f in _free(home, held) if _last_run(f) < before["runs"] or not (f / batch_keys.KEY_NAME).exists()]
    return {
        "originals": [path for path in _originals(home, held) if _touched(path) < before["originals"]],
        "runs": runs,
        "samples": [folder for folder in shredding.samples(home) if _touched(folder) < before["samples"]],
        "drafts": [folder for folder in _drafts(home) if _last_done(folder) < before["drafts"]],
    }


def _remove(files: Mapping[str, list[Path]]) -> None:
    for path in files["originals"]:
        path.unlink(missing_ok=True)
    for folder in files["runs"]:
        shredding.shred(folder)
    for folder in files["samples"]:
        shredding.forget_sample(folder)
    for folder in files["drafts"]:
        shredding.shred(folder)


def _midnight(today: date, days: int) -> datetime:
    """What is from before this moment is older than so many days; a day that no calendar has means never."""
    try:
        return datetime.combine(today - timedelta(days=days), time(), VIET_NAM_TIME)
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def _free(home: Path, held: frozenset[str]) -> Iterator[Path]:
    """Folders of batches under no hold, in which nobody works."""
    for folder in sorted((home / "runs").glob("*")):
        if folder.is_dir() and folder.name not in held and not any(map(holding.is_held, folder.glob("[0-9]*"))):
            yield folder


def _last_run(folder: Path) -> datetime:
    """When the last run of a batch began: its plan is written once and never touched."""
    return max((_touched(plan) for plan in folder.glob("*/plan.json")), default=_touched(folder))


def _originals(home: Path, held: frozenset[str]) -> Iterator[Path]:
    """Originals of refused files, and what a run that never came to its end had unpacked."""
    for folder in _free(home, held):
        yield from sorted(folder.glob(f"*/{ORIGINALS}/*"))
        yield from sorted(folder.glob(f"*/{UNPACKED}{sealing.ENDING}"))


def _drafts(home: Path) -> Iterator[Path]:
    """Drafts at which nobody works; those that were loaded have left their state alone."""
    for folder in sorted((home / "drafts").glob("*")):
        if folder.is_dir() and not holding.is_held(folder):
            yield folder


def _last_done(folder: Path) -> datetime:
    """When anything was done with a draft."""
    return max((_touched(path) for path in folder.rglob("*") if path.is_file()), default=_touched(folder))


def _touched(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
