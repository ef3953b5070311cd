"""What must be true after a fault and after the restart: nothing lost, nothing doubled, nothing left lying about."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from store import audit, invariants
from store.digest import store_digest
from store.engine import borrowed, open_store
from store.roles import Role
from store.tables import METADATA
from tests.chaos.scene import Ended, Place

_ATTEMPT = re.compile(r"(?<=/)\d{4}(?=/|$)")
_PROOF = re.compile(r"-\d{6}(?=\.json)")
"""A proof that stays begun is of a removal that was cut; the restart writes one of its own."""
_NUMBERED = re.compile(r"[0-9a-f]{32,}")
_MOST_WORDS = 1500
ENVIRONMENT = 3


@dataclass(frozen=True)
class State:
    """What a place holds: the digest of its store, sums of the store that a digest leaves out, its files."""

    digest: str
    counts: Mapping[str, int]
    files: frozenset[str]


@dataclass(frozen=True)
class Reference:
    """The uninterrupted run: how it ended, what it said, what it left, its points in order.

    Attributes:
        sites: places of our own code that made its points.
        settled: code of the error by which a restart says that all was done before.
        is_told_again: whether a restart says the same, or only what was left to do.
    """

    code: int
    said: Any
    state: State
    points: tuple[str, ...]
    seconds: float
    sites: frozenset[str] = frozenset()
    settled: str = ""
    is_told_again: bool = True


_COUNTED = tuple(sorted(METADATA.tables.keys() - {"audit_events", "audit_heads", "batch_events"}))
"""All tables but those that tell of attempts."""


def state_of(place: Place) -> tuple[State, list[str]]:
    """The state of a place, and what is wrong with it whatever it was before."""
    with borrowed(place.url, place.home):
        store = open_store(place.url, place.home)
        try:
            wrong = [f"{broken.invariant}: {broken.rows} rows" for broken in invariants.store_check(store)]
            if audit.check_chain(store).findings:
                wrong.append("the audit is not whole")
            with store.reading(Role.BACKUP) as connection:
                counts = {
                    table: int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())
                    for table in _COUNTED
                }
                wrong += _held(connection)
            digest = store_digest(store).whole
        finally:
            store.close()
    return State(digest, counts, frozenset(_files(place))), wrong


def _held(connection: Any) -> list[str]:
    """Locks and transactions of others that are still there."""
    locks = connection.exec_driver_sql(
        "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
        "WHERE l.locktype = 'advisory' AND d.datname = current_database()"
    ).scalar_one()
    idle = connection.exec_driver_sql(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND state <> 'idle' AND backend_type = 'client backend'"
    ).scalar_one()
    return [f"{n} {what}" for n, what in ((locks, "advisory locks held"), (idle, "sessions at work")) if n]


def _files(place: Place) -> Iterator[str]:
    """Files and folders below the home, by what they are rather than which attempt made them.

    Those of the server are apart, and the records of steps that died: they tell of each try.
    """
    for path in (*place.home.rglob("*"), *(place.root / "tmp").rglob("*")):
        name = path.relative_to(place.root).as_posix()
        if "/store/data/" not in name and "/flight" not in name and not (path.is_dir() and any(path.iterdir())):
            yield _PROOF.sub("-#", _ATTEMPT.sub("#", name))


def said(ended: Ended, place: Place) -> Any:
    """The answer of a job, the same wherever it ran and at whichever attempt."""
    try:
        found = json.loads(ended.out)
    except ValueError:
        return ended.out
    return json.loads(_PROOF.sub("-#", _ATTEMPT.sub("#", json.dumps(found).replace(str(place.root), "~"))))


def is_done(ended: Ended, place: Place, reference: Reference) -> bool:
    """Did the job come to its end? Exit code 1 alone says nothing: rows wait, or Python gave up."""
    if reference.settled and f"[{reference.settled}]" in ended.err:
        return "Traceback" not in ended.err
    is_same = said(ended, place) == reference.said
    return ended.code == reference.code and (is_same or not (reference.is_told_again or ended.err))


def faults_of_error(ended: Ended, secrets: tuple[str, ...]) -> list[str]:
    """What is wrong with how a job ended that met an error: one sentence, its exit code, no traceback, no person."""
    wrong = []
    if "Traceback" in ended.err:
        wrong.append("traceback: " + ended.err.strip().splitlines()[-1][:200])
    elif ended.code != ENVIRONMENT:
        wrong.append(f"exit {ended.code}: {ended.err.strip()[:200]}")
    if not ended.err.strip():
        wrong.append("no reason given")
    if len(ended.err) > _MOST_WORDS and "Traceback" not in ended.err:
        wrong.append("too many words")
    if any(secret in ended.err for secret in secrets):
        wrong.append("a person in the message")
    return wrong


def faults_of_restart(ended: Ended, place: Place, reference: Reference) -> list[str]:
    """What is wrong after the same command ran again without a fault."""
    wrong = []
    if is_done(ended, place, reference):
        pass
    elif ended.code != reference.code:
        wrong.append(f"restart ends with {ended.code}, not {reference.code}: {ended.err.strip()[-300:]}")
    else:
        wrong.append(f"restart says otherwise: {_difference(said(ended, place), reference.said)}")
    state, broken = state_of(place)
    wrong += broken
    if state.digest != reference.state.digest:
        wrong.append("digest differs")
    wrong += [f"{table}: {n}, not {reference.state.counts[table]}" for table, n in state.counts.items()
              if n != reference.state.counts[table]]  # fmt: skip
    surplus = sorted(state.files - reference.state.files)
    missing = sorted(reference.state.files - state.files)
    wrong += [f"left behind: {_NUMBERED.sub('*', f)}" for f in surplus[:3]]
    wrong += [f"missing: {_NUMBERED.sub('*', f)}" for f in missing[:3]]
    return wrong


def _difference(found: Any, wanted: Any) -> str:
    if isinstance(found, dict) and isinstance(wanted, dict):
        keys = [k for k in wanted if found.get(k) != wanted[k]]
        return "; ".join(f"{k} {str(found.get(k))[:60]} not {str(wanted[k])[:60]}" for k in keys)
    return str(found)[:200]
