"""A slice of the campaign (`make chaos`): each kind of fault once or more, on one delivery after the other."""

import errno
from collections.abc import Iterator

import pytest

from tests.chaos import kinds, sites
from tests.chaos.injector import Fault
from tests.chaos.proxy import Cut
from tests.chaos.scene import Nursery, Scene
from tests.chaos.trials import Arena, Strike, Trial, points_of

pytestmark = [pytest.mark.store, pytest.mark.slow]
_OF_A_RUN = {
    "pipeline/batch_keys.py", "pipeline/originals.py", "pipeline/sealed_steps.py", "pipeline/sealing.py",
    "store/files.py",
}  # fmt: skip


@pytest.fixture(scope="module")
def arena() -> Iterator[Arena]:
    scene, nursery = Scene(people=90), Nursery()
    try:
        scene.prepare(nursery)
        scene.prepare_loaded(nursery)
        yield Arena(scene, nursery)
    finally:
        nursery.close()
        scene.close()


def point(arena: Arena, text: str) -> tuple[str, int]:
    """The first point whose label holds the text."""
    return next(p for p in points_of(arena.reference()) if text in p[0])


def struck(arena: Arena, *strikes: Strike) -> None:
    result = arena.run(Trial("slice", strikes))
    assert len(result.fired) == len(strikes)
    assert not result.faults


def test_the_points_are_those_of_every_step_and_of_the_transaction(arena: Arena) -> None:
    labels = set(arena.reference().points)
    for step in ("read_file", "standardise_records", "check_records", "match_records", "survive", "load_batch"):
        assert any(label.startswith("replace ~/home/runs") and step in label for label in labels), step
    assert {"commit ", "copy-data "} <= labels
    assert len(kinds.kills(arena, "whole", "before")) > 300


def test_the_points_are_those_of_each_function_that_writes(arena: Arena) -> None:
    """Sealed files, keys of batches, originals, private places: what writes in a run is passed, or listed with why."""
    passed = arena.reference().sites | arena.reference("erase person", "loaded").sites
    left = {site.split()[0] for site in sites.not_passed(passed) if site not in sites.listed()}
    assert not left & _OF_A_RUN
    assert {site.split()[0] for site in sites.declared()} >= _OF_A_RUN
    assert sites.listed().keys() <= sites.declared().keys(), "a line of not_passed.txt is of no function any more"
    assert sites.listed().keys() <= set(sites.not_passed(passed)), "a run comes through what is listed"


def test_killed_refused_and_cut_off_again_and_again_a_batch_is_loaded_once_and_told_whole(arena: Arena) -> None:
    """Planning, reading, matching, loading, the commit itself and the report: each restart is struck a step later."""
    struck(
        arena,
        Strike(Fault(*point(arena, "work/*/unpacked"), "kill", "after")),
        Strike(Fault(*point(arena, "write ~/home/work/*/read_file/*.part/source_records"), "torn")),
        Strike(
            Fault(
                *point(arena, "open ~/home/runs/*/#/match_records.sealed.part"),
                "fail",
                number=errno.ENOSPC,
                lasting=True,
            )
        ),
        Strike(Fault(*point(arena, "copy COPY"), "cut")),
        Strike(cut=Cut("COMMIT", 0, "after")),
        Strike(Fault(*point(arena, "replace ~/home/reports"), "kill")),
    )


def test_a_server_that_makes_the_load_give_way_is_asked_again(arena: Arena) -> None:
    result = arena.run(
        Trial("slice", (Strike(Fault(*point(arena, "sql UPDATE store_version"), "state", state="40001")),))
    )
    assert result.fired
    assert not result.faults
    assert result.restart_seconds == 0, "the run itself came to its end"


def test_an_undoing_cut_at_its_commit_is_done_once(arena: Arena) -> None:
    done = arena.run(
        Trial(
            "slice",
            (Strike(Fault(*of_deed(arena, "batch undo", "sql INSERT INTO batch_undos"))), after_last_commit(arena)),
            "batch undo",
            "loaded",
        )
    )
    assert len(done.fired) == 2
    assert not done.faults


def test_an_erasure_cut_between_the_files_and_the_store_goes_on(arena: Arena) -> None:
    strikes = (
        Strike(Fault(*of_deed(arena, "erase person", "batch.key"), "kill", "after")),
        Strike(Fault(*of_deed(arena, "erase person", "sql INSERT INTO removed_rows"))),
    )
    done = arena.run(Trial("slice", strikes, "erase person", "loaded"))
    assert len(done.fired) == 2
    assert not done.faults


def test_a_removal_that_fails_once_leaves_nothing_of_a_person_in_clear(arena: Arena) -> None:
    """Of files and of folders of the private place, the last of each."""
    points = points_of(arena.reference("person unmerge", "loaded"))
    for call in ("unlink part-", "rmdir clusters", "rmdir ~/home/work/*"):
        label, nth = next(p for p in points[::-1] if p[0].startswith(call))
        fault = Fault(label, nth, "fail", number=errno.ENOSPC)
        done = arena.run(Trial("slice", (Strike(fault),), "person unmerge", "loaded"))
        assert done.fired, label
        assert not done.faults, label


def of_deed(arena: Arena, deed: str, text: str) -> tuple[str, int]:
    """The first point of a command whose label holds the text."""
    return next(p for p in points_of(arena.reference(deed, "loaded")) if text in p[0])


def after_last_commit(arena: Arena) -> Strike:
    """Killed when the last transaction of an undoing is committed and nobody was told."""
    label, nth = [p for p in points_of(arena.reference("batch undo", "loaded")) if p[0] == "commit "][-1]
    return Strike(Fault(label, nth, "kill", "after"))
