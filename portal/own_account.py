"""One's own account: who one is, and a new password."""

from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import Response

from pipeline import sign_in
from portal.context import account, portal_of
from portal.guard import token_of
from portal.pages import language_of, page
from portal.rights import Action
from portal.routes import Routes
from schemas import messages
from schemas.errors import UsageError

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


def _own(request: Request, status: int = 200, wrong: str = "", *, is_done: bool = False) -> Response:
    must_change = account(request).must_change and not is_done
    return page(request, "account.html", status, wrong=wrong, is_done=is_done, must_change=must_change)
