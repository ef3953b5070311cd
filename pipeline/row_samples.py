"""`sohoa report sample` and `sample-result`: an auditor's own random sample of a batch, and what it says of all."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline import kept_figures, report_sealing, sample_report
from pipeline.inquiries import asked, report_path
from pipeline.person_values import clear_values, masked_values
from pipeline.sample_book import write_sample
from pipeline.settings import Settings
from quality.sampling import Stratum, estimated, shared_out
from quality.wording import number
from readers.sample_book import SampleTicks, read_ticks
from schemas.errors import UsageError
from schemas.messages import Language, catalogue, text
from store import audit, row_samples
from store.audit import Event
from store.engine import Store
from store.row_samples import By, Draw, Found

_COUNTED = ("rows", "drawn", "right", "wrong", "unclear")


def draw(
    batch_id: str, seed: str, size: int, by: By, author: str, path: Path, settings: Settings, clear: str | None = None
) -> Draw:
    """Draw a sample of the rows of a batch, keep that it was drawn, and write the workbook to mark.

    Args:
        batch_id: the batch.
        seed: the auditor's own word; the same draws the same rows.
        size: rows wanted; all where there are no more.
        by: what the sample is divided by, in proportion.
        author: who draws.
        path: of the workbook.
        settings: of this machine.
        clear: why values are shown in clear; None = masked.

    Raises:
        UsageError: batch.unknown, sample.seed, sample.who, person.clear_needs_reason.
    """
    event = Event("sample.drawn" if clear is None else "sample.drawn_clear", "batch", batch_id)
    with asked(settings) as store, audit.refusals(store, event):
        if not author.strip():
            raise UsageError("sample.who")
        if clear is not None and not clear.strip():
            raise UsageError("person.clear_needs_reason")
        rows_in = row_samples.strata(store, batch_id, by)
        rows = row_samples.rows_of(store, batch_id, seed, by, shared_out(rows_in, size)).to_pylist()
        digest = row_samples.digest_of([row["record_id"] for row in rows])
        made = Draw(0, batch_id, seed, by, sum(rows_in.values()), len(rows), digest, author.strip())
        kept = row_samples.record_draw(store, made, is_clear=clear is not None, reason=(clear or "").strip())
    shown = masked_values if clear is None else clear_values
    drawn = Draw(**(vars(made) | {"number": kept}))
    write_sample(path, drawn, rows, settings.language, [shown(row, settings.language) for row in rows])
    return drawn


def answer(path: Path, author: str, settings: Settings) -> Mapping[str, Any]:
    """Keep what a returned workbook says of its sample, and tell what that says of the batch.

    A row without a clear mark counts as not compared.

    Returns:
        sample, batch_id, drawn, right, wrong, unclear, share (None: nothing was compared), low, high (bounds of 95 %),
        unclear_lines, written (the page that was sealed), strata (stratum, rows, drawn, right, wrong, unclear).

    Raises:
        UsageError: sample.no_book, sample.unknown, sample.other_rows, sample.who.
        FileRefused: it cannot be read.
    """
    ticks = read_ticks(path)
    with asked(settings) as store, audit.refusals(store, Event("sample.answered", "sample", str(ticks.sample))):
        if not author.strip():
            raise UsageError("sample.who")
        drawn = row_samples.drawn(store, ticks.sample)
        if drawn is None:
            raise UsageError("sample.unknown", sample=ticks.sample)
        found = _found(store, drawn, ticks)
        row_samples.record_findings(store, drawn, found, author.strip())
        written = _sealed(store, drawn.batch_id, settings)
    return told(drawn, found) | {"unclear_lines": list(ticks.unclear_lines), "written": str(written)}


def _sealed(store: Store, batch_id: str, settings: Settings) -> Path | None:
    """Write what all samples of a batch found beside its report."""
    folder = report_path(settings, batch_id).parent
    signer = report_sealing.signer_of(store, settings)
    return sample_report.write(store, signer, kept_figures.of_batch(store, batch_id), folder)


def told(drawn: Draw, found: list[Found]) -> dict[str, Any]:
    """What a sample found, in all and by stratum, and what it says of the batch."""
    strata = [Stratum(f.stratum, f.rows, f.drawn, f.right, f.wrong, f.unclear) for f in found]
    result = estimated(strata)
    sums = {what: sum(getattr(f, what) for f in found) for what in ("drawn", "right", "wrong", "unclear")}
    return {
        "sample": drawn.number, "batch_id": drawn.batch_id, "rows": drawn.rows, **sums,
        "share": result.share, "low": result.low, "high": result.high, "strata": [dict(vars(f)) for f in found],
    }  # fmt: skip


def in_words(found: Mapping[str, Any], language: Language) -> tuple[str, list[dict[str, Any]]]:
    """The sentence that a sample comes to, and a table of its strata."""
    shown = {what: found[what] for what in ("sample", "drawn", "wrong", "unclear", "rows")}
    shares = {
        what: "?" if found[what] is None else _percent(found[what], language) for what in ("share", "low", "high")
    }
    rows = [
        {"sample_stratum": _stratum(row["stratum"], language)} | {f"sample_{name}": row[name] for name in _COUNTED}
        for row in found["strata"]
    ]
    return text("sample.result", language, **shown, **shares), rows


def _percent(share: float, language: Language) -> str:
    return number(100 * share, language, 2) + " %"


def _stratum(name: str, language: Language) -> str:
    key = f"sample.outcome.{name}"
    return text(key, language) if key in catalogue(language) else name


def _found(store: Store, drawn: Draw, ticks: SampleTicks) -> list[Found]:
    """The marks of the rows that were drawn, by stratum; the rows are drawn once more from the seed."""
    rows_in = row_samples.strata(store, drawn.batch_id, drawn.strata)
    wanted = shared_out(rows_in, drawn.drawn)
    rows = row_samples.rows_of(store, drawn.batch_id, drawn.seed, drawn.strata, wanted).to_pylist()
    stratum_of = {row["record_id"]: row["stratum"] for row in rows}
    if row_samples.digest_of(list(stratum_of)) != drawn.digest:
        raise UsageError("sample.rows_changed", sample=ticks.sample)
    if not set(ticks.ticks) <= set(stratum_of):
        raise UsageError("sample.other_rows", sample=ticks.sample, rows=len(set(ticks.ticks) - set(stratum_of)))
    found = []
    for stratum, rows_here in rows_in.items():
        marks = [ticks.ticks.get(row_id, "unclear") for row_id, s in stratum_of.items() if s == stratum]
        counted = {what: marks.count(what) for what in ("right", "wrong", "unclear")}
        found.append(Found(stratum, rows_here, len(marks), **counted))
    return found
