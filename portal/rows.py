"""Rows in quarantine of a province: which rule keeps out how many, and each row, accepted or rejected with a reason.

Values are masked, as on the command line: who mends a row has its error file, or the desk.
"""

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from pipeline import row_judging, waiting_rows
from pipeline.acting import acting_as
from pipeline.settings import Settings
from portal.asking import settings_of
from portal.context import account
from portal.guard import refuse
from portal.pages import language_of, page
from portal.rights import Action
from portal.routes import Routes
from schemas import rules
from schemas.errors import UsageError

routes = Routes("/rows")
Id = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
Rule = Annotated[str, Query(max_length=80)]
Answer = Literal["accept", "reject", "undo"]
_MOST = 50
_NOT_THERE = ("store.row_unknown", "store.row_mended")


@routes.get("", Action.DECIDE_DUPLICATE)
def pile(request: Request, rule: Rule = "", done: Annotated[str, Query(max_length=10)] = "") -> Response:
    """What waits, by rule, and the first rows of all or of one rule."""
    of = rule if rule in rules.all_rules() else None
    with acting_as(account(request).name):
        found = waiting_rows.pile(None, of, _MOST, _settings(request))
    told = done if done in ("accept", "reject", "undo") else ""
    return page(request, "rows.html", found=found, rule=of or "", told=told)


@routes.post("/{record_id}", Action.DECIDE_DUPLICATE)
def decide(
    request: Request, record_id: Id, answer: Annotated[Answer, Form()], reason: Annotated[str, Form(max_length=500)],
    rule: Annotated[str, Form(max_length=80)] = "",
) -> Response:  # fmt: skip
    """Accept or reject a row, or take the decision that stands about it back; each with a reason."""
    try:
        with acting_as(account(request).name):
            row_judging.decide(
                record_id, accept=answer == "accept", reject=answer == "reject", undo=answer == "undo",
                author=account(request).name, reason=reason, settings=_settings(request),
            )  # fmt: skip
    except UsageError as wrong:
        if wrong.code in _NOT_THERE:
            refuse(request, Action.DECIDE_DUPLICATE, "record", record_id)
        raise
    of = f"rule={rule}&" if rule in rules.all_rules() else ""
    return RedirectResponse(f"/rows?{of}done={answer}", 303)


def _settings(request: Request) -> Settings:
    return replace(settings_of(request), language=language_of(request))
