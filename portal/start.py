"""The first page, and the switch of language."""

from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response

from portal.context import portal_of
from portal.guard import account
from portal.pages import LANGUAGE_COOKIE, page
from portal.rights import Action
from portal.routes import Routes
from schemas.messages import LANGUAGES

routes = Routes()
_YEAR = 365 * 24 * 3600


@routes.get("/", Action.OWN_ACCOUNT)
def start(request: Request) -> Response:
    """Where an account begins."""
    return page(request, "start.html", who=account(request))


@routes.post("/language", Action.PUBLIC)
def choose_language(request: Request, language: Annotated[str, Form()], back: Annotated[str, Form()] = "/") -> Response:
    """Keep the language, and go back to the page."""
    answer = RedirectResponse(safe_path(back), 303)
    if language in LANGUAGES:
        answer.set_cookie(
            LANGUAGE_COOKIE, language, max_age=_YEAR, httponly=True, samesite="strict",
            secure=portal_of(request).is_secure,
        )  # fmt: skip
    return answer


def safe_path(given: str) -> str:
    """A path of this portal; "/" for anything else."""
    is_ours = given.startswith("/") and not given.startswith("//") and given.isprintable() and "\\" not in given
    return given if is_ours else "/"
