"""One trial: a night of runs that is disturbed at random moments, then led to its end by clearing what failed.

Oracle: the same night, undisturbed, in a place of its own.
"""

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.scene import Ended, Nursery, Place, Scene
from tests.chaos.verdict import State, state_of
from tests.clears.runs import DagRun, Item, may_pass, tried

KINDS: tuple[str, ...] = (
    "killed",
    "killed thrice",
    "twice",
    "cleared",
    "cleared with downstream",
    "beside",
    "run again",
)
"""killed: at a random moment, and tried again; killed thrice: no try is left; twice: at work in two processes at once,
as after a lost heartbeat; cleared, with and without what comes after it; beside: an earlier one cleared while a later
one is at work; run again: the whole run, from its first task."""
_WEIGHTS = (30, 5, 15, 15, 20, 10, 5)
_MOST_CLEARED = 4
_MOST_TASKS = 400
_ANSWER = re.compile(r"\[[a-z_]+\.[a-z_.]+\]")
"""How a task ends that has an answer: a code, and no traceback."""
Night = Callable[["Player"], None]


@dataclass
class Result:
    """What became of a trial: disturbances that struck, by kind, and what was wrong at the end."""

    struck: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    tasks: int = 0
    seconds: float = 0.0
    is_sent_again: bool = False


@dataclass(frozen=True)
class Reference:
    """The undisturbed night: states of its runs, of the place, and how long each task takes."""

    runs: tuple[Mapping[str, str], ...]
    state: State
    seconds: Mapping[str, float]
    tasks: int


class Player:
    """Plays runs one after the other, and disturbs them where its dice say so."""

    def __init__(
        self, place: Place, graphs: Mapping[str, Any], nurseries: tuple[Nursery, Nursery], scene: Scene,
        reference: Reference | None = None, dice: random.Random | None = None, disturbances: int = 0,
    ) -> None:  # fmt: skip
        self.place, self.scene = place, scene
        self.runs: list[DagRun] = []
        self.result = Result()
        self.seconds: dict[str, float] = {}
        self._graphs, self._nursery, self._other = graphs, *nurseries
        self._reference, self._dice = reference, dice or random.Random(0)  # noqa: S311 - a sample
        count = reference.tasks if reference else 0
        self._due = Counter(self._dice.randrange(count) for _ in range(disturbances)) if count else Counter[int]()

    def play(self, dag: str, **params: Any) -> DagRun:
        """A run from its beginning to its end, and what failed in it cleared until it ends as it should."""
        run = DagRun(dag, self._graphs[dag], params)
        wanted = self._reference.runs[len(self.runs)] if self._reference else None
        self.runs.append(run)
        self._to_the_end(run)
        for _ in range(_MOST_CLEARED):
            if wanted is None or run.state() == wanted or run.is_settled:
                return run
            for item in self._to_clear(run):
                run.clear(item, downstream=True)
            self._to_the_end(run)
        if run.state() != wanted and self._is_left_out(run):
            return self._sent_again(run)
        if run.state() != wanted and not run.is_settled:
            self.result.faults.append(f"{dag} ends otherwise: {_difference(run.state(), wanted or {})}")
        return run

    def _to_clear(self, run: DagRun) -> list[Item]:
        """What the guide says to clear: of a file that no try came through, its first task; else the first that failed.

        A file that was refused is refused again.
        """
        failed = [item for item in run.done() if run.states[item] == "failed"]
        of_files = {item.index for item in failed if item.task.startswith("ledger.")}
        if of_files:
            return [Item("ledger.read_file", index) for index in sorted(of_files)]
        return failed[:1]

    def _is_left_out(self, run: DagRun) -> bool:
        """Is the batch in the store without a file that no try came through?"""
        is_loaded = run.states.get(Item("load_batch")) == "success"
        return is_loaded and any(i.task == "ledger.read_file" and run.states[i] == "failed" for i in run.done())

    def _sent_again(self, run: DagRun) -> DagRun:
        """What the guide says then: the delivery once more, as a batch of its own. The store ends the same."""
        params = {name: value for name, value in run.params.items() if name != "folder"}
        again = DagRun(run.dag, run.graph, params | {"run_id": "manual__2"})
        self._due.clear()
        self._to_the_end(again)
        self.result.is_sent_again = True
        return again

    def _to_the_end(self, run: DagRun) -> None:
        while (item := run.next()) is not None:
            number, self.result.tasks = self.result.tasks, self.result.tasks + 1
            assert number < _MOST_TASKS, f"{run.dag} does not end"
            for _ in range(self._due.pop(number, 0) or 0):
                self._disturb(run, item)
            if run.states.get(item) is None:
                self._done(run, item)

    def _disturb(self, run: DagRun, item: Item) -> None:
        (kind,) = self._dice.choices(KINDS, _WEIGHTS)
        done = run.done()
        if kind in ("cleared", "cleared with downstream", "beside", "run again") and not done:
            kind = "killed"
        if kind in ("killed", "killed thrice"):
            times = 3 if kind == "killed thrice" else self._dice.choice((1, 1, 2))
            self._done(run, item, tuple(self._moment(item) for _ in range(times)), kind)
        elif kind == "twice":
            self._two(run, item, item, kind)
        elif kind == "beside":
            self._two(run, item, self._dice.choice(done), kind)
        else:
            chosen = done[0] if kind == "run again" else self._dice.choice(done)
            run.clear(chosen, downstream=kind != "cleared")
            self.result.struck[kind] += 1
            if kind == "cleared":  # at once, whatever is next
                self._done(run, chosen)

    def _done(self, run: DagRun, item: Item, kills: tuple[float, ...] = (), kind: str = "") -> None:
        ended = tried(run, item, self._nursery, self.place, kills, self._look)
        run.note(item, ended)
        if ended.code == 0 and not kills:
            self.seconds.setdefault(item.task, ended.seconds)
        if kind and self._was_killed:
            self.result.struck[kind] += 1
        self._was_killed = 0

    def _two(self, run: DagRun, item: Item, other: Item, kind: str) -> None:
        """One task and another at the same time, one of them killed in one of two cases."""
        kills = (self._moment(item),) if self._dice.random() < 0.5 else ()
        beside = DagRun(run.dag, run.graph, run.params, dict(run.states), dict(run.answers))
        ends: list[Ended] = []
        waits = self._dice.random() * self._usual(item)

        def second() -> None:
            time.sleep(waits)
            ends.append(tried(beside, other, self._other, self.place, out="beside"))

        thread = threading.Thread(target=second)
        thread.start()
        self._done(run, item, kills)
        thread.join()
        self._look(other, ends[0])
        if other != item or ends[0].code == 0:
            run.note(other, ends[0])
        self.result.struck[kind] += 1

    _was_killed = 0

    def _look(self, item: Item, ended: Ended) -> None:
        """A killed process may say nothing; one that ends by itself says what it found, and no more."""
        self._was_killed += ended.code < 0
        if ended.orphans:
            self.result.faults.append(f"{item.task}: {ended.orphans} programs left")
        # Cleared when all was done, the gate says that there is nothing to decide any more.
        self.runs[-1].is_settled |= "[release.not_stopped]" in ended.err
        is_answer = "Traceback" not in ended.err and _ANSWER.search(ended.err)
        if ended.code > 0 and not (is_answer or may_pass(ended) or "run.unfinished" in ended.err):
            self.result.faults.append(f"{item.task} ends with {ended.code}: {ended.err.strip()[-400:]}")

    def _usual(self, item: Item) -> float:
        return self._reference.seconds.get(item.task, 0.3) if self._reference else 0.3

    def _moment(self, item: Item) -> float:
        return self._dice.random() * self._usual(item)


