"""The desk: a draft in a grid of its cells, what is wrong in each, corrected there, and sent."""

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from fastapi import Body, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from pipeline import draft_check, draft_sending, drafts, run_progress
from pipeline.acting import acting_as
from pipeline.draft_log import Change, Move
from pipeline.draft_sending import Place
from pipeline.draft_view import Checked, DeskSheet
from pipeline.drafts import Draft, Standing
from pipeline.error_files import Wish
from pipeline.run_progress import StepProgress
from pipeline.workplace import borrowed_place
from portal import desk_rows
from portal.asking import settings_of
from portal.context import portal_of
from portal.desk_room import draft_of, room_of, seen_of, surroundings
from portal.guard import account, demand
from portal.pages import language_of, page
from portal.rights import Action
from portal.routes import Routes
from schemas.errors import UsageError

routes = Routes("/desk")
_MOST_ROWS = 400
_FIRST_WAIT = 20.0
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@routes.get("/{draft_id}", Action.UPLOAD)
def desk(request: Request, draft_id: str) -> Response:
    """The grid of a draft; what is not there yet comes by the script."""
    draft = draft_of(request, draft_id)
    if draft.standing.state in ("queued", "loading", "loaded"):
        return RedirectResponse(f"/desk/{draft_id}/sent", 303)
    return page(request, "desk.html", draft=draft, names=drafts.names_of(draft), standing=draft.standing)


@routes.get("/{draft_id}/state", Action.UPLOAD)
def state(request: Request, draft_id: str, wait: float = 0.0) -> Response:
    """Sums, files, sheets, rules in words; whether a check is under way."""
    return _state(request, draft_of(request, draft_id), min(wait, _FIRST_WAIT))


@routes.get("/{draft_id}/rows", Action.UPLOAD)
def rows(
    request: Request, draft_id: str, sheet: int, start: int = 0, count: Annotated[int, Query(le=_MOST_ROWS)] = 100,
    only: str = "all", line: int = 0, order: str = "line", find: int = 0,
) -> Response:  # fmt: skip
    """Some rows of a sheet: of all, of those that are wrong, of the household of a line; and where a line is in it."""
    found = _sheet(_checked(request, draft_of(request, draft_id)), sheet)
    chosen = desk_rows.chosen(found, only, line, order)
    return JSONResponse({
        "total": len(chosen), "at": desk_rows.place_of(found, chosen, find),
        "rows": [desk_rows.as_json(found, int(r)) for r in chosen[start : start + count]],
    })  # fmt: skip


@routes.get("/{draft_id}/next", Action.UPLOAD)
def next_wrong(
    request: Request, draft_id: str, sheet: int, line: int = 0, position: int = -2, back: bool = False
) -> Response:
    """The next cell that has to be looked at, behind a cell or before it, round the end; null where none is left."""
    found = desk_rows.next_wrong(_checked(request, draft_of(request, draft_id)), (sheet, line, position), back=back)
    return JSONResponse(found)


@routes.get("/{draft_id}/cell", Action.UPLOAD)
def cell(request: Request, draft_id: str, sheet: int, line: int, position: int) -> Response:
    """What is wrong in a cell, in words; what it may have meant; how many cells of the column say the same."""
    found = _sheet(_checked(request, draft_of(request, draft_id)), sheet)
    row = found.row_of(line)
    if row is None:
        raise HTTPException(404)
    return JSONResponse(desk_rows.cell(found, row, position, language_of(request)))


@routes.post("/{draft_id}/correct", Action.UPLOAD)
def correct(
    request: Request, draft_id: str, sheet: Annotated[int, Body()], line: Annotated[int, Body()],
    position: Annotated[int, Body()], text: Annotated[str, Body(max_length=32_767)],
    everywhere: Annotated[bool, Body()] = False,
) -> Response:  # fmt: skip
    """Correct a cell, or all cells of its column that say what it says."""
    draft = draft_of(request, draft_id)

    def changes(checked: Checked) -> list[Change]:
        return desk_rows.changes(_sheet(checked, sheet), (line, position), text, everywhere=everywhere)

    with acting_as(account(request).name):
        cells = room_of(request).correct(draft, changes, *surroundings(request))
    return _state(request, draft, 0.0, cells=cells)


