"""Pairs that may be one person: one a page, both records side by side, decided by a key; then the next one.

The score of the model is never on that page, so that decisions stay blind to it; it has a page of its own, which the
audit names. Pairs across provinces are of no province: `portal.across` asks both.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from pipeline import pair_review, person_inquiries
from pipeline.acting import acting_as
from pipeline.inquiries import Row
from pipeline.person_drawings import pair_picture, pair_tables
from portal import across
from portal.asking import settings_of, store_of
from portal.context import account, portal_of
from portal.guard import demand, refuse
from portal.pages import language_of, page
from portal.rights import Action
from portal.routes import Routes
from schemas import messages
from store import audit, pair_views
from store.account_tables import AccountRole
from store.audit import Event
from store.pair_views import Pair

routes = Routes("/pairs")
Id = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
Reason = Annotated[str, Form(max_length=500)]
Answer = Literal["same", "different", "unsure"]
PICTURE_CSP = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""A picture has its style inside, and nothing else."""
_MOST_TRIED = 500


@dataclass(frozen=True)
class _Last:
    """What this account decided last: the pair and the decision in words."""

    path: str
    said: str


@routes.get("", Action.DECIDE_DUPLICATE)
def pile(request: Request) -> Response:
    """On to the pair that this account decides next; a page that says so if none waits."""
    following = _next(request)
    if following is None:
        return page(request, "pairs_none.html", last=_last(request), across=len(across.order(request)))
    return RedirectResponse(following, 303)


@routes.post("/undo", Action.DECIDE_DUPLICATE)
def undo(request: Request) -> Response:
    """Take back what this account decided last, and show that pair again."""
    store, who = store_of(request), account(request).name
    last = pair_views.last_of(store, who)
    if last is None:
        return RedirectResponse("/pairs", 303)
    pair = _pair(request, last[0], last[1])
    pair_review.undo(store, pair, who, _by_default(request))
    portal_of(request).at_work.forget(_pile_name(request))
    return RedirectResponse(_path(pair), 303)


@routes.post("/reveal", Action.DECIDE_DUPLICATE)
def reveal(request: Request, reason: Reason, left: Annotated[str, Form()], right: Annotated[str, Form()]) -> Response:
    """Show this account values in clear for ten minutes, each time as an event of the audit, because of that reason."""
    pair = _pair(request, left, right)
    if reason.strip():
        portal_of(request).at_work.see_clear(account(request).name, reason.strip())
    return RedirectResponse(_path(pair), 303)


@routes.get("/{left}/{right}", Action.DECIDE_DUPLICATE)
def one_pair(request: Request, left: Id, right: Id) -> Response:
    """A pair: field by field, households, what was decided before."""
    pair = _pair(request, left, right)
    work, name = portal_of(request).at_work, _pile_name(request)
    work.look_at(name, (pair.left, pair.right), account(request).name)
    why = _why_clear(request)
    seen = pair_review.view(store_of(request), pair, language_of(request), why)
    return page(
        request, "pair.html", pair=pair, path_of=_path(pair), seen=seen, is_clear=why is not None,
        waiting=len(_order(request)), last=_last(request), across=len(across.order(request)),
    )  # fmt: skip


@routes.post("/{left}/{right}", Action.DECIDE_DUPLICATE)
def decide(request: Request, left: Id, right: Id, answer: Annotated[Answer, Form()], reason: Reason = "") -> Response:
    """Decide a pair, or put it at the end of one's own pile; on to the next one."""
    pair = _pair(request, left, right)
    store, who, work = store_of(request), account(request).name, portal_of(request).at_work
    name, thing = _pile_name(request), (pair.left, pair.right)
    if answer == "unsure":
        audit.record(store, Event("review.put_aside", "record", *thing, province_code=account(request).province_code))
        work.put_aside(name, thing, who)
    else:
        pair_review.decide(store, pair, answer, who, reason.strip() or _by_default(request))
        work.take_up(name, thing, who)
    return RedirectResponse(_next(request, thing) or "/pairs", 303)


@routes.get("/{left}/{right}/score", Action.DECIDE_DUPLICATE)
def score(request: Request, left: Id, right: Id) -> Response:
    """What the model found of a pair, step by step, in words and as a picture; the audit names who looked."""
    pair = _pair(request, left, right)
    language = language_of(request)
    told = pair_tables(_found(request, pair), language)
    (found, steps) = told[0][1][0], told[1][1]
    past = pair_views.history(store_of(request), pair)
    is_decided = bool(past) and past[-1].decision != "undone"
    return page(request, "score.html", path_of=_path(pair), found=found, steps=steps, is_decided=is_decided)


@routes.get("/{left}/{right}/score.svg", Action.DECIDE_DUPLICATE)
def score_picture(request: Request, left: Id, right: Id) -> Response:
    """The picture of it: no name stands in it."""
    drawn = pair_picture(_found(request, _pair(request, left, right))[0], language_of(request))
    return Response(drawn, 200, {"Content-Security-Policy": PICTURE_CSP}, "image/svg+xml")


def _pair(request: Request, left: str, right: str) -> Pair:
    """The pair, if this account may decide it: both records are of its province; else 404, whether there is one."""
    found = pair_views.pair(store_of(request), left, right)
    if found is None or len(found.provinces) != 1:
        refuse(request, Action.DECIDE_DUPLICATE, "record", left)
    demand(request, Action.DECIDE_DUPLICATE, next(iter(found.provinces)))
    return found


def _found(request: Request, pair: Pair) -> list[Row]:
    with acting_as(account(request).name):
        found = person_inquiries.why(pair.left, pair.right, settings_of(request))
    if not found:
        refuse(request, Action.DECIDE_DUPLICATE, "record", pair.left)
    return found


def _order(request: Request) -> tuple[tuple[str, ...], ...]:
    store, settings = store_of(request), settings_of(request)
    return portal_of(request).at_work.pile(_pile_name(request), lambda: pair_review.in_order(store, settings))


def _next(request: Request, done: tuple[str, ...] = ()) -> str | None:
    """The path of the pair that comes next; what was decided since the pile was ordered is passed over."""
    work, store, who = portal_of(request).at_work, store_of(request), account(request).name
    name = _pile_name(request)
    for is_again in (False, True):
        if is_again:
            work.forget(name)
        for at, thing in enumerate(work.in_turn(name, _order(request), who)):
            if at > _MOST_TRIED:
                break
            found = pair_views.pair(store, thing[0], thing[1]) if thing != done or is_again else None
            if found is not None and found.is_open and len(found.provinces) == 1:
                return _path(found)
    return None


def _why_clear(request: Request) -> str | None:
    """A reviewer sees its own pile in clear; a lead says why (the matrix of roles)."""
    who = account(request)
    return "" if who.role is AccountRole.REVIEWER else portal_of(request).at_work.why_clear(who.name)


def _last(request: Request) -> _Last | None:
    last = pair_views.last_of(store_of(request), account(request).name)
    if last is None:
        return None
    return _Last(f"/pairs/{last[0]}/{last[1]}", messages.text(f"person.decision.{last[2]}", language_of(request)))


def _by_default(request: Request) -> str:
    return messages.text("reviewing.seen", language_of(request))


def _pile_name(request: Request) -> str:
    return f"pairs/{account(request).province_code}"


def _path(pair: Pair) -> str:
    return f"/pairs/{pair.left}/{pair.right}"
