"""Undoing a batch: a lead proposes it with the plan before the eyes, another lead approves just that."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from pipeline import batch_undo, four_eyes
from pipeline.acting import acting_as
from portal.asking import store_of
from portal.context import account, portal_of
from portal.guard import demand, refuse
from portal.pages import language_of, page
from portal.rights import Action
from portal.routes import Routes
from quality import wording
from schemas import messages
from schemas.errors import UsageError
from store import batch_lists, proposals
from store.batch_lists import ListedBatch
from store.proposals import Proposal

routes = Routes("/undo")
Id = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
_MOST = 100


@routes.get("", Action.APPROVE)
def waiting(request: Request, done: str = "") -> Response:
    """What is proposed in the province and not carried out."""
    store = store_of(request)
    found = [_shown(request, b) for b in proposals.open_subjects(store, "batch_undo", _MOST)]
    told = done if done in ("proposed", "undone") else ""
    return page(request, "undo_list.html", found=[each for each in found if each], told=told)


@routes.get("/{batch_id}", Action.APPROVE)
def one_batch(request: Request, batch_id: Id) -> Response:
    """What would happen if the batch were undone, in counts, and what is proposed of it."""
    listed = _listed(request, batch_id)
    plan, refused = None, ""
    try:
        with acting_as(account(request).name):
            plan = batch_undo.plan(batch_id, portal_of(request).settings)
    except UsageError as wrong:
        refused = wrong.code
    proposed = proposals.last(store_of(request), "batch_undo", batch_id)
    is_own = proposed is not None and four_eyes.one_person(proposed.author, account(request).name)
    return page(
        request, "undo.html", batch=listed, moment=wording.moment(listed.recorded_at, language_of(request)),
        counts=_counts(request, plan) if plan else [], refused=refused, proposed=_told(request, proposed),
        is_own=is_own, is_changed=bool(plan and proposed and proposed.plan != plan["plan"]),
    )  # fmt: skip


@routes.post("/{batch_id}", Action.APPROVE)
def propose(request: Request, batch_id: Id, reason: Annotated[str, Form(max_length=500)]) -> Response:
    """Propose that the batch be undone."""
    _listed(request, batch_id)
    who = account(request)
    with acting_as(who.name):
        batch_undo.propose(batch_id, reason, who.name, portal_of(request).settings)
    return RedirectResponse("/undo?done=proposed", 303)


@routes.post("/{batch_id}/approve", Action.APPROVE)
def approve(request: Request, batch_id: Id) -> Response:
    """Undo the batch as another lead proposed it."""
    _listed(request, batch_id)
    who = account(request)
    with acting_as(who.name):
        batch_undo.approve(batch_id, who.name, portal_of(request).settings)
    return RedirectResponse("/undo?done=undone", 303)


def _listed(request: Request, batch_id: str) -> ListedBatch:
    """The batch, if it is of the lead's province; else 404: the store undoes for the nation only."""
    found = batch_lists.one(store_of(request), batch_id)
    if found is None:
        refuse(request, Action.APPROVE, "batch", batch_id)
    demand(request, Action.APPROVE, found.province_code)
    return found


def _shown(request: Request, batch_id: str) -> Mapping[str, Any] | None:
    listed = batch_lists.one(store_of(request), batch_id)
    if listed is None:
        return None
    told = _told(request, proposals.last(store_of(request), "batch_undo", batch_id)) or {}
    moment = wording.moment(listed.recorded_at, language_of(request))
    return {"batch_id": batch_id, "short": batch_id[:8], "moment": moment, **told}


def _told(request: Request, proposed: Proposal | None) -> Mapping[str, str] | None:
    if proposed is None:
        return None
    at = wording.moment(proposed.recorded_at, language_of(request)) if proposed.recorded_at else ""
    return {"who": proposed.author, "why": proposed.reason, "at": at}


def _counts(request: Request, plan: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What would happen, in words, the counts that are not zero."""
    language = language_of(request)
    return [
        (messages.text(f"undo.count.{name}", language), wording.number(count, language))
        for name, count in plan.items()
        if f"undo.count.{name}" in messages.catalogue(language) and count
    ]
