"""All DAGs as Airflow parses them: no errors, no I/O at import, what people read in both languages, one policy."""

import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
NAMES = {
    "build_reports", "ingest_batch", "land_files", "maintain", "national_match", "province_report", "release_gate",
    "retrain_model",
}  # fmt: skip
SCHEDULED = {"build_reports": "0 2 1 * *", "maintain": "0 1 * * *"}

TOLD = """
import json, sys, warnings
warnings.simplefilter("error", DeprecationWarning)
opened = []
def watch(event, args):
    if event in ("socket.connect", "subprocess.Popen"):
        opened.append(event)
from airflow.dag_processing.dagbag import BundleDagBag
from pathlib import Path
sys.addaudithook(watch)
bag = BundleDagBag("dags", bundle_path=Path("dags"), bundle_name="dags")
told = {"errors": dict(bag.import_errors), "opened": opened,
    "heavy": sorted({"great_expectations", "pyarrow"} & set(sys.modules)),
    "ours": sorted(m for m in sys.modules if m.split(".")[0] in ("pipeline", "store", "readers"))}
told["dags"] = {
    name: {
        "doc": dag.doc_md, "tags": sorted(dag.tags), "display": dag.dag_display_name, "catchup": dag.catchup,
        "summary": getattr(dag.timetable, "summary", ""), "active": dag.max_active_runs,
        "told": bool(dag.has_on_failure_callback),
        "titles": [p.schema.get("title") for p in (dag.params.get_param(n) for n in dag.params)],
        "tasks": {
            t.task_id: {
                "owner": t.owner, "pool": t.pool, "retries": t.retries, "limit": str(t.execution_timeout),
                "rules": [r["exception"] for r in t.retry_policy.serialize()["rules"]] if t.retry_policy else None,
                "upstream": sorted(t.upstream_task_ids), "rule": str(t.trigger_rule).split(".")[-1].lower(),
            } for t in dag.tasks
        },
    } for name, dag in bag.dags.items()
}
print(json.dumps(told))
"""


@cache
def told() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", TOLD], cwd=ROOT, capture_output=True, text=True, check=False,
            env={**os.environ, "AIRFLOW_HOME": folder, "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{folder}/a.db"},
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


def test_every_dag_parses_without_errors_connections_or_heavy_imports() -> None:
    assert told()["errors"] == {}
    assert set(told()["dags"]) == NAMES, "sohoa_runs.py is no DAG"
    assert told()["opened"] == [], "nothing is started or connected to at import"
    assert told()["ours"] == [], "the pipeline is imported inside tasks alone"
    assert told()["heavy"] == []


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_dag_says_what_it_is_in_both_languages(name: str) -> None:
    dag = told()["dags"][name]
    assert " · " in dag["display"]
    assert dag["doc"]
    assert "sohoa" in dag["tags"]
    assert dag["catchup"] is False
    assert dag["told"]
    assert dag["active"] <= 16
    assert all(" · " in title for title in dag["titles"])
    assert dag["summary"] == SCHEDULED.get(name, dag["summary"])


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_task_has_an_owner_a_pool_a_limit_and_the_one_policy(name: str) -> None:
    from pipeline.airflow_pools import POOLS

    pools = {pool.name for pool in POOLS}
    for task, values in told()["dags"][name]["tasks"].items():
        assert values["owner"] == "sohoa", task
        assert values["pool"] in pools, task
        assert values["retries"] in (0, 2), task
        assert "builtins.Exception" in values["rules"], task
        assert (values["limit"] == "None") == (task == "decide"), task


def test_a_file_goes_through_its_steps_and_is_given_up_where_one_fails() -> None:
    tasks = told()["dags"]["ingest_batch"]["tasks"]
    steps = ["read_file", "profile_batch", "standardise_records", "build_households", "check_records"]
    for before, after in pairwise(steps):
        assert f"ledger.{before}" in tasks[f"ledger.{after}"]["upstream"]
    assert set(tasks["ledger.give_up"]["upstream"]) >= {f"ledger.{step}" for step in steps}
    assert tasks["ledger.give_up"]["rule"] == "one_failed"
    assert tasks["match_records"]["rule"] == "all_done"
    assert tasks["verdict"]["rule"] == "all_done"


@pytest.mark.parametrize(("name", "leaf"), [("maintain", "everything_was_done"), ("land_files", "every_zone_was_seen")])
def test_a_part_that_failed_makes_the_run_red(name: str, leaf: str) -> None:
    """A task that runs in any case must not be the only last one: the run would be green."""
    tasks = told()["dags"][name]["tasks"]
    assert tasks[leaf]["rule"] in ("none_failed", "all_success")
    wanted = {"maintain": {"check_store", "sign_audit", "back_up", "let_go", "watch"}, "land_files": {"look"}}
    assert set(tasks[leaf]["upstream"]) == wanted[name]
    assert not [task for task, values in tasks.items() if leaf in values["upstream"]]
