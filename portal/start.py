"""The first page, and the switch of language."""

from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response

from portal.context import account, portal_of
from portal.guard import cookie_name
from portal.pages import LANGUAGE_COOKIE, page, safe_path
from portal.rights import Action, Reach, reach
from portal.routes import Routes
from schemas.messages import LANGUAGES

routes = Routes()
_YEAR = 365 * 24 * 3600


@routes.get("/", Action.OWN_ACCOUNT)
def start(request: Request) -> Response:
    """Where an account begins: its batches; the page of its password while that is another's."""
    who = account(request)
    if who.must_change:
        return RedirectResponse("/account", 303)
    if reach(who.role, Action.FOLLOW) is not Reach.NONE:
        return RedirectResponse("/batches", 303)
    return page(request, "start.html")


@routes.post("/language", Action.PUBLIC)
def choose_language(request: Request, language: Annotated[str, Form()], back: Annotated[str, Form()] = "/") -> Response:
    """Keep the language, and go back to the page."""
    answer = RedirectResponse(safe_path(back), 303)
    if language in LANGUAGES:
        answer.set_cookie(
            cookie_name(request, LANGUAGE_COOKIE), language, max_age=_YEAR, httponly=True, samesite="strict",
            secure=portal_of(request).is_secure, path="/",
        )  # fmt: skip
    return answer
