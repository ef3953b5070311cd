"""Render the pages: templates with the texts of the catalogue, in the language of whoever looks."""

from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from portal.context import portal_of
from portal.guard import CSRF_FIELD, SESSION_COOKIE, cookie_name, csrf_token, token_of
from portal.rights import Action, Reach, reach
from schemas import code_lists, messages
from schemas.messages import LANGUAGES, Language
from store.accounts import Account

LANGUAGE_COOKIE = "sohoa_language"
WAYS: tuple[tuple[Action, str, str], ...] = (
    (Action.UPLOAD, "/uploads", "portal.uploads"),
    (Action.FOLLOW, "/batches", "portal.batches"),
    (Action.READ_REPORT, "/reports", "portal.months"),
    (Action.DECIDE_DUPLICATE, "/pairs", "reviewing.pairs"),
    (Action.DECIDE_DUPLICATE, "/scans", "reviewing.scans"),
    (Action.DECIDE_DUPLICATE, "/rows", "reviewing.rows"),
    (Action.UNMERGE, "/unmerge", "reviewing.unmerge"),
    (Action.APPROVE, "/undo", "undoing.title"),
    (Action.AUDIT, "/reveal", "revealing.title"),
    (Action.PROPOSE_ACCOUNT, "/accounts", "portal.accounts"),
    (Action.APPROVE_ACCOUNT, "/accounts/proposals", "portal.proposals"),
)
"""Where the navigation leads: action that an account must be able to do, path, key of the text."""
_BELONGS_TO = {"/across": "/pairs"}
"""Pages that are reached from one of these."""


def _way_of(path: str) -> str:
    """The path, or that of the way that leads to it."""
    return next((way for start, way in _BELONGS_TO.items() if path.startswith(start)), path)


def page(request: Request, template: str, /, status: int = 200, **context: Any) -> HTMLResponse:
    """A page from `templates/`.

    Templates have `t(key, **values)` (a text of the catalogue), `t_wrong(code)` and `t_do(code)` (the two sentences of
    an error or a rule), `account` (or None), `office` (its province and commune in words), `can(action)` (does the role
    ever do that), `csrf()` (the hidden field that each form holds), `csrf_token`, `language`, `path`, `way` (that of
    the navigation that leads here), and what is given here.
    """
    who = getattr(request.state, "account", None)
    language = language_of(request)
    own = {
        "t": lambda key, **values: messages.text(key, language, **values), "language": language, "account": who,
        "office": _office(who), "can": lambda action: who is not None and _can(who, action), "ways": WAYS,
        "csrf": lambda: _CSRF.format(CSRF_FIELD, csrf_token(request)), "csrf_token": csrf_token(request),
        "path": request.url.path, "way": _way_of(request.url.path),
        "t_wrong": lambda code: messages.wrong(code, language),
        "t_do": lambda code: messages.what_to_do(code, language),
    }  # fmt: skip
    html = _templates().get_template(template).render(**own, **context)
    answer = HTMLResponse(html, status)
    set_session(request, answer, token_of(request))
    return answer


def language_of(request: Request) -> Language:
    """The language that the reader chose; Vietnamese, if none."""
    given = request.cookies.get(cookie_name(request, LANGUAGE_COOKIE))
    return next((known for known in LANGUAGES if known == given), "vi")


def set_session(request: Request, answer: Response, token: str) -> None:
    """Give the token of a session to the browser, unless it has it."""
    name = cookie_name(request, SESSION_COOKIE)
    if request.cookies.get(name) != token:
        answer.set_cookie(name, token, httponly=True, samesite="strict", secure=portal_of(request).is_secure, path="/")


_CSRF = Markup('<input type="hidden" name="{}" value="{}">')


def safe_path(given: str) -> str:
    """A path of this portal; "/" for anything else."""
    is_ours = given.startswith("/") and not given.startswith("//") and given.isprintable() and "\\" not in given
    return given if is_ours else "/"


def _can(account: Account, action: str) -> bool:
    return reach(account.role, Action(action)) is not Reach.NONE


def _office(account: Account | None) -> str:
    if account is None or not account.province_code:
        return ""
    province = next((r["name"] for r in code_lists.rows("provinces_34") if r["code"] == account.province_code), "")
    return ", ".join(filter(None, (account.office, province)))


@cache
def _templates() -> Environment:
    return Environment(
        loader=FunctionLoader(_template), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip


@cache
def _template(name: str) -> str:
    return files("portal").joinpath("templates", name).read_text("utf-8")
