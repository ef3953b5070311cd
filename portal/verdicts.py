"""Before sending: what the gate would say of the whole draft, so that nobody learns it after the batch was stopped."""

from fastapi import Request
from fastapi.responses import Response

from pipeline import drafts
from portal.desk_room import draft_of, room_of, seen_of, surroundings
from portal.pages import language_of, page
from portal.rights import Action
from portal.routes import Routes
from quality import wording
from schemas.errors import SohoaError

routes = Routes("/desk")
_WAIT = 8.0


@routes.get("/{draft_id}/verdict", Action.UPLOAD)
def verdict(request: Request, draft_id: str) -> Response:
    """The sums of the check, and the verdict of the gate; the page asks again by itself while that is worked out."""
    draft = draft_of(request, draft_id)
    checked = seen_of(request, draft, _WAIT).checked
    found, failed = None, ""
    if checked is not None:
        try:
            found = room_of(request).verdict(draft, *surroundings(request), _WAIT)
        except SohoaError as refused:
            failed = refused.code
    language = language_of(request)
    totals = checked.totals if checked else None
    return page(
        request, "verdict.html", draft_id=draft_id, names=drafts.names_of(draft), found=found, failed=failed,
        totals={n: wording.number(getattr(totals, n), language) for n in _SHOWN} if totals else {},
        stops=[(rule, wording.number(count, language)) for rule, count in found.stops] if found else [],
        persons=wording.number(found.persons, language) if found else "",
        can_send=checked is not None and checked.can_be_sent and draft.standing.state in ("open", "stopped", "failed"),
    )  # fmt: skip


_SHOWN = ("read", "fit", "blocked", "review", "known", "rejected")
