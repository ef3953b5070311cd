"""Turns on a real server: whoever has the turn loads, all others wait."""

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from schemas.errors import StoreUnavailable
from store import load, queries, turns
from store.engine import Store, open_store
from store.turns import turn
from tests.store import made_batches as made


def test_others_wait_for_the_turn_and_find_the_store_moved_after_it(
    store: Store, migrated: str, url_of: Callable[[str], str], tmp_path: Path
) -> None:
    ours = made.make(tmp_path / "a", made.Recipe("a", rows=4))
    theirs = made.make(tmp_path / "b", made.Recipe("b", rows=4))
    other, ended = open_store(url_of(migrated), Path("/nowhere")), list[str]()

    def load_theirs() -> None:
        try:
            load.load_batch(other, theirs)
        except load.StoreMoved as moved:
            ended.append(moved.code)

    waiting = threading.Thread(target=load_theirs)
    with turn(store):
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive()
        load.load_batch(store, replace(ours, has_turn=True))
        assert not ended
    waiting.join(20)
    other.close()
    assert ended == ["store.moved"]
    assert queries.version(store) == 1


def test_a_turn_ends_with_its_connection(store: Store, migrated: str, url_of: Callable[[str], str]) -> None:
    other = open_store(url_of(migrated), Path("/nowhere"))
    holder = turn(other)
    holder.__enter__()
    with store.writing() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
        )
    with turn(store):
        pass
    with pytest.raises(StoreUnavailable, match=r"store\.connection_lost"):
        holder.__exit__(None, None, None)
    other.close()


def test_no_two_locks_have_one_key() -> None:
    source = Path(turns.__file__).parent
    named = [re.findall(r"LOCK = (0x[0-9A-Fa-f_]+)", p.read_text("utf-8")) for p in source.glob("*.py")]
    keys = {int(key.replace("_", ""), 16) for keys in named for key in keys}
    of_migrations = [re.findall(r"advisory_xact_lock\((\d+)\)", p.read_text("utf-8")) for p in source.rglob("0*.py")]
    told = {int(key) for keys in of_migrations for key in keys}
    assert len(keys) == 3
    assert told
    assert not keys & told
