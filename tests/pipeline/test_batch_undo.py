"""A batch that is undone leaves the store that there would be without it."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from pipeline import batch_undo, run
from pipeline.settings import Settings
from schemas.errors import UsageError
from store import invariants, queries, reports
from store.digest import StoreDigest, store_digest
from store.engine import Store, open_store
from tests.pipeline.deliveries import FAMILY, NO_SUCH_DAY, ledger
from tests.pipeline.undo_worlds import World, made_world

pytestmark = [pytest.mark.store, pytest.mark.slow]

WHY = "nộp nhầm"
MOVED = ("010155555", "Nguyễn Văn Bách", "Chủ hộ", "12/3/1956", "Nam", "Kinh", "TP Hà Nội", "Số 5 phố Vọng, Hà Nội",
         "010123456")  # fmt: skip


def opened(settings: Settings) -> Store:
    return open_store(settings.store_url, settings.home)


def delivered(world: World, order: Sequence[int], settings: Settings) -> list[str]:
    """Deliver in that order; ids of the batches."""
    return [run.run_batch(list(world.deliveries[n][1]), world.deliveries[n][0], settings).batch_id for n in order]


def sound_digest(settings: Settings) -> StoreDigest:
    store = opened(settings)
    try:
        assert invariants.store_check(store) == ()
        return store_digest(store)
    finally:
        store.close()


@pytest.mark.parametrize(("seed", "gone"), [(1, 0), (2, 1)])
def test_any_batch_can_be_undone_and_comes_again(
    new_settings: Callable[[], Settings], tmp_path: Path, seed: int, gone: int
) -> None:
    world, order = made_world(tmp_path, seed, 3), [0, 1, 2]
    without, settings = new_settings(), new_settings()
    delivered(world, [n for n in order if n != gone], without)
    batches = delivered(world, order, settings)
    before = sound_digest(settings)
    assert batch_undo.undo(batches[gone], WHY, "Lan", settings)["state"] == "undone"
    assert sound_digest(settings) == sound_digest(without)
    assert run.run_batch(list(world.deliveries[gone][1]), "01", settings).batch_id == batches[gone]
    assert sound_digest(settings) == before


def test_what_cannot_be_undone_is_refused_and_a_plan_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    sent = [ledger(tmp_path / "so.csv", [*FAMILY, NO_SUCH_DAY])]
    batch = run.run_batch(sent, "01", settings).batch_id
    before = sound_digest(settings)
    planned = batch_undo.plan(batch, settings)
    assert (planned["state"], planned["records_gone"], planned["waiting_gone"], planned["persons_gone"]) == (
        "planned", 5, 1, 5,
    )  # fmt: skip
    assert sound_digest(settings) == before
    bad = [(f"0102{i:05d}", "Phạm Thị Xoan", "Chủ hộ", "31/02/1970", "Nữ", "Kinh", "", "", "") for i in range(60)]
    stopped = run.run_batch([ledger(tmp_path / "b" / "so.csv", [MOVED, *bad])], "01", settings)
    assert stopped.state == "stopped"
    for given, why, code in (
        ("0" * 32, WHY, "batch.unknown"), ("'; --", WHY, "batch.unknown"), (stopped.batch_id, WHY, "undo.stopped"),
        (batch, "  ", "undo.unsigned"),
    ):  # fmt: skip
        with pytest.raises(UsageError) as error:
            batch_undo.undo(given, why, "Lan", settings)
        assert error.value.code == code
    assert sound_digest(settings) == before
    batch_undo.undo(batch, WHY, "Lan", settings)
    with pytest.raises(UsageError, match=r"undo\.undone"):
        batch_undo.undo(batch, WHY, "Lan", settings)
    store = opened(settings)
    stored = reports.batch(store, batch)
    assert stored is not None
    assert (stored.state, stored.sums.read, stored.sums.rejected) == ("undone", 6, 6)
    assert reports.batch_events(store, batch)["event"].to_pylist() == ["loaded", "undone"]
    assert queries.known_files(store, reports.batch_files(store, batch)["file_id"].to_pylist()) == {}
    store.close()


def test_a_large_batch_takes_two_persons_and_just_what_was_proposed(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_undo, "MOST_ALONE", 3)
    batch = run.run_batch([ledger(tmp_path / "so.csv", FAMILY)], "01", settings).batch_id
    before = sound_digest(settings)
    assert batch_undo.undo(batch, WHY, "Trần Lan", settings)["state"] == "proposed"
    assert sound_digest(settings) == before
    with pytest.raises(UsageError, match=r"approval\.same_person"):
        batch_undo.approve(batch, "trần lan", settings)
    later = run.run_batch([ledger(tmp_path / "b" / "so.csv", [FAMILY[0], MOVED])], "01", settings).batch_id
    with pytest.raises(UsageError, match=r"approval\.changed"):
        batch_undo.approve(batch, "Hoa", settings)
    batch_undo.undo(later, WHY, "Hoa", settings)
    done = batch_undo.approve(batch, "Hoa", settings)
    assert (done["state"], done["by"], done["reason"]) == ("undone", "Hoa", WHY)
    assert {rows for rows, _ in sound_digest(settings).parts.values()} == {0}
    with pytest.raises(UsageError, match=r"undo\.undone|approval\.none"):
        batch_undo.approve(batch, "Hoa", settings)
