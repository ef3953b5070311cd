"""What becomes of errors: pages of constant shape that say what to do, and nothing of the inside."""

import logging
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from portal.context import SignInNeededError, portal_of, wants_json
from portal.guard import PasswordNeededError, token_of
from portal.pages import language_of, page
from schemas import messages
from schemas.errors import SohoaError

_LOG = logging.getLogger(__name__)
_PASSES = frozenset({"upload.scanner_down"})
"""Codes of what passes with time: a script asks again by itself."""
_KNOWN = {400: "bad", 403: "forbidden", 404: "not_found", 413: "too_much", 429: "too_often"}


def handle(app: FastAPI) -> None:
    """Let an application answer with these pages."""
    app.add_exception_handler(SignInNeededError, _sign_in)
    app.add_exception_handler(PasswordNeededError, _password)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(SohoaError, _known)
    app.add_exception_handler(Exception, _unknown)


def _sign_in(request: Request, _error: Exception) -> Response:
    if wants_json(request):
        return JSONResponse({"state": "signed_out"}, 401)
    back = request.url.path if request.method == "GET" else "/"
    return RedirectResponse(f"/sign-in?next={quote(back)}", 303)


def _password(request: Request, _error: Exception) -> Response:
    return JSONResponse({"state": "password"}, 403) if wants_json(request) else RedirectResponse("/account", 303)


def _refused(request: Request, error: Exception) -> Response:
    return _answer(request, error.status_code if isinstance(error, HTTPException) else 500)


def _unreadable(request: Request, error: Exception) -> Response:
    """An id in a path that cannot be one is answered like one that nobody has."""
    wrong = error.errors() if isinstance(error, RequestValidationError) else ()
    return _answer(request, 404 if any(each["loc"][:1] == ("path",) for each in wrong) else 400)


def _known(request: Request, error: Exception) -> Response:
    code = error.code if isinstance(error, SohoaError) else ""
    language = language_of(request)
    status = 503 if code in _PASSES else 400
    return _said(request, status, messages.wrong(code, language), messages.what_to_do(code, language))


def _unknown(request: Request, error: Exception) -> Response:
    _LOG.error("a page failed: %s", type(error).__name__)
    return _answer(request, 500)


def _answer(request: Request, status: int) -> Response:
    name = _KNOWN.get(status, "bad" if status < 500 else "failed")
    language = language_of(request)
    wrong, do = (messages.text(f"portal.error.{name}.{part}", language) for part in ("wrong", "do"))
    return _said(request, status, wrong, do)


def _said(request: Request, status: int, wrong: str, what_to_do: str) -> Response:
    if wants_json(request):
        return JSONResponse({"wrong": wrong, "do": what_to_do}, status)
    if not hasattr(request.state, "account"):  # no route was found: the page is that of a route that was refused
        request.state.account = portal_of(request).doorkeeper.whose(token_of(request))
    answer: HTMLResponse = page(request, "error.html", status, wrong=wrong, what_to_do=what_to_do, is_page=False)
    return answer
