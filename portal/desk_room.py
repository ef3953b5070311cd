"""The drafts that are on somebody's desk now: each with its last check in memory, checked anew after each change.

One check at a time, in a thread: checks are the only heavy work that the portal itself does, and a click must never
wait for one. Texts of persons are in the memory of this process alone, for the drafts that were looked at last.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from threading import Condition, Lock

from fastapi import Request
from starlette.exceptions import HTTPException

from pipeline import draft_check, draft_verdict, drafts
from pipeline.draft_log import Change, Entry, Move, Said, moved, replay
from pipeline.draft_verdict import Verdict
from pipeline.draft_view import Checked
from pipeline.drafts import Draft
from pipeline.settings import Settings
from portal.context import portal_of
from portal.guard import demand
from portal.rights import Action
from schemas.errors import SohoaError, UsageError
from store.engine import Store

_LOG = logging.getLogger(__name__)
_MOST_IN_MEMORY = 24
_MOST_WITH_MEMORY = 6
"""Drafts that are judged again in part; of the others only what is seen is kept."""
_PATIENCE = 600.0


@dataclass(frozen=True)
class Seen:
    """What is known of a draft: the last check with later corrections in its cells; whether a newer one is under way.

    `failed` is the code of what a check was refused for.
    """

    checked: Checked | None
    is_checking: bool
    failed: str = ""


@dataclass
class _Desk:
    """A draft in memory. `is_told`: what the running check finds is there already, it only tidies up."""

    news: Condition = field(default_factory=Condition)
    checked: Checked | None = None
    failed: str = ""
    files: int = -1
    running: Future[None] | None = None
    is_told: bool = True
    verdict: Future[Verdict] | None = None

    @property
    def is_checking(self) -> bool:
        """Is there more to be known?"""
        return self.running is not None and not self.is_told


class DeskRoom:
    """All drafts that are in memory."""

    def __init__(self) -> None:
        self._desks: OrderedDict[str, _Desk] = OrderedDict()
        self._lock = Lock()
        self._checking = ThreadPoolExecutor(1, "check")

    def look(self, draft: Draft, settings: Settings, store: Store, wait: float = 0.0) -> Seen:
        """What is known of a draft; a check is begun where there is none of its state. Waits so many seconds for it."""
        desk = self._desk(draft)
        with desk.news:
            if not self._is_fresh(desk, draft):
                self._begin(desk, draft, settings, store)
            if wait:
                desk.news.wait_for(lambda: not desk.is_checking, min(wait, _PATIENCE))
            return Seen(desk.checked, desk.is_checking, desk.failed)

    def correct(
        self, draft: Draft, find: Callable[[Checked], Sequence[Change]], settings: Settings, store: Store
    ) -> int:
        """Note the corrections that `find` makes of what is seen; how many cells that are. Raises UsageError."""
        desk = self._desk(draft)
        with desk.news:
            if desk.checked is None:
                return 0
            changes = tuple(find(desk.checked))
            if changes:
                drafts.correct(draft, changes)
                desk.checked = desk.checked.corrected(changes)
                self._begin(desk, draft, settings, store)
            return len(changes)

    def move(self, draft: Draft, where: Move, settings: Settings, store: Store) -> Sequence[Change]:
        """Undo or redo; the cells that it changed. Raises UsageError."""
        desk = self._desk(draft)
        with desk.news:
            changes = tuple(moved(draft.replayed, where))
            if changes:
                drafts.move(draft, where)
                if desk.checked is not None:
                    desk.checked = desk.checked.corrected(changes)
                self._begin(desk, draft, settings, store)
            return changes

    def say(self, draft: Draft, said: Said) -> None:
        """Note how the files are to be read; what was known of them is not so any more. Raises UsageError."""
        desk = self._desk(draft)
        with desk.news:
            drafts.say(draft, said)
            desk.checked = None

    def verdict(self, draft: Draft, settings: Settings, store: Store, wait: float = 0.0) -> Verdict | None:
        """What the gate would say of the draft as it stands; None while that is being found out. Raises SohoaError."""
        desk = self._desk(draft)
        with desk.news:
            asked = desk.verdict
            if asked is None or (asked.done() and not _is_of(asked, draft)):
                asked = desk.verdict = self._checking.submit(draft_verdict.verdict, draft, settings, store)
        try:
            asked.result(min(wait, _PATIENCE))
        except TimeoutError:
            return None
        return asked.result() if _is_of(asked, draft) else None

    def forget(self, draft_id: str) -> None:
        """Take a draft out of memory."""
        with self._lock:
            self._desks.pop(draft_id, None)

    def _desk(self, draft: Draft) -> _Desk:
        with self._lock:
            desk = self._desks.setdefault(draft.draft_id, _Desk())
            self._desks.move_to_end(draft.draft_id)
            while len(self._desks) > _MOST_IN_MEMORY:
                self._desks.popitem(last=False)
            for other in [*self._desks.values()][:-_MOST_WITH_MEMORY]:
                if other.checked is not None and other.checked.memory is not None:
                    other.checked = replace(other.checked, memory=None)
            return desk

    def _is_fresh(self, desk: _Desk, draft: Draft) -> bool:
        if desk.is_checking:
            return True
        known = desk.checked is not None or bool(desk.failed)
        return known and desk.files == len(draft.originals) and (
            bool(desk.failed) or (desk.checked is not None and desk.checked.entries == len(draft.entries))
        )  # fmt: skip

    def _begin(self, desk: _Desk, draft: Draft, settings: Settings, store: Store) -> None:
        desk.is_told = False
        if desk.running is None:
            desk.running = self._checking.submit(self._check, desk, draft, settings, store)

    def _check(self, desk: _Desk, draft: Draft, settings: Settings, store: Store) -> None:
        found, failed, files = None, "", len(draft.originals)

        def tell(seen: Checked) -> None:
            with desk.news:
                if len(draft.entries) == seen.entries:
                    desk.checked, desk.failed, desk.files, desk.is_told = seen, "", files, True
                    desk.news.notify_all()

        try:
            before = desk.checked if desk.files == files else None
            found = draft_check.check(draft, settings, store, before, tell)
        except SohoaError as refused:
            failed = refused.code
        except Exception as wrong:  # noqa: BLE001 - a thread that dies silently leaves its clerk waiting for ever
            _LOG.error("a check failed: %s", type(wrong).__name__)
            failed = "draft.check_failed"
        with desk.news:
            later = draft.entries[found.entries :] if found is not None else ()
            if found is not None and later:
                found = found.corrected(_since(draft.entries[: found.entries], later))
            desk.checked, desk.failed, desk.files = found, failed, files
            desk.running = None
            if later or files != len(draft.originals):
                self._begin(desk, draft, settings, store)
            desk.news.notify_all()


def _is_of(asked: Future[Verdict], draft: Draft) -> bool:
    """Is a verdict that was found one of the draft as it stands? One that failed once is asked for anew."""
    if asked.exception() is not None:
        return False
    found = asked.result()
    return (found.entries, found.files) == (len(draft.entries), len(draft.originals))


def _since(before: Sequence[Entry], later: Sequence[Entry]) -> tuple[Change, ...]:
    """What later entries changed, one after the other."""
    changes: list[Change] = []
    now = replay(before)
    for at, entry in enumerate(later):
        changes += moved(now, entry.move) if entry.move else entry.changes
        now = replay((*before, *later[: at + 1]))
    return tuple(changes)


def room_of(request: Request) -> DeskRoom:
    """The room of the running portal."""
    state = request.app.state
    if not hasattr(state, "desk_room"):
        state.desk_room = DeskRoom()
    room: DeskRoom = state.desk_room
    return room


def draft_of(request: Request, draft_id: str, action: Action = Action.UPLOAD) -> Draft:
    """The draft of a page, if the account may do that with it; 404 else."""
    try:
        draft = drafts.open_draft(draft_id, portal_of(request).settings)
    except UsageError:
        raise HTTPException(404) from None
    demand(request, action, draft.about.province_code)
    return draft


def seen_of(request: Request, draft: Draft, wait: float = 0.0) -> Seen:
    """What is known of a draft, as `DeskRoom.look`."""
    return room_of(request).look(draft, *surroundings(request), wait)


def surroundings(request: Request) -> tuple[Settings, Store]:
    """Settings and store of a check: of the whole nation, as a load has them; what was said before is asked there."""
    portal = portal_of(request)
    return portal.settings, portal.store
