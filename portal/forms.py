"""Templates to fill in: blank, or with the rows that the office delivered last."""

from fastapi import Request
from fastapi.responses import Response

from pipeline import template_book, template_rows, workplace
from portal.asking import national_store, settings_of, store_of
from portal.context import account
from portal.guard import refuse
from portal.pages import language_of, page
from portal.rights import Action
from portal.routes import Routes
from quality import wording
from schemas.errors import UsageError
from store import batch_lists

routes = Routes("/templates")
_BLANK, _FILLED = "so_ho_khau_mau.xlsx", "so_ho_khau_dot_truoc.xlsx"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@routes.get("", Action.UPLOAD)
def templates(request: Request) -> Response:
    """What there is to download, and from which batch the office's own rows would come."""
    last = _last(request)
    listed = batch_lists.one(store_of(request), last) if last else None
    shown = None
    if listed is not None:
        language = language_of(request)
        rows = listed.sums.loaded + listed.sums.merged
        shown = {
            "id": listed.batch_id, "short": listed.batch_id[:8], "rows": wording.number(rows, language),
            "moment": wording.moment(listed.recorded_at, language), "is_long": rows > template_book.MOST_ROWS,
        }  # fmt: skip
    return page(request, "forms.html", last=shown, most=wording.number(template_book.MOST_ROWS, language_of(request)))


@routes.get("/blank.xlsx", Action.UPLOAD)
def blank(request: Request) -> Response:
    """The blank template."""
    with workplace.borrowed_place(settings_of(request).home) as place:
        template_book.write_template(place / _BLANK, language_of(request))
        return _downloaded((place / _BLANK).read_bytes(), _BLANK)


@routes.get("/last.xlsx", Action.UPLOAD)
def filled(request: Request) -> Response:
    """The template with the rows of the office's last batch. It names persons, in clear, and is told to the audit."""
    store, last = store_of(request), _last(request)
    listed = batch_lists.one(store, last) if last else None
    if listed is None or last is None:
        refuse(request, Action.UPLOAD, "batch")
    if listed.sums.loaded + listed.sums.merged > template_book.MOST_ROWS:
        raise UsageError("template.too_long")
    with workplace.borrowed_place(settings_of(request).home) as place:
        rows = template_rows.rows_of(store, last)
        template_book.write_template(place / _FILLED, language_of(request), rows)
        return _downloaded((place / _FILLED).read_bytes(), _FILLED)


def _last(request: Request) -> str | None:
    """The office's own last batch."""
    return template_rows.last_batch(national_store(request), store_of(request), account(request).office)


def _downloaded(content: bytes, name: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(content, 200, headers, _XLSX)
