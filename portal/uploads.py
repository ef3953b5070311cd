"""The page of uploads: drafts that are open, a place to drop files on, and the parts of files on their way."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Form, Request, UploadFile
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from pipeline import draft_sending, draft_uploads, drafts, workplace
from pipeline.acting import acting_as
from pipeline.drafts import Draft
from portal.context import portal_of, wants_json
from portal.desk_room import draft_of, room_of, seen_of
from portal.guard import account
from portal.pages import page
from portal.rights import Action, may
from portal.routes import Routes
from schemas.errors import UsageError

routes = Routes("/uploads", draft_uploads.PART_BYTES + 4096)
whole = Routes("/upload-whole", draft_uploads.MOST_BYTES + 65_536)


@routes.get("", Action.UPLOAD)
def uploads(request: Request) -> Response:
    """Where ledgers are sent: drop them here; the drafts that wait."""
    own = [d for d in drafts.all_drafts(portal_of(request).settings) if may_see(request, d)]
    waiting = [d.draft_id for d in draft_sending.queue(portal_of(request).settings)]
    rows = [_row(draft, waiting) for draft in own]
    return page(request, "uploads.html", drafts=rows, part_bytes=draft_uploads.PART_BYTES // 4, most=_MIB)


@routes.post("/begin", Action.UPLOAD)
def begin(
    request: Request, name: Annotated[str, Form()], size: Annotated[int, Form()],
    sha256: Annotated[str, Form()] = "", draft_id: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Begin to take a file, into a draft that is there or a new one."""
    draft = draft_of(request, draft_id) if draft_id else new_draft(request)
    upload = draft_uploads.begin(draft, name, size, sha256)
    return JSONResponse({"draft": draft.draft_id, "upload": upload.upload_id, "offset": 0})


@routes.get("/{draft_id}/{upload_id}", Action.UPLOAD)
def offset(request: Request, draft_id: str, upload_id: str) -> Response:
    """How much of a file is there."""
    draft = draft_of(request, draft_id)
    return JSONResponse({"offset": draft_uploads.offset(draft, draft_uploads.open_upload(draft, upload_id))})


@routes.put("/{draft_id}/{upload_id}/{start}", Action.UPLOAD)
async def put(request: Request, draft_id: str, upload_id: str, start: int) -> Response:
    """Take a part; nothing is kept of a body that was cut off, and nobody is there to be told."""
    try:
        data = await request.body()
    except ClientDisconnect:
        return Response(status_code=400)

    def take() -> int:
        draft = draft_of(request, draft_id)
        upload = draft_uploads.open_upload(draft, upload_id)
        return draft_uploads.put(draft, upload, start, data, portal_of(request).settings)

    return JSONResponse({"offset": await run_in_threadpool(take)})


@routes.post("/{draft_id}/{upload_id}/finish", Action.UPLOAD)
def finish(request: Request, draft_id: str, upload_id: str) -> Response:
    """Check the whole file, and put it into the draft."""
    draft = draft_of(request, draft_id)
    if not draft_uploads.is_finished(draft, upload_id):
        with acting_as(account(request).name):
            draft_uploads.finish(draft, draft_uploads.open_upload(draft, upload_id), portal_of(request).settings)
    seen_of(request, draft)  # the check begins now, not when the page asks
    if not wants_json(request):
        return RedirectResponse(f"/desk/{draft_id}", 303)
    return JSONResponse({"next": f"/desk/{draft_id}"})


@routes.post("/{draft_id}/discard", Action.UPLOAD)
def discard(request: Request, draft_id: str) -> Response:
    """Destroy a draft that is not wanted."""
    draft = draft_of(request, draft_id)
    drafts.discard(draft)
    room_of(request).forget(draft_id)
    return RedirectResponse("/uploads", 303)


@whole.post("", Action.UPLOAD)
def take_whole(request: Request, files: list[UploadFile], draft_id: Annotated[str, Form()] = "") -> Response:
    """Take files as a plain form sends them, without a script."""
    if not any(file.filename for file in files):
        raise UsageError("draft.empty")
    draft = draft_of(request, draft_id) if draft_id else new_draft(request)
    with acting_as(account(request).name), workplace.borrowed_place(portal_of(request).settings.home) as place:
        for number, file in enumerate(f for f in files if f.filename):
            path = place / str(number)
            with path.open("wb") as out:
                while part := file.file.read(1 << 20):
                    out.write(part)
            draft_uploads.take_whole(draft, path, file.filename or "", portal_of(request).settings)
    return RedirectResponse(f"/desk/{draft.draft_id}", 303)


def new_draft(request: Request) -> Draft:
    """A new draft of whoever asks, for the account's province."""
    who = account(request)
    if not who.province_code:
        raise HTTPException(404)
    with acting_as(who.name):
        return drafts.begin(who.province_code, who.office, portal_of(request).settings)


def may_see(request: Request, draft: Draft) -> bool:
    """Is the draft of a province with whose ledgers the account may work?"""
    return may(account(request), Action.UPLOAD, draft.about.province_code)


_MIB = draft_uploads.MOST_BYTES >> 20


def _row(draft: Draft, waiting: list[str]) -> Mapping[str, Any]:
    standing = draft.standing
    return {
        "id": draft.draft_id, "names": drafts.names_of(draft), "owner": draft.about.owner,
        "office": draft.about.office, "begun": draft.about.begun, "state": standing.state, "reason": standing.reason,
        "edits": len(draft.replayed.edits),
        "place": waiting.index(draft.draft_id) + 1 if draft.draft_id in waiting else 0,
        "unscanned": draft_uploads.waiting(draft),
    }  # fmt: skip