def undisturbed(
    night: Night, place: Place, graphs: Mapping[str, Any], nurseries: tuple[Nursery, Nursery], scene: Scene
) -> Reference:
    """The night as it goes when nobody disturbs it."""
    player = Player(place, graphs, nurseries, scene)
    night(player)
    assert not player.result.faults, player.result.faults
    state, wrong = state_of(place)
    assert not wrong, wrong
    return Reference(tuple(run.state() for run in player.runs), state, player.seconds, player.result.tasks)


def disturbed(
    night: Night, place: Place, graphs: Mapping[str, Any], nurseries: tuple[Nursery, Nursery], scene: Scene,
    reference: Reference, seed: int, disturbances: int,
) -> Result:  # fmt: skip
    """The night with so many disturbances, and what is wrong with its end."""
    begun = time.monotonic()
    player = Player(place, graphs, nurseries, scene, reference, random.Random(seed), disturbances)  # noqa: S311
    night(player)
    result = player.result
    result.seconds = time.monotonic() - begun
    state, wrong = state_of(place)
    result.faults += wrong
    if state.digest != reference.state.digest:
        result.faults.append("digest differs")
    if result.is_sent_again:
        return result
    result.faults += [f"{table}: {n}, not {reference.state.counts[table]}" for table, n in state.counts.items()
                      if n != reference.state.counts[table]]  # fmt: skip
    result.faults += [f"left behind: {f}" for f in sorted(state.files - reference.state.files)[:3]]
    result.faults += [f"missing: {f}" for f in sorted(reference.state.files - state.files)[:3]]
    return result


def _difference(found: Mapping[str, str], wanted: Mapping[str, str]) -> str:
    return "; ".join(
        f"{task} {found.get(task)} not {state}" for task, state in wanted.items() if found.get(task) != state
    )
