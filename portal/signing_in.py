"""The pages of signing in: name and password, then the code, the first time with a new second factor; signing out."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from pipeline import codes, session_places, sign_in
from pipeline.sign_in import Gate
from portal.context import account, portal_of
from portal.guard import new_token, token_of
from portal.pages import language_of, page, safe_path, set_session
from portal.rights import Action
from portal.routes import Routes
from quality import qr
from quality.svg import Caption
from schemas import messages
from store import sessions
from store.accounts import Account
from store.sessions import Place

routes = Routes()
_LONGEST = 200
_OK = 200
Short = Annotated[str, Form(max_length=_LONGEST)]
Back = Annotated[str, Form(alias="next", max_length=_LONGEST)]


@dataclass(frozen=True)
class StoredSessions:
    """The doorkeeper that asks the store."""

    gate: Gate

    def whose(self, token: str) -> Account | None:
        """The account of a full session."""
        found = sessions.session(self.gate.store, token, self.gate.now())
        return found.account if found is not None and found.is_full else None


@routes.get("/sign-in", Action.PUBLIC)
def sign_in_page(request: Request, back: Annotated[str, Query(alias="next", max_length=_LONGEST)] = "/") -> Response:
    """The form of name and password."""
    if getattr(request.state, "account", None) is not None:
        return RedirectResponse("/", 303)
    return _form(request, back, 200)


@routes.post("/sign-in", Action.PUBLIC)
def try_password(request: Request, name: Short, password: Short, back: Back = "/") -> Response:
    """Take a name and a password; a new session begins."""
    slow_down(request)
    token = new_token()
    found = sign_in.with_password(portal_of(request).gate, name, password, token, place_of(request))
    if found == "refused":
        return _form(request, back, 401)
    goes = {"code": "/sign-in/code", "new_code": "/sign-in/new-code"}.get(found)
    where = safe_path(back) if goes is None else f"{goes}?next={quote(safe_path(back))}"
    return _with_session(request, RedirectResponse(where, 303), token)


@routes.get("/sign-in/code", Action.PUBLIC)
def code_page(request: Request, back: Annotated[str, Query(alias="next", max_length=_LONGEST)] = "/") -> Response:
    """The form of the code."""
    if sign_in.half(portal_of(request).gate, token_of(request)) is None:
        return RedirectResponse("/sign-in", 303)
    return page(request, "code.html", back=safe_path(back), is_wrong=False)


@routes.post("/sign-in/code", Action.PUBLIC)
def try_code(request: Request, code: Short, back: Back = "/") -> Response:
    """Take a code; the session is renewed."""
    slow_down(request)
    gate, old, token = portal_of(request).gate, token_of(request), new_token()
    stored = sign_in.half(gate, old)
    if stored is None:
        return RedirectResponse("/sign-in", 303)
    if not stored.secret or not sign_in.with_code(gate, stored, code, old, token, place=place_of(request)):
        return page(request, "code.html", 401, back=safe_path(back), is_wrong=True)
    return _with_session(request, RedirectResponse(safe_path(back), 303), token)


@routes.get("/sign-in/new-code", Action.PUBLIC)
def new_code_page(request: Request, back: Annotated[str, Query(alias="next", max_length=_LONGEST)] = "/") -> Response:
    """A new second factor, as a picture and as letters."""
    stored = sign_in.half(portal_of(request).gate, token_of(request))
    if stored is None or stored.secret:
        return RedirectResponse("/sign-in", 303)
    return _new_code(request, stored.account, codes.new_secret(), safe_path(back), is_wrong=False)


@routes.post("/sign-in/new-code", Action.PUBLIC)
def try_new_code(request: Request, secret: Short, code: Short, back: Back = "/") -> Response:
    """Keep the second factor whose code was typed."""
    slow_down(request)
    gate, old, token = portal_of(request).gate, token_of(request), new_token()
    stored = sign_in.half(gate, old)
    if stored is None or stored.secret:
        return RedirectResponse("/sign-in", 303)
    known = secret if codes.is_secret(secret) else codes.new_secret()
    if not sign_in.with_code(gate, stored, code, old, token, known, place_of(request)):
        return _new_code(request, stored.account, known, safe_path(back), is_wrong=True)
    return _with_session(request, RedirectResponse(safe_path(back), 303), token)


@routes.post("/sign-out", Action.OWN_ACCOUNT)
def sign_out(request: Request) -> Response:
    """End the session."""
    portal = portal_of(request)
    was_federated = sign_in.sign_out(portal.gate, account(request), token_of(request))
    where = "/sign-in/provider/ended" if was_federated and portal.provider else "/sign-in"
    answer = _with_session(request, RedirectResponse(where, 303), new_token())
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def _form(request: Request, back: str, status: int) -> Response:
    has_provider = portal_of(request).provider is not None
    return page(
        request, "sign_in.html", status, back=safe_path(back), is_wrong=status != _OK, has_provider=has_provider
    )


def _new_code(request: Request, who: Account, secret: str, back: str, *, is_wrong: bool) -> Response:
    language = language_of(request)
    caption = Caption("code", messages.text("portal.new_code.picture", language), "")
    shown = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    picture = qr.code(codes.address(secret, who.name), caption)
    return page(
        request, "new_code.html", 401 if is_wrong else 200, secret=secret, shown=shown, picture=picture, back=back,
        is_wrong=is_wrong,
    )  # fmt: skip


def place_of(request: Request, *, is_federated: bool = False) -> Place:
    """From where a request comes, for the list of the own sessions."""
    address = request.client.host if request.client else ""
    return session_places.place_of(address, request.headers.get("user-agent", ""), is_federated=is_federated)


def slow_down(request: Request) -> None:
    """One address tries so often and no oftener: 429."""
    if not portal_of(request).tries.allows(request.client.host if request.client else ""):
        raise HTTPException(429)


def _with_session(request: Request, answer: RedirectResponse, token: str) -> RedirectResponse:
    set_session(request, answer, token)
    return answer
