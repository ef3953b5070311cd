"""Signing in by way of an identity provider: there, back again with an answer that is taken once, and out of both.

The browser comes back from another site, so the strict cookie of the session is not sent: a cookie of its own, for ten
minutes, tells that it is the browser that went; and a page of ours, not a redirect, leads on from there.
"""

from typing import Annotated
from urllib.parse import quote

from fastapi import Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from pipeline import sign_in
from pipeline.identity_provider import IdentityProvider
from portal.context import portal_of
from portal.guard import cookie_name, new_token
from portal.pages import page, safe_path, set_session
from portal.rights import Action
from portal.routes import Routes
from portal.signing_in import place_of, slow_down
from schemas.errors import UsageError

routes = Routes("/sign-in/provider")
KEPT_COOKIE = "sohoa_identity"
_LONGEST = 2_000
_SECONDS = 600
Text = Annotated[str, Query(max_length=_LONGEST)]


@routes.get("", Action.PUBLIC)
def go(request: Request, back: Annotated[str, Query(alias="next", max_length=200)] = "/") -> Response:
    """On to the provider."""
    slow_down(request)
    begun = _provider(request).begin(_own(request, "/back"), safe_path(back))
    answer = RedirectResponse(begun.url, 303)
    answer.set_cookie(
        cookie_name(request, KEPT_COOKIE), begun.kept, httponly=True, samesite="lax",
        secure=portal_of(request).is_secure, path="/", max_age=_SECONDS,
    )  # fmt: skip
    return answer


@routes.get("/back", Action.PUBLIC)
def come_back(request: Request, state: Text = "", code: Text = "", iss: Text = "", error: Text = "") -> Response:
    """Take the answer of the provider; a session begins, which waits for our own code where the provider asked none."""
    slow_down(request)
    provider, portal = _provider(request), portal_of(request)
    kept = request.cookies.get(cookie_name(request, KEPT_COOKIE), "")
    if error or not code:
        return _refused(request, "identity.refused")
    try:
        identity = provider.finish(state, code, kept, iss)
    except UsageError as wrong:
        return _refused(request, wrong.code)
    token = new_token()
    found = sign_in.with_identity(
        portal.gate, identity.key, token, place_of(request, is_federated=True), has_factor=identity.has_factor
    )
    if found == "refused":
        return _refused(request, "identity.unknown")
    goes = {"code": "/sign-in/code", "new_code": "/sign-in/new-code"}.get(found)
    where = identity.back if goes is None else f"{goes}?next={quote(identity.back)}"
    request.state.token = token
    answer = page(request, "onward.html", where=where, title="identity.welcome", is_page=False)
    answer.delete_cookie(cookie_name(request, KEPT_COOKIE), path="/", secure=portal.is_secure, httponly=True)
    set_session(request, answer, token)
    return answer


@routes.get("/ended", Action.PUBLIC)
def ended(request: Request) -> Response:
    """Signed out here; on to where the session at the provider is ended, if it says where."""
    where = _provider(request).end_url(_own(request, "").removesuffix("/provider"))
    return page(request, "onward.html", where=where or "/sign-in", title="identity.ended", is_page=False)


def _provider(request: Request) -> IdentityProvider:
    found = portal_of(request).provider
    if found is None:
        raise HTTPException(404)
    return found


def _own(request: Request, path: str) -> str:
    """An address of ours, as browsers know it: the shield lets known hosts alone through."""
    scheme = "https" if portal_of(request).is_secure else "http"
    return f"{scheme}://{request.headers.get('host', '')}{routes.prefix}{path}"


def _refused(request: Request, code: str) -> Response:
    return page(request, "refused.html", 401, code=code, is_page=False)
