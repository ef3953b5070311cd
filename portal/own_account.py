"""One's own account: who one is, where one is signed in, and a new password."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response

from pipeline import sign_in
from portal.context import account, portal_of
from portal.guard import token_of
from portal.pages import language_of, page
from portal.rights import Action
from portal.routes import Routes
from quality import wording
from schemas import messages
from schemas.errors import UsageError
from schemas.messages import Language
from store.sessions import OwnSession

routes = Routes()
_LONGEST = 200
Short = Annotated[str, Form(max_length=_LONGEST)]


@routes.get("/account", Action.OWN_ACCOUNT)
def own_account(request: Request) -> Response:
    """The account and the form of a new password."""
    return _own(request)


@routes.post("/account/password", Action.OWN_ACCOUNT)
def new_password(request: Request, old: Short, new: Short, again: Short) -> Response:
    """Choose a new password."""
    language, who = language_of(request), account(request)
    if new != again:
        return _own(request, 400, messages.text("portal.password.differs", language))
    try:
        is_right = sign_in.change_password(portal_of(request).gate, who, old, new, token_of(request))
    except UsageError as wrong:
        said = f"{messages.wrong(wrong.code, language)} {messages.what_to_do(wrong.code, language)}"
        return _own(request, 400, said)
    if not is_right:
        return _own(request, 401, messages.text("portal.password.wrong", language))
    return _own(request, 200, is_done=True)


@routes.post("/account/sessions/end", Action.OWN_ACCOUNT)
def end_session(request: Request, which: Annotated[str, Form(pattern="^[0-9a-f]{32}$")]) -> Response:
    """End one of the own sessions; one that is over already is none."""
    sign_in.end_session(portal_of(request).gate, account(request), which)
    return RedirectResponse("/account", 303)


@routes.post("/account/sessions/end-others", Action.OWN_ACCOUNT)
def end_others(request: Request) -> Response:
    """End all own sessions but this one."""
    sign_in.end_others(portal_of(request).gate, account(request), token_of(request))
    return RedirectResponse("/account", 303)


def _own(request: Request, status: int = 200, wrong: str = "", *, is_done: bool = False) -> Response:
    language, who = language_of(request), account(request)
    found = sign_in.own_sessions(portal_of(request).gate, who, token_of(request))
    return page(
        request, "account.html", status, wrong=wrong, is_done=is_done, must_change=who.must_change and not is_done,
        sessions=[_in_words(each, language) for each in found],
    )  # fmt: skip


def _in_words(session: OwnSession, language: Language) -> Mapping[str, Any]:
    place, unknown = session.place, messages.text("portal.session.unknown", language)
    return {
        "handle": session.handle, "is_this": session.is_this,
        "device": ", ".join(filter(None, (place.browser, place.system))) or unknown,
        "network": place.network or unknown, "begun": wording.moment(session.begun_at, language),
        "seen": wording.moment(session.seen_at, language),
    }  # fmt: skip
