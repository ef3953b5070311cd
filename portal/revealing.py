"""Seeing in clear what is masked: an auditor says why, another auditor, or a privacy officer, allows it for minutes."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from pipeline import four_eyes, person_trace, reveals
from pipeline.console import heading_of
from portal.asking import settings_of, store_of
from portal.context import account
from portal.guard import refuse
from portal.pages import language_of, page
from portal.rights import Action
from portal.routes import Routes
from quality import wording
from schemas import messages
from store.reveals import Reveal

routes = Routes("/reveal")
Number = Annotated[int, Path(ge=1, le=2**62)]
Table = tuple[str, Sequence[str], Sequence[Sequence[str]]]
"""Title, headings, rows of texts."""


@routes.get("", Action.AUDIT)
def waiting(request: Request, done: Annotated[str, Query(max_length=20)] = "") -> Response:
    """The form to ask, and the wishes that wait for a second person."""
    found = [_told(request, each) for each in reveals.waiting(store_of(request))]
    return page(request, "reveals.html", found=found, told=done if done == "approved" else "")


@routes.post("", Action.AUDIT)
def ask(
    request: Request, subject: Annotated[str, Form(max_length=40)], reason: Annotated[str, Form(max_length=500)]
) -> Response:  # fmt: skip
    """Ask to see a person or a row kept out."""
    found = reveals.ask(store_of(request), subject.strip().lower(), account(request).name, reason)
    return RedirectResponse(f"/reveal/{found.number}", 303)


@routes.get("/{number}", Action.AUDIT)
def one_wish(request: Request, number: Number) -> Response:
    """What became of a wish; nothing in clear."""
    return page(request, "reveal.html", wish=_told(request, _found(request, number)), tables=[])


@routes.post("/{number}/approve", Action.AUDIT)
def approve(request: Request, number: Number) -> Response:
    """Allow what another person asked for."""
    _found(request, number)
    reveals.approve(store_of(request), number, account(request).name)
    return RedirectResponse("/reveal?done=approved", 303)


@routes.post("/{number}/show", Action.AUDIT)
def show(request: Request, number: Number) -> Response:
    """Show in clear, to whoever asked and while it is open; each time is an event of the audit."""
    _found(request, number)
    store, settings, language = store_of(request), settings_of(request), language_of(request)
    shown = reveals.in_clear(store, number, account(request).name, settings)
    tables: list[Table] = []
    if shown.place is not None:
        title = messages.text(f"reveal.texts.{shown.texts}", language, line=shown.place.line, file=shown.place.file)
        tables.append((title, (), list((shown.cells or {}).items())))
    else:
        tables.append((messages.text("revealing.values", language), (), list(shown.values.items())))
    for title, rows in person_trace.in_words(shown.sources, language):
        headings = [heading_of(name, language) for name in rows[0]]
        tables.append((title, headings, [["" if v is None else str(v) for v in row.values()] for row in rows]))
    return page(request, "reveal.html", wish=_told(request, shown.reveal), tables=tables)


def _found(request: Request, number: int) -> Reveal:
    """The wish, if the account sees its province; else 404."""
    found = reveals.wish(store_of(request), number)
    if found is None:
        refuse(request, Action.AUDIT, "reveal", str(number))
    return found


def _told(request: Request, wish: Reveal) -> Mapping[str, Any]:
    language = language_of(request)
    return {
        "number": wish.number, "kind": messages.text(f"revealing.kind.{wish.kind}", language), "subject": wish.subject,
        "who": wish.author, "why": wish.reason, "at": wording.moment(wish.asked_at, language), "state": wish.state,
        "in_words": messages.text(f"revealing.state.{wish.state}", language),
        "until": wording.moment(wish.expires_at, language) if wish.expires_at else "",
        "is_own": four_eyes.one_person(wish.author, account(request).name),
    }  # fmt: skip
