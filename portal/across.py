"""Pairs of the own province and another one: each province says its word on its own record, both together decide."""

from typing import Annotated, Literal

from fastapi import Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from pipeline import cross_review
from portal.asking import national_store, store_of
from portal.context import account, portal_of
from portal.guard import demand, refuse
from portal.pages import language_of, page
from portal.rights import Action
from portal.routes import Routes
from schemas import code_lists, messages
from store import cross_pairs
from store.account_tables import AccountRole
from store.cross_pairs import CrossPair, Word

routes = Routes("/across")
Id = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
Answer = Literal["same", "different", "unsure", "undone"]


@routes.get("", Action.DECIDE_DUPLICATE)
def pile(request: Request) -> Response:
    """On to the next pair that this province has to say something of; a page that says so if none waits."""
    following = _next(request)
    if following is None:
        return page(request, "across_none.html")
    return RedirectResponse(following, 303)


@routes.get("/{left}/{right}", Action.DECIDE_DUPLICATE)
def one_pair(request: Request, left: Id, right: Id) -> Response:
    """The own record of a pair, and of the other province's only which fields say the same."""
    pair, own = _pair(request, left, right), account(request).province_code
    work = portal_of(request).at_work
    work.look_at(_pile_name(request), (pair.left, pair.right), account(request).name)
    # A reviewer sees its own pile in clear; a lead says why on the pages of the pairs of the province.
    is_clear = account(request).role is AccountRole.REVIEWER or work.why_clear(account(request).name) is not None
    seen = cross_review.view(national_store(request), pair, own, language_of(request), is_clear=is_clear)
    return page(
        request, "across.html", pair=pair, seen=seen, path_of=_path((pair.left, pair.right)), is_clear=is_clear,
        other=_name_of(pair.other(own)), waiting=len(order(request)),
    )  # fmt: skip


@routes.post("/{left}/{right}", Action.DECIDE_DUPLICATE)
def say(
    request: Request, left: Id, right: Id, answer: Annotated[Answer, Form()],
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:  # fmt: skip
    """Say the word of the own province, take it back, or put the pair at the end; on to the next one."""
    pair, who = _pair(request, left, right), account(request)
    work, name, thing = portal_of(request).at_work, _pile_name(request), (pair.left, pair.right)
    if answer == "unsure":
        work.put_aside(name, thing, who.name)
        return RedirectResponse(_next(request, thing) or "/across", 303)
    why = reason.strip() or messages.text("reviewing.seen", language_of(request))
    word = Word(answer, who.name, why)
    cross_review.say(national_store(request), store_of(request), pair, who.province_code, word)
    work.take_up(name, thing, who.name)
    work.forget(name)
    return RedirectResponse(_path(thing) if answer == "undone" else _next(request, thing) or "/across", 303)


def order(request: Request) -> tuple[tuple[str, ...], ...]:
    """The pairs of the own province and others that wait for its word."""
    nation, own = national_store(request), account(request).province_code
    return portal_of(request).at_work.pile(
        _pile_name(request), lambda: cross_pairs.waiting(nation, own, cross_review.MOST)
    )


def _pair(request: Request, left: str, right: str) -> CrossPair:
    """The pair, if one of its records is of the account's province; else 404, whether there is one."""
    found, own = cross_pairs.pair(national_store(request), left, right), account(request).province_code
    if found is None or own not in found.provinces:
        refuse(request, Action.DECIDE_DUPLICATE, "record", left)
    demand(request, Action.DECIDE_DUPLICATE, own)
    return found


def _next(request: Request, done: tuple[str, ...] = ()) -> str | None:
    work, who = portal_of(request).at_work, account(request).name
    for is_again in (False, True):
        if is_again:
            work.forget(_pile_name(request))
        for thing in work.in_turn(_pile_name(request), order(request), who):
            if thing != done or is_again:
                return _path(thing)
    return None


def _name_of(province_code: str) -> str:
    return next((r["name"] for r in code_lists.rows("provinces_34") if r["code"] == province_code), province_code)


def _pile_name(request: Request) -> str:
    return f"across/{account(request).province_code}"


def _path(thing: tuple[str, ...]) -> str:
    return f"/across/{thing[0]}/{thing[1]}"
