"""Write the report of a month, of a province or the nation: HTML and JSON with their seal, beside those of batches."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline import inquiries, period_keeping, report_data, report_sealing
from pipeline.gate_limits import own_limits
from pipeline.period import Period, bounds
from pipeline.period_keeping import Counted
from pipeline.report_sealing import Made, Signer, Subject
from pipeline.scope import scope_of
from pipeline.settings import Settings
from quality import period_tables, report_parts
from quality.period_facts import NATION
from quality.period_render import render_html, render_json
from quality.period_report import PeriodReport, build_period
from schemas.errors import UsageError
from store import audit, audit_marks
from store.audit import Event
from store.engine import Store


@dataclass(frozen=True)
class WrittenPeriod:
    """A report of a month that was written: its page, what it says, and whether its seal is signed."""

    path: Path
    report: PeriodReport
    is_signed: bool


def report_period(
    wanted: Period, settings: Settings, out: Path | None, now: datetime | None = None, *, has_data: bool = False,
    has_paper: bool = False,
) -> WrittenPeriod:  # fmt: skip
    """Write the report of a month.

    Args:
        wanted: the province or the nation, and the month.
        settings: where the store and the reports are.
        out: an .html file or a folder; None = among the reports of the home folder.
        now: the moment by which the month is over or not; None = now.
        has_data: with the figures as a workbook and as CSV files too.
        has_paper: with the page as PDF too.

    Raises:
        UsageError: period.future; scope.other_province, store.national_only: the session is limited to a province;
            what `pipeline.gate_limits.own_limits` raises.
        SettingsError: the key that signs is there, but unsafe or damaged.
    """
    with inquiries.asked(settings) as store, audit.refusals(store, _event(wanted, "asked")):
        _demand_own(wanted, settings)
        counted = period_keeping.of_period(store, wanted, now or datetime.now(UTC), own_limits(settings))
        signer = report_sealing.signer_of(store, settings)
        audit.record(store, _event(wanted, "asked"))
        path = settings.home / "reports" / f"{wanted.stem}.html"
        if out is not None:
            path = out if out.suffix == ".html" else out / path.name
        return _write(store, signer, counted, path, has_data=has_data, has_paper=has_paper)


def count(month: str, settings: Settings, now: datetime | None = None) -> bool:
    """Count a month and keep it, without a report; False where it is not over. Raises as `report_period`."""
    wanted = Period(NATION, month)
    with inquiries.asked(settings) as store, audit.refusals(store, Event("period.counted", "month", month)):
        _demand_own(wanted, settings)
        moment = now or datetime.now(UTC)
        return period_keeping.of_period(store, wanted, moment, own_limits(settings)).facts.is_final


def _demand_own(wanted: Period, settings: Settings) -> None:
    own = scope_of(settings)
    if own is not None and wanted.scope == NATION:
        raise UsageError("store.national_only")
    if own not in (None, wanted.scope):
        raise UsageError("scope.other_province", given=wanted.scope)


def _event(wanted: Period, reason: str) -> Event:
    return Event("report.written", "period", wanted.stem, province_code=wanted.province_code, reason=reason)


def _write(
    store: Store, signer: Signer | None, counted: Counted, path: Path, *, has_data: bool, has_paper: bool
) -> WrittenPeriod:
    """All files, each complete or not at all, and the seal last; data and paper of an earlier making go."""
    report = build_period(counted.facts)
    page, data = render_html(report).encode(), render_json(report).encode()
    files = [
        Made(path.name, page, report_parts.of_html(page)),
        Made(path.with_suffix(".json").name, data, report_parts.of_json(data)),
    ]
    printed = path.with_suffix(".pdf")
    report_sealing.unseal(path.parent, path.stem)
    for name in (*report_data.names(path.stem, period_tables.COLUMNS), printed.name):
        path.with_name(name).unlink(missing_ok=True)
    if has_data:
        made = report_data.files(path.stem, period_tables.tables(report))
        files += [Made(name, content, report_parts.WHOLE) for name, content in made.items()]
    if has_paper:
        files.append(Made(printed.name, _paper(page, report, counted), report_parts.WHOLE))
    seal = report_sealing.seal_on(_subject(report, counted), audit_marks.newest(store), files, signer)
    report_sealing.write(path.parent, path.stem, files, seal, signer)
    return WrittenPeriod(path, report, signer is not None)


def _paper(page: bytes, report: PeriodReport, counted: Counted) -> bytes:
    """The page as PDF. It names the moment of the event as of which it was counted: made again it is the same."""
    from quality.pdf import render_pdf  # only who wants paper loads what makes it

    told = counted.frame.before
    moment = datetime.fromisoformat(told.moment) if told else bounds(report.facts.month)[1]
    return render_pdf(page.decode(), about=f"sohoa · {report.stem}", title=f"sohoa {report.stem}", made=moment)


def _subject(report: PeriodReport, counted: Counted) -> Subject:
    facts, frame = counted.facts, counted.frame
    models = sorted({x.model_version for part in facts.parts for x in part.batches if x.counts})
    return Subject(
        "nation" if facts.scope == NATION else "province", report.stem, "" if facts.scope == NATION else facts.scope,
        frame.code_version, ", ".join(models), frame.before, frame.before, frame.after,
    )  # fmt: skip
