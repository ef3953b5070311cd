"""A run of a DAG as Airflow plays it: which task may run, its tries, what clearing does. The graph is the real one.

Tasks run in processes of their own, so that one can be killed, or at work twice, without the others.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.scene import Ended, Nursery, Place
from tests.clears.calls import SOURCES, WITHOUT_WORK

TRIES = 3
ENDED = frozenset({"success", "failed", "skipped", "upstream_failed"})
_MAY_PASS = ("StoreUnavailable", "SystemFailed")


@dataclass(frozen=True)
class Item:
    """One task of a run; `index` is what it is mapped over, as JSON, or "" for a task that is not."""

    task: str
    index: str = ""


@dataclass
class DagRun:
    """One run: parameters, the state and the answer of each task that was reached, the runs that it asked for."""

    dag: str
    graph: Mapping[str, Any]
    params: Mapping[str, Any]
    states: dict[Item, str] = field(default_factory=dict)
    answers: dict[Item, Any] = field(default_factory=dict)
    asked: dict[str, Any] = field(default_factory=dict)
    is_settled: bool = False

    def next(self) -> Item | None:
        """The next task that may run; what is decided without running is decided on the way."""
        is_moving = True
        while is_moving:
            is_moving = False
            for item in self._items():
                if self.states.get(item) in ENDED:
                    continue
                verdict = self._verdict(item)
                if verdict == "run" and item.task not in WITHOUT_WORK:
                    return item
                if verdict:
                    self.states[item], is_moving = "success" if verdict == "run" else verdict, True
                    if item.task == "ingest" and verdict == "run":
                        wish = json.loads(item.index)
                        self.asked.setdefault(wish["trigger_run_id"], wish["conf"])
        return None

    def clear(self, item: Item, *, downstream: bool) -> None:
        """What was decided is decided again; of a task that lists what others are mapped over, theirs too."""
        after = self._after(item.task) if downstream else set()
        for other in list(self.states):
            if other == item or (other.task in after and other.index in ("", item.index or other.index)):
                del self.states[other]

    def given(self, item: Item) -> dict[str, Any]:
        """A job that runs a task, for the nursery."""
        answers = {done.task: answer for done, answer in self.answers.items() if not done.index}
        index = json.loads(item.index) if item.index else None
        return {
            "way": "task", "dag": self.dag, "task": item.task, "params": dict(self.params), "index": index,
            "answers": answers, "seconds": 300, "inside": True,
        }  # fmt: skip

    def note(self, item: Item, ended: Ended) -> None:
        """Take over how a try ended that was the last one, or a good one."""
        is_good = ended.code == 0
        self.states[item] = "success" if is_good else "failed"
        if is_good:
            self.answers[item] = json.loads(ended.out)

    def state(self) -> dict[str, str]:
        """The states by task: of a mapped one, how many are in which."""
        found: dict[str, list[str]] = {}
        for item, state in self.states.items():
            if item.task != "ingest":  # what was sent before is not sent again
                found.setdefault(item.task, []).append(state)
        return {task: " ".join(sorted(states)) for task, states in sorted(found.items())}

    def done(self) -> list[Item]:
        """What ended well or badly, in the order of the graph; each can be cleared."""
        return [item for item in self._items() if self.states.get(item) in ("success", "failed")
                and item.task not in WITHOUT_WORK]  # fmt: skip

    def _items(self) -> Iterator[Item]:
        for task in self.graph:
            source = source_of(task)
            if source is None:
                yield Item(task)
            elif self.states.get(Item(source)) == "success":
                yield from (Item(task, json.dumps(each)) for each in self.answers[Item(source)])

    def _verdict(self, item: Item) -> str:
        """run, skipped, upstream_failed, or "" while others are still at work."""
        above = [other for other in self._items() if other.task in self.graph[item.task]["upstream"]]
        mapped_with = [other for other in above if other.index in ("", item.index) or not item.index]
        states = [self.states.get(other, "") for other in mapped_with]
        if not all(self._is_known(task) for task in self.graph[item.task]["upstream"]):
            return ""
        rule, is_over = self.graph[item.task]["rule"], all(state in ENDED for state in states)
        broken = any(state in ("failed", "upstream_failed") for state in states)
        if rule == "one_failed":
            return "run" if "failed" in states else "skipped" if is_over else ""
        if rule == "all_done":
            return "run" if is_over else ""
        if broken:
            return "upstream_failed"
        if rule == "none_failed":
            return "run" if is_over else ""
        return ("skipped" if "skipped" in states else "run") if is_over else ""

    def _is_known(self, task: str) -> bool:
        """Is it known what a task above is mapped over?"""
        source = source_of(task)
        return source is None or self.states.get(Item(source)) in ENDED

    def _after(self, task: str) -> set[str]:
        found, waiting = set[str](), [task]
        while waiting:
            one = waiting.pop()
            below = {name for name, values in self.graph.items() if one in values["upstream"]}
            waiting += below - found
            found |= below
        return found


def source_of(task: str) -> str | None:
    """The task that says what this one is mapped over."""
    return next((source for start, source in SOURCES.items() if task.startswith(start)), None)


def tried(
    run: DagRun, item: Item, nursery: Nursery, place: Place, kills: tuple[float, ...] = (),
    told: Callable[[Item, Ended], None] = lambda item, ended: None, out: str = "said",
) -> Ended:  # fmt: skip
    """Run a task with its tries, as the policy of the DAGs has it; the first ones are killed at the given seconds.

    `out`: folder for what it prints; two tasks at once need two.
    """
    (place.root / out).mkdir(exist_ok=True)
    for attempt in range(TRIES):
        more = {"kill_at": kills[attempt]} if attempt < len(kills) else {}
        ended = nursery.run({**place.job((), **run.given(item), **more), "out": str(place.root / out)})
        told(item, ended)
        if ended.code == 0 or not (ended.code < 0 or may_pass(ended)):
            break
    return ended


def may_pass(ended: Ended) -> bool:
    """Would Airflow try again what ended so?"""
    last = ended.err.strip().splitlines()[-1:] or [""]
    return any(name in last[0] for name in _MAY_PASS)
