"""The batches of an account's province: a list that keeps itself up to date, and each batch with its files."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Annotated, Any

from fastapi import Path, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from pipeline import batch_view, error_files, workplace
from pipeline.acting import acting_as
from pipeline.batch_view import BatchView, ViewedFile
from pipeline.error_files import Wish
from pipeline.inquiries import report_path
from portal import releasing
from portal.asking import settings_of, store_of
from portal.context import account
from portal.guard import demand, refuse
from portal.pages import language_of, page
from portal.rights import Action, may
from portal.routes import Routes
from quality import row_links, sections, wording
from quality.sections import RuleShown
from schemas import messages
from schemas.messages import Language
from schemas.tables import OUTCOMES
from store import audit, batch_lists
from store.audit import Event
from store.batch_lists import ListedBatch

routes = Routes("/batches")
_PAGE = 50
_TONES = {"mend": "warn", "resend": "bad", "stopped": "bad", "nothing": "good", "undone": ""}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REPORT_CSP = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:; frame-ancestors 'none'"
)
"""A report is a file of its own with its style inside: it runs no script, sends no form, and has no origin."""
Id = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
_ROW_PAGE = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*\.html")
LinkedName = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,40}\.html$")]
FileId = Annotated[str, Path(pattern="^[0-9a-f]{32,64}$")]


@dataclass(frozen=True)
class Row:
    """A batch as the list shows it, in words."""

    batch_id: str
    short: str
    state: str
    tone: str
    todo: str
    age: str
    moment: str
    read: str
    sums: Mapping[str, str]
    waiting: str


@routes.get("", Action.FOLLOW)
def batch_list(request: Request, before: Annotated[datetime | None, Query()] = None) -> Response:
    """The newest batches; `before`: those before a moment."""
    found = batch_lists.recent(store_of(request), _PAGE + 1, before)
    shown = [_row(batch, language_of(request)) for batch in found[:_PAGE]]
    older = found[_PAGE - 1].recorded_at.isoformat() if len(found) > _PAGE else ""
    return page(request, "batches.html", batches=shown, older=older, is_newest=before is None, outcomes=OUTCOMES)


@routes.get("/state", Action.FOLLOW)
def list_state(request: Request) -> Response:
    """The newest batches for the script of the list."""
    found = batch_lists.recent(store_of(request), _PAGE)
    return JSONResponse([vars(_row(batch, language_of(request))) for batch in found])


@routes.get("/{batch_id}", Action.FOLLOW)
def one_batch(request: Request, batch_id: Id) -> Response:
    """A batch: state, sums, what to do, files with what was wrong in them."""
    listed = _listed(request, batch_id, Action.FOLLOW)
    who, province = account(request), listed.province_code
    is_own = may(who, Action.UPLOAD, province)
    has_details = may(who, Action.READ_REPORT, province)
    view = batch_view.view(store_of(request), batch_id, settings_of(request), has_names=is_own)
    language = language_of(request)
    return page(
        request, "batch.html", batch=_row(listed, language), outcomes=OUTCOMES,
        files=[_file(file, language) for file in view.files] if view and has_details else [],
        events=_events(view, language) if view else [], may_mend=is_own and listed.waiting > 0,
        stop=releasing.shown(request, listed), may_undo=listed.state == "loaded" and may(who, Action.APPROVE, province),
        has_report=has_details and report_path(settings_of(request), batch_id).exists(),
    )  # fmt: skip


@routes.get("/{batch_id}/report", Action.READ_REPORT)
def report(request: Request, batch_id: Id) -> Response:
    """The report of a batch, as it was written."""
    listed = _listed(request, batch_id, Action.READ_REPORT)
    path = report_path(settings_of(request), batch_id)
    if not path.exists():
        refuse(request, Action.READ_REPORT, "batch", batch_id)
    event = Event("report.shown", "batch", batch_id, province_code=listed.province_code, reason="portal")
    audit.record(store_of(request), event)
    return Response(path.read_bytes(), 200, {"Content-Security-Policy": REPORT_CSP}, "text/html; charset=utf-8")


@routes.get("/{batch_id}/errors/{file_id}", Action.UPLOAD)
def error_file(request: Request, batch_id: Id, file_id: FileId) -> Response:
    """The error file of a file as XLSX, to be mended and sent again. It names persons, in clear."""
    _listed(request, batch_id, Action.UPLOAD)
    settings, wish = settings_of(request), Wish("flagged", "xlsx", language_of(request), file_id=file_id)
    with workplace.borrowed_place(settings.home) as place, acting_as(account(request).name):
        made = [path for each in error_files.of_batch(batch_id, place, settings, wish) for path in each.paths]
        if not made:
            refuse(request, Action.UPLOAD, "batch", batch_id)
        content = made[0].read_bytes()
    headers = {
        "Content-Disposition": f'attachment; filename="{made[0].name}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(content, 200, headers, _XLSX)


@routes.get("/{batch_id}/{name}", Action.READ_REPORT)
def linked_report(request: Request, batch_id: Id, name: LinkedName) -> Response:
    """Where a link from the report of a batch to another report leads: links name the files side by side."""
    _listed(request, batch_id, Action.READ_REPORT)
    return RedirectResponse(f"/reports/{name}", 303)


@routes.get("/{batch_id}/{folder}/{name}", Action.READ_REPORT)
def failing_rows(request: Request, batch_id: Id, folder: str, name: str) -> Response:
    """A page of the failing rows beside the report, at the place where the links of the report look for it."""
    listed = _listed(request, batch_id, Action.READ_REPORT)
    path = report_path(settings_of(request), batch_id).parent / row_links.folder_of(batch_id) / name
    is_page = folder == row_links.folder_of(batch_id) and _ROW_PAGE.fullmatch(name) is not None
    if not is_page or not path.is_file():
        refuse(request, Action.READ_REPORT, "batch", batch_id)
    event = Event("report.shown", "batch", batch_id, province_code=listed.province_code, reason="portal")
    audit.record(store_of(request), event)
    return Response(path.read_bytes(), 200, {"Content-Security-Policy": REPORT_CSP}, "text/html; charset=utf-8")


def _listed(request: Request, batch_id: str, action: Action) -> ListedBatch:
    """The batch, if this account may do that with it; else 404, whether there is one or not."""
    found = batch_lists.one(store_of(request), batch_id)
    if found is None:
        refuse(request, action, "batch", batch_id)
    demand(request, action, found.province_code)
    return found


def _row(batch: ListedBatch, language: Language) -> Row:
    does = batch_view.todo(batch)
    return Row(
        batch.batch_id, batch.batch_id[:8], messages.text(f"state.{batch.state}", language), _TONES[does],
        messages.text(f"portal.todo.{does}", language, rows=wording.number(batch.waiting, language)),
        _age(batch.recorded_at, language), wording.moment(batch.recorded_at, language),
        wording.number(batch.sums.read, language),
        {outcome: wording.number(getattr(batch.sums, outcome), language) for outcome in OUTCOMES},
        wording.number(batch.waiting, language),
    )  # fmt: skip


def _age(then: datetime, language: Language) -> str:
    """How long ago, in one unit."""
    minutes = max(0, int((datetime.now(UTC) - then).total_seconds() // 60))
    for unit, size in (("days", 24 * 60), ("hours", 60), ("minutes", 1)):
        if minutes >= size:
            return messages.text(f"portal.age.{unit}", language, count=minutes // size)
    return messages.text("portal.age.now", language)


def _file(viewed: ViewedFile, language: Language) -> Mapping[str, Any]:
    facts = viewed.facts
    rules: list[RuleShown] = list(sections.rules_shown(facts.messages, facts.balance.read, lambda _: "", language))
    return {
        "file_id": viewed.file_id, "alias": facts.path, "name": PurePath(viewed.name).name, "rules": rules,
        "outcome": messages.text(f"report.file_outcome.{wording.file_outcome(facts.outcome, facts.is_twin)}", language),
        "read": wording.number(facts.balance.read, language), "waits": facts.balance.quarantined > 0,
        "sums": {o: wording.number(getattr(facts.balance, o), language) for o in OUTCOMES},
        "places": [wording.places(rule.places, language) for rule in rules],
    }  # fmt: skip


def _events(view: BatchView, language: Language) -> list[tuple[str, str]]:
    return [
        (messages.text(f"portal.event.{event}", language), wording.moment(at, language)) for event, at in view.events
    ]
