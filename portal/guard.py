"""The guard before every route: who asks, may that be, was the form ours. A refusal looks like what is not there."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import Protocol

from fastapi import Request
from starlette.exceptions import HTTPException

from portal.context import portal_of
from portal.rights import Action, Reach, may, reach
from store.accounts import Account

CSRF_FIELD, CSRF_HEADER = "csrf_token", "X-CSRF-Token"
SESSION_COOKIE = "sohoa_session"


class SignInNeededError(Exception):
    """Nobody is signed in, or too long ago."""


class Doorkeeper(Protocol):
    """Tells whose a session is."""

    def whose(self, token: str) -> Account | None:
        """The account that a token of a session belongs to; None = nobody's, ended or too old."""
        ...


def account(request: Request) -> Account:
    """Who asks. Only for routes that need an account. Raises SignInNeededError."""
    found = getattr(request.state, "account", None)
    if not isinstance(found, Account):
        raise SignInNeededError
    return found


def demand(request: Request, action: Action, province_code: str) -> None:
    """Raise 404, as for something that is not there, unless the account may do that with this province's data."""
    if not may(account(request), action, province_code):
        raise HTTPException(404)


def guarded(action: Action) -> Callable[[Request], None]:
    """The dependency of a route that does that action: finds the account, refuses roles that never may."""

    def guard(request: Request) -> None:
        found = portal_of(request).doorkeeper.whose(token_of(request))
        request.state.account = found
        if action is Action.PUBLIC:
            return
        if found is None:
            raise SignInNeededError
        if reach(found.role, action) is Reach.NONE:
            raise HTTPException(404)

    return guard


async def checked_form(request: Request) -> None:
    """The dependency of a route that changes something: 403 unless the token of our own page comes with it."""
    given = request.headers.get(CSRF_HEADER, "")
    if not given and "form" in request.headers.get("content-type", ""):
        given = str((await request.form()).get(CSRF_FIELD, ""))
    origin = request.headers.get("origin")
    is_ours = origin is None or origin == f"{request.url.scheme}://{request.url.netloc}"
    if not is_ours or not hmac.compare_digest(given.encode(), csrf_token(request).encode()):
        raise HTTPException(403)


def csrf_token(request: Request) -> str:
    """The token of the forms of a page: bound to the session of whoever sees it."""
    key = portal_of(request).csrf_key
    return hmac.new(key, b"csrf/" + token_of(request).encode(), hashlib.sha256).hexdigest()


def token_of(request: Request) -> str:
    """The token of the session; one of a visitor is made at the first page and set with it."""
    if not hasattr(request.state, "token"):
        request.state.token = request.cookies.get(SESSION_COOKIE) or new_token()
    return str(request.state.token)


def new_token() -> str:
    """A token that nobody can guess."""
    return secrets.token_urlsafe(32)
