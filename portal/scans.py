"""Cells of scans that wait for a person: one cell, enlarged, lit on its page beside it; what stands there.

Numbers are read by two persons, blind: nobody is shown what the machine or the other one read. "Cannot be read" is an
answer. The pictures are behind the same check as the page, kept by nobody, and each showing is an event of the audit.
"""

import base64
from typing import Annotated, Literal

from fastapi import Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from pipeline import cell_review, cell_reviews, page_views
from pipeline.acting import acting_as
from pipeline.cell_review import OpenCell
from portal.asking import settings_of, store_of
from portal.context import account, portal_of
from portal.guard import demand, refuse
from portal.pages import language_of, page
from portal.rights import Action
from portal.routes import Routes
from schemas import messages

routes = Routes("/scans")
Id = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
Column = Annotated[str, Path(pattern="^[a-z0-9_~]{1,80}$")]
"""A raw column; that of a part of one with ~ in place of its slash."""
Text = Annotated[str, Form(max_length=2000)]
Answer = Literal["reads", "illegible", "later"]
_SLASH = "~"
PICTURE_CSP = "default-src 'none'; sandbox; frame-ancestors 'none'"


@routes.get("", Action.DECIDE_DUPLICATE)
def pile(request: Request, sent: Annotated[str, Query(max_length=20)] = "") -> Response:
    """On to the next cell; a page that says so if none waits, with the batches whose rows may be sent."""
    following = None if sent else _next(request)
    if following is not None:
        return RedirectResponse(following, 303)
    batches = cell_review.batches(store_of(request))
    told = sent if sent in ("sent", "not_whole") else ""
    return page(request, "scans_none.html", batches=batches, told=told, next_path=_next(request))


@routes.post("/send/{batch_id}", Action.DECIDE_DUPLICATE)
def send(request: Request, batch_id: Id) -> Response:
    """Send in the rows of a batch whose cells are all read."""
    if batch_id not in cell_review.batches(store_of(request)):
        refuse(request, Action.DECIDE_DUPLICATE, "batch", batch_id)
    with acting_as(account(request).name):
        result = cell_reviews.send(batch_id, settings_of(request))
    return RedirectResponse("/scans?sent=" + ("not_whole" if result is None else "sent"), 303)


@routes.post("/undo", Action.DECIDE_DUPLICATE)
def undo(request: Request) -> Response:
    """Take back what this account read last, and show that cell again."""
    store, who = store_of(request), account(request).name
    last = cell_review.last_of(store, who)
    if last is None:
        return RedirectResponse("/scans", 303)
    cell = _cell(request, *last)
    cell_review.undo(store, cell, who, _by_default(request))
    return RedirectResponse(_path(last), 303)


@routes.get("/{record_id}/{column}", Action.SEE_SCAN)
def one_cell(request: Request, record_id: Id, column: Column) -> Response:
    """A cell with its picture, the other cells of its row, and what the machine proposes, unless it is a number."""
    cell = _cell(request, record_id, column)
    who = account(request).name
    portal_of(request).at_work.look_at(_pile_name(request), (record_id, cell.raw_column), who)
    row = cell_review.of_row(store_of(request), cell, language_of(request))
    size = page_views.size_of(cell, settings_of(request))
    return page(
        request, "scan.html", cell=cell, row=row, path_of=_path((record_id, cell.raw_column)),
        label=cell_review.label_of(cell, language_of(request)), letters=cell_review.letters(cell),
        lit=page_views.lit(cell, size) if size else None, size=size, waiting=len(_order(request)),
        last=cell_review.last_of(store_of(request), who),
    )  # fmt: skip


@routes.get("/{record_id}/{column}/crop.png", Action.SEE_SCAN)
def crop(request: Request, record_id: Id, column: Column) -> Response:
    """The picture of a cell, as an event of the audit; no browser keeps it."""
    cell = _cell(request, record_id, column)
    picture = base64.b64decode(cell_review.shown(store_of(request), cell).crop)
    return Response(picture, 200, {"Content-Security-Policy": PICTURE_CSP}, "image/png")


@routes.get("/{record_id}/{column}/page.webp", Action.SEE_SCAN)
def whole_page(request: Request, record_id: Id, column: Column) -> Response:
    """The page that the cell stands on, made anew by the reader, as an event of the audit; no browser keeps it."""
    view = page_views.shown(store_of(request), _cell(request, record_id, column), settings_of(request))
    if view is None:
        refuse(request, Action.SEE_SCAN, "record", record_id)
    return Response(view.picture, 200, {"Content-Security-Policy": PICTURE_CSP}, "image/webp")


@routes.post("/{record_id}/{column}", Action.DECIDE_DUPLICATE)
def read(
    request: Request, record_id: Id, column: Column, answer: Annotated[Answer, Form()], text: Text = ""
) -> Response:
    """Record what somebody reads in a cell; on to the next one. An empty text is no answer: the page comes again."""
    cell = _cell(request, record_id, column)
    thing = (cell.record_id, cell.raw_column)
    who, work = account(request).name, portal_of(request).at_work
    if answer == "later":
        work.put_aside(_pile_name(request), thing, who)
    elif answer == "reads" and not text.strip():
        return RedirectResponse(_path(thing), 303)
    else:
        cell_review.decide(store_of(request), cell, answer, text, who, _by_default(request))
        work.take_up(_pile_name(request), thing, who)
    return RedirectResponse(_next(request, thing) or "/scans", 303)


def _cell(request: Request, record_id: str, column: str) -> OpenCell:
    """The cell, if it waits and this account may see it; else 404, whether there is one or not."""
    found = cell_review.cell(store_of(request), record_id, column.replace(_SLASH, "/"))
    if found is None:
        refuse(request, Action.SEE_SCAN, "record", record_id)
    demand(request, Action.DECIDE_DUPLICATE, found.province_code)
    return found


def _order(request: Request) -> tuple[tuple[str, ...], ...]:
    store = store_of(request)
    return portal_of(request).at_work.pile(_pile_name(request), lambda: cell_review.in_order(store))


def _next(request: Request, done: tuple[str, ...] = ()) -> str | None:
    """The path of the cell that comes next for this account: not settled, and not read by it already."""
    work, store, who = portal_of(request).at_work, store_of(request), account(request).name
    for is_again in (False, True):
        if is_again:
            work.forget(_pile_name(request))
        order = _order(request)
        open_ = cell_review.open_for(store, who)
        for thing in work.in_turn(_pile_name(request), order, who):
            if (thing != done or is_again) and (thing[0], thing[1]) in open_:
                return _path(thing)
    return None


def _by_default(request: Request) -> str:
    return messages.text("reviewing.scan.seen", language_of(request))


def _pile_name(request: Request) -> str:
    return f"scans/{account(request).province_code}"


def _path(thing: tuple[str, ...]) -> str:
    return f"/scans/{thing[0]}/{thing[1].replace('/', _SLASH)}"
