"""A slice of the campaign (`make chaos`): each kind of fault once or more, on one delivery after the other."""

import errno
from collections.abc import Iterator

import pytest

from tests.chaos import kinds
from tests.chaos.injector import Fault
from tests.chaos.proxy import Cut
from tests.chaos.scene import Nursery, Scene
from tests.chaos.trials import Arena, Strike, Trial, points_of

pytestmark = pytest.mark.store


@pytest.fixture(scope="module")
def arena() -> Iterator[Arena]:
    scene, nursery = Scene(people=90), Nursery()
    try:
        scene.prepare(nursery)
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
