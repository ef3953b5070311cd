"""The guard before every route: who asks, may that be, was the form ours. A refusal looks like what is not there."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import NoReturn

from fastapi import Request
from starlette.exceptions import HTTPException

from portal.asking import store_of
from portal.context import Doorkeeper, SignInNeededError, account, portal_of
from portal.rights import Action, Reach, may, reach
from store import audit
from store.audit import Event

__all__ = ["Doorkeeper", "SignInNeededError", "account", "checked_form", "demand", "guarded", "refuse"]
CSRF_FIELD, CSRF_HEADER = "csrf_token", "X-CSRF-Token"
SESSION_COOKIE = "sohoa_session"
_FREE = (Action.PUBLIC, Action.OWN_ACCOUNT)


class PasswordNeededError(Exception):
    """The account has to choose a password of its own first."""


def guarded(action: Action) -> Callable[[Request], None]:
    """The dependency of a route that does that action: finds the account, refuses roles that never may."""

    def guard(request: Request) -> None:
        if action is Action.STATIC:
            return
        found = portal_of(request).doorkeeper.whose(token_of(request))
        request.state.account = found
        if action is Action.PUBLIC:
            return
        if found is None:
            raise SignInNeededError
        if reach(found.role, action) is Reach.NONE:
            refuse(request, action)
        if found.must_change and action not in _FREE:
            raise PasswordNeededError

    return guard


def demand(request: Request, action: Action, province_code: str) -> None:
    """Refuse (404) unless the account may do that with this province's data."""
    if not may(account(request), action, province_code):
        refuse(request, action)


def refuse(request: Request, action: Action, kind: str = "", about: str = "") -> NoReturn:
    """Answer as for something that is not there, and tell the audit, whether it is there or not.

    For what the account may not see and for what nobody has: the same work is done, so that the time tells nothing.

    Args:
        request: of whom.
        action: what was asked for.
        kind: of what, for the audit: batch, person ...
        about: its id; the audit has its pseudonym.
    """
    event = Event(
        "portal.denied",
        kind,
        about,
        province_code=account(request).province_code,
        reason=action.value,
        outcome="refused",
    )
    audit.record(store_of(request), event)
    raise HTTPException(404)


async def checked_form(request: Request) -> None:
    """The dependency of a route that changes something: 403 unless the token of our own page comes with it."""
    given = request.headers.get(CSRF_HEADER, "")
    if not given and "form" in request.headers.get("content-type", ""):
        given = str((await request.form()).get(CSRF_FIELD, ""))
    is_same = hmac.compare_digest(given.encode(), csrf_token(request).encode())
    if not (is_same and _is_from_here(request)):
        raise HTTPException(403)


def _is_from_here(request: Request) -> bool:
    """Does the browser say that one of our pages sends this, if it says anything?"""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    is_ours = origin is None or origin.partition("://")[2] == request.url.netloc
    return is_ours and site in (None, "same-origin", "none")


def csrf_token(request: Request) -> str:
    """The token of the forms of a page: bound to the session of whoever sees it."""
    key = portal_of(request).csrf_key
    return hmac.new(key, b"csrf/" + token_of(request).encode(), hashlib.sha256).hexdigest()


def token_of(request: Request) -> str:
    """The token of the session; one of a visitor is made at the first page and set with it."""
    if not hasattr(request.state, "token"):
        request.state.token = request.cookies.get(cookie_name(request, SESSION_COOKIE)) or new_token()
    return str(request.state.token)


def cookie_name(request: Request, name: str) -> str:
    """The name of a cookie: behind TLS with the prefix by which browsers take it from this very host alone."""
    return f"__Host-{name}" if portal_of(request).is_secure else name


def new_token() -> str:
    """A token that nobody can guess."""
    return secrets.token_urlsafe(32)
