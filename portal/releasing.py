"""Letting a stopped batch in: a lead of its province who did not send it says why; then it goes on by itself."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from pipeline import gate_release, released_batches
from pipeline.acting import acting_as
from portal.asking import settings_of, store_of
from portal.context import account, portal_of
from portal.guard import demand, refuse
from portal.pages import language_of
from portal.rights import Action, may
from portal.routes import Routes
from quality import wording
from store import batch_lists, gate_releases
from store.batch_lists import ListedBatch

routes = Routes("/release")
Id = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]


@routes.post("/{batch_id}", Action.APPROVE)
def let_in(request: Request, batch_id: Id, reason: Annotated[str, Form(max_length=500)]) -> Response:
    """Let a stopped batch in; back to its page, which tells how it goes on."""
    found = batch_lists.one(store_of(request), batch_id)
    if found is None:
        refuse(request, Action.APPROVE, "batch", batch_id)
    demand(request, Action.APPROVE, found.province_code)
    who = account(request)
    with acting_as(who.name):  # for the nation: only that sees in the audit who sent the batch
        released_batches.let_in(batch_id, reason, who.name, portal_of(request).settings)
    return RedirectResponse(f"/batches/{batch_id}", 303)


def shown(request: Request, batch: ListedBatch) -> Mapping[str, Any] | None:
    """What the page of a batch tells of why it was stopped, and of its release; None if it was not stopped.

    Who let it in and why is told to the province alone.
    """
    if batch.state != "stopped" or not may(account(request), Action.READ_REPORT, batch.province_code):
        return None
    store, language = store_of(request), language_of(request)
    broken = gate_release.broken_by(store, batch.batch_id)
    said = gate_releases.last_said(store, batch.batch_id)
    mark = released_batches.mark_of(batch.batch_id, settings_of(request))
    is_own = may(account(request), Action.UPLOAD, batch.province_code)
    return {
        "broken": [(b.rule_id, wording.number(b.unexpected, language)) for b in broken],
        "never": [b.rule_id for b in broken if not gate_release.may_be_released(b.rule_id)],
        "said": said if is_own else None,
        "at": wording.moment(said.recorded_at, language) if said else "",
        "state": mark.state if mark else "",
        "waits": mark.reason if mark else "",
        "may": bool(broken) and may(account(request), Action.APPROVE, batch.province_code)
        and (mark is None or mark.state != "waiting"),
    }  # fmt: skip
