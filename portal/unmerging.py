"""Un-merging: a reviewer proposes that records leave a person, a lead approves just that; never one person alone."""

from typing import Annotated

from fastapi import Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from pipeline import person_changes, person_inquiries
from pipeline.acting import acting_as
from portal.asking import national_store, settings_of, store_of
from portal.context import account, portal_of
from portal.guard import refuse
from portal.pages import page
from portal.rights import Action
from portal.routes import Routes
from store import pair_views, proposals, reports
from store.account_tables import AccountRole

routes = Routes("/unmerge")
Id = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
_MOST = 100


@routes.get("", Action.UNMERGE)
def waiting(request: Request, person: Annotated[str, Query(max_length=40)] = "", done: str = "") -> Response:
    """What is proposed in the province; the form that asks for a person by its id."""
    if person.strip():
        return RedirectResponse(f"/unmerge/{_person(request, person.strip().lower())}", 303)
    store = store_of(request)
    found = [p for p in proposals.open_subjects(store, "person_unmerge", _MOST) if reports.current_person_id(store, p)]
    told = done if done in ("proposed", "approved") else ""
    return page(request, "unmerge_list.html", found=found, told=told)


@routes.get("/{person_id}", Action.UNMERGE)
def one_person(request: Request, person_id: Id) -> Response:
    """The records of a person with what joins them, masked; what is proposed of it."""
    current = _person(request, person_id)
    with acting_as(account(request).name):
        built = person_inquiries.how(current, settings_of(request))
    proposed = proposals.last(store_of(request), "person_unmerge", current)
    is_lead = account(request).role is AccountRole.LEAD
    return page(request, "unmerge.html", built=built, proposed=proposed, is_lead=is_lead)


@routes.post("/{person_id}", Action.UNMERGE)
def propose(
    request: Request, person_id: Id, reason: Annotated[str, Form(max_length=500)],
    record: Annotated[list[str] | None, Form()] = None,
) -> Response:  # fmt: skip
    """Propose that the ticked records leave the person: a reviewer alone may."""
    current, who = _person(request, person_id), account(request)
    _demand(request, current, AccountRole.REVIEWER)
    with acting_as(who.name):
        person_changes.propose_unmerge(current, record or [], who.name, reason, portal_of(request).settings)
    return RedirectResponse("/unmerge?done=proposed", 303)


@routes.post("/{person_id}/approve", Action.UNMERGE)
def approve(request: Request, person_id: Id) -> Response:
    """Carry out what was proposed of a person: a lead alone may."""
    current, who = _person(request, person_id), account(request)
    _demand(request, current, AccountRole.LEAD)
    with acting_as(who.name):
        person_changes.approve_unmerge(current, who.name, portal_of(request).settings)
    return RedirectResponse("/unmerge?done=approved", 303)


def _demand(request: Request, person_id: str, role: AccountRole) -> None:
    """404 unless that role asks, and every record of the person, in the whole nation, is of the account's province.

    The store changes persons for the nation only, so what limits the account is asked here, before.
    """
    who = account(request)
    everywhere = pair_views.provinces_of(national_store(request), person_id)
    if who.role is not role or everywhere != {who.province_code}:
        refuse(request, Action.UNMERGE, "person", person_id)


def _person(request: Request, given: str) -> str:
    """The present id of a person that this account's province has; else 404."""
    found = reports.current_person_id(store_of(request), given)
    if found is None:
        refuse(request, Action.UNMERGE, "person", given)
    return found
