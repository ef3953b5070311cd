"""What each task of each DAG calls, with the arguments that Airflow gives it; run in a process of its own each time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.steps import BATCH_STEPS, FILE_STEPS

LET_IN = "Cho qua · Let in"
SOURCES: Mapping[str, str] = {
    "ledger.": "list_files", "look": "list_zones", "ingest": "take_turns", "match_part": "list_parts",
}  # fmt: skip
"""Mapped tasks, by how their names begin, and the task whose answer they are mapped over."""
WITHOUT_WORK = frozenset({"ingest", "decide", "everything_was_done", "every_zone_was_seen"})
"""Tasks of Airflow's own: a run that is asked for, a person who is waited for, a state of others."""


@dataclass(frozen=True)
class Given:
    """What a task is given: parameters of its run, what it is mapped over, answers of tasks before it."""

    params: Mapping[str, Any]
    index: Any
    answers: Mapping[str, Any]

    def answer(self, task: str) -> Any:
        """The answer of a task before it; without one the task fails, as in Airflow."""
        if task not in self.answers:
            raise SystemExit(f"[run.unfinished] {task} gave no answer")
        return self.answers[task]


def call(dag: str, task: str, given: Given) -> Any:
    """Do what a task does; its answer, as it would go into XCom."""
    return _CALLS[dag][task](given)


def names(dag: str) -> set[str]:
    """The tasks of a DAG that do something of ours."""
    return set(_CALLS[dag])


def _start(given: Given) -> str:
    from pipeline import tasks

    p = given.params
    return p.get("folder") or tasks.start(p["paths"], p["province"], [], [], "", "", p.get("run_id", "manual__1"))


def _file_step(step: str) -> Callable[[Given], Any]:
    def run(given: Given) -> Any:
        from pipeline import tasks

        return tasks.run_step(step, given.answer("plan_delivery"), given.index)

    return run


def _batch_step(step: str) -> Callable[[Given], Any]:
    def run(given: Given) -> Any:
        from pipeline import tasks

        return tasks.run_step(step, given.answer("plan_delivery"))

    return run


def _of_tasks(name: str, arguments: Callable[[Given], tuple[Any, ...]]) -> Callable[[Given], Any]:
    """A function of pipeline/tasks.py, which is imported inside the task alone, as in the DAGs."""

    def run(given: Given) -> Any:
        from pipeline import tasks

        return getattr(tasks, name)(*arguments(given))

    return run


def _follow(given: Given) -> tuple[Any, ...]:
    said = {"chosen_options": [LET_IN], "params_input": {"reason": "thử"}, "responded_by_user": {"id": "Trần Lan"}}
    return given.params["batch"], said, LET_IN


def _retraining(step: str) -> Callable[[Given], Any]:
    return _of_tasks("retraining_step", lambda g: (step, g.answer("plan_retraining")))


def _maintenance(part: str) -> Callable[[Given], Any]:
    return _of_tasks("maintain", lambda g: (part,))


_CALLS: Mapping[str, Mapping[str, Callable[[Given], Any]]] = {
    "ingest_batch": {
        "plan_delivery": _start,
        "list_files": _of_tasks("new_file_ids", lambda g: (g.answer("plan_delivery"),)),
        **{f"ledger.{step}": _file_step(step) for step in FILE_STEPS},
        "ledger.give_up": _of_tasks("give_up", lambda g: (g.answer("plan_delivery"), g.index)),
        **{step: _batch_step(step) for step in BATCH_STEPS},
        "verdict": _of_tasks("verdict", lambda g: (g.answer("plan_delivery"),)),
    },
    "land_files": {
        "list_zones": _of_tasks("zones", lambda g: ()),
        "look": _of_tasks("look", lambda g: (g.index,)),
        "take_turns": _of_tasks("turns", lambda g: ()),
        "note_sent": _of_tasks("sent", lambda g: (g.answer("take_turns"),)),
    },
    "release_gate": {
        "what_stopped_it": _of_tasks("stopped_for", lambda g: (g.params["batch"],)),
        "follow_decision": _of_tasks("follow_release", _follow),
    },
    "build_reports": {
        "count_month": _of_tasks("count_month", lambda g: (g.params.get("month", ""),)),
        "announce": _of_tasks("partitions", lambda g: (g.params["provinces"], g.answer("count_month"))),
        "report_nation": _of_tasks("report_month", lambda g: ("nation", g.answer("count_month"))),
    },
    "province_report": {
        "report_province": _of_tasks("report_partition", lambda g: (g.params["partition"],)),
    },
    "maintain": {part: _maintenance(part) for part in ("check_store", "sign_audit", "back_up", "let_go", "watch")},
    "national_match": {
        "plan_parts": _of_tasks("start_national", lambda g: ("manual__1",)),
        "list_parts": _of_tasks("national_parts", lambda g: (g.answer("plan_parts"),)),
        "match_part": _of_tasks("match_national_part", lambda g: (g.answer("plan_parts"), g.index)),
        "propose": _of_tasks("propose_national", lambda g: (g.answer("plan_parts"),)),
    },
    "retrain_model": {
        "plan_retraining": _of_tasks("start_retraining", lambda g: (1000, 3, "", "manual__1")),
        **{step: _retraining(step) for step in ("draw_sample", "train_candidate", "compare_models")},
        "result": _of_tasks("retraining_result", lambda g: (g.answer("plan_retraining"),)),
    },
}