@routes.post("/{draft_id}/move", Action.UPLOAD)
def move(request: Request, draft_id: str, where: Annotated[Move, Body(embed=True)]) -> Response:
    """Undo or redo."""
    draft = draft_of(request, draft_id)
    with acting_as(account(request).name):
        changes = room_of(request).move(draft, where, *surroundings(request))
    at = desk_rows.first_cell(seen_of(request, draft).checked, changes)
    return _state(request, draft, 0.0, cells=len(changes), at=at)


@routes.get("/{draft_id}/errors.xlsx", Action.UPLOAD)
def error_file(request: Request, draft_id: str) -> Response:
    """The error file of a draft as it stands, a ZIP of them where several files need one."""
    draft = draft_of(request, draft_id)
    settings, store = surroundings(request)
    with acting_as(account(request).name), borrowed_place(settings.home) as place:
        wish = Wish("flagged", language=language_of(request))
        paths = draft_check.write_error_file(draft, place, settings, store, wish)
        if not paths:
            raise UsageError("draft.no_errors")
        return downloaded(paths)


@routes.post("/{draft_id}/send", Action.SUBMIT)
def send(request: Request, draft_id: str) -> Response:
    """Send a draft, as it was checked last."""
    draft = draft_of(request, draft_id, Action.SUBMIT)
    checked = seen_of(request, draft, _FIRST_WAIT).checked
    if checked is None or checked.entries != len(draft.entries):
        raise UsageError("draft.not_checked")
    if not checked.can_be_sent:
        raise UsageError("draft.nothing_new")
    with acting_as(account(request).name):
        draft_sending.send(draft, date.fromisoformat(checked.day), settings_of(request))
    room_of(request).forget(draft_id)
    return RedirectResponse(f"/desk/{draft_id}/sent", 303)


@routes.get("/{draft_id}/sent", Action.UPLOAD)
def sent(request: Request, draft_id: str) -> Response:
    """What became of a draft that was sent; the page asks again by itself until it is loaded."""
    found, place = _standing(request, draft_id)
    steps = _progress(request, found)
    return page(request, "sent.html", draft_id=draft_id, standing=found, place=place, steps=steps, seen=_seen(steps))


@routes.get("/{draft_id}/standing", Action.UPLOAD)
def standing(request: Request, draft_id: str) -> Response:
    """The same for the script."""
    found, place = _standing(request, draft_id)
    told = {"state": found.state, "batch": found.batch_id, "place": place.number if place else 0}
    return JSONResponse(told | {"steps": _seen(_progress(request, found)), "waits": found.reason})


def _progress(request: Request, standing: Standing) -> tuple[StepProgress, ...]:
    """How far the run of a draft has come, while it is loaded."""
    if standing.state != "loading":
        return ()
    return run_progress.progress(standing.batch_id, portal_of(request).settings)


def _seen(steps: tuple[StepProgress, ...]) -> str:
    """What changes whenever the steps do."""
    return "".join(f"{step.done}/{step.of} " for step in steps).strip()


def downloaded(paths: list[Path]) -> Response:
    """Files as one download, read before they are gone; their names say nothing of persons."""
    if len(paths) == 1:
        content, name, kind = paths[0].read_bytes(), paths[0].name, _XLSX
    else:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as out:
            for path in paths:
                out.write(path, path.name)
        content, name, kind = packed.getvalue(), "loi.zip", "application/zip"
    return Response(content, headers={"Content-Disposition": f'attachment; filename="{name}"'}, media_type=kind)


def _standing(request: Request, draft_id: str) -> tuple[Standing, Place | None]:
    settings = portal_of(request).settings
    try:
        found = drafts.standing_of(draft_id, settings)
    except UsageError:
        raise HTTPException(404) from None
    demand(request, Action.UPLOAD, found.province_code)
    return found, draft_sending.place_in_queue(draft_id, settings)


def _state(request: Request, draft: Draft, wait: float, **more: Any) -> Response:
    seen = seen_of(request, draft, wait)
    now = draft.replayed
    return JSONResponse({
        "checking": seen.is_checking, "failed": desk_rows.failed(seen.failed, language_of(request)),
        "entries": len(draft.entries), "undo": len(now.done), "redo": len(now.undone), "edits": len(now.edits),
        **(desk_rows.state(seen.checked, language_of(request)) if seen.checked else {}), **more,
    })  # fmt: skip


def _checked(request: Request, draft: Draft) -> Checked:
    checked = seen_of(request, draft).checked
    if checked is None:
        raise HTTPException(404)
    return checked


def _sheet(checked: Checked, number: int) -> DeskSheet:
    if not 0 <= number < len(checked.sheets):
        raise HTTPException(404)
    return checked.sheets[number]
