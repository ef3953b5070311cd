"""A slice of `make clears`: a few nights disturbed, and the graph and the calls that they are played by."""

from collections.abc import Iterator

import pytest

from tests.chaos.scene import Ended
from tests.clears import calls
from tests.clears.campaign import Arena, arena
from tests.clears.runs import DagRun, Item
from tests.dags.test_parsing import told

ALL = {
    "plan_delivery",
    "list_files",
    "match_records",
    "survive",
    "validate_batch",
    "load_batch",
    "report_batch",
    "verdict",
}


def ended(code: int = 0, out: str = "null") -> Ended:
    return Ended(code, (), out, "", 0.1, 0)


def test_each_task_of_each_dag_has_its_call() -> None:
    for name, dag in told()["dags"].items():
        assert calls.names(name) | (calls.WITHOUT_WORK & set(dag["tasks"])) == set(dag["tasks"]), name


def test_tasks_run_in_the_order_and_by_the_rules_of_the_graph() -> None:
    """A file fails and is given up; the batch goes on without it, and clearing that file leaves the other alone."""
    run = DagRun("ingest_batch", told()["dags"]["ingest_batch"]["tasks"], {})
    seen = []
    while (item := run.next()) is not None:
        seen.append(item)
        fails = item == Item("ledger.profile_batch", '"b"')
        run.note(item, ended(int(fails), '["a", "b"]' if item.task == "list_files" else '"x"'))
    tasks = [item.task for item in seen]
    assert set(tasks) >= ALL
    assert tasks.index("match_records") > tasks.index("ledger.give_up")
    assert run.state()["ledger.check_records"] == "success upstream_failed"
    assert run.state()["ledger.give_up"] == "skipped success"
    run.clear(Item("ledger.read_file", '"b"'), downstream=True)
    again = []
    while (item := run.next()) is not None:
        again.append(item)
        run.note(item, ended(0, '"x"'))
    assert not [item for item in again if item.index == '"a"']
    assert {item.task for item in again} >= {"ledger.read_file", "ledger.check_records", "load_batch", "verdict"}
    assert run.state()["ledger.give_up"] == "skipped skipped"


@pytest.fixture(scope="module")
def place() -> Iterator[Arena]:
    with arena(90) as made:
        yield made


@pytest.mark.store
@pytest.mark.slow
@pytest.mark.parametrize(("night", "seed"), [("delivery", 1), ("landing", 2), ("stopped", 3)])
def test_the_store_ends_the_same_whatever_is_cleared_run_twice_or_killed(place: Arena, night: str, seed: int) -> None:
    result = place.run(night, seed)
    assert result.struck.total(), "nothing was disturbed"
    assert not result.faults
