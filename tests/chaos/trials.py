"""One trial: a job is struck once or several times, then the same command runs in peace, then all is looked at."""

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from tests.chaos import ledgers, verdict
from tests.chaos.deeds import Deed
from tests.chaos.injector import ENDS_SERVER, Fault
from tests.chaos.proxy import Cut, Proxy
from tests.chaos.scene import Ended, Nursery, Place, Scene

Where = str
"""store (a database of the shared server) | loaded (the same after the delivery) | server (an embedded server of its
own) | empty (the very first start)."""


@dataclass(frozen=True)
class Strike:
    """What befalls one run: a fault of the process, a moment at which it is killed, or a cut connection."""

    fault: Fault | None = None
    kill_at: float | None = None
    cut: Cut | None = None

    @property
    def is_kill(self) -> bool:
        return self.kill_at is not None or (self.fault is not None and self.fault.how in ("kill", "torn"))


@dataclass(frozen=True)
class Trial:
    """Strikes one after the other, each on the restart after the one before; then the command runs in peace.

    `way` is whole (`sohoa run`), steps (as Airflow goes) or a command of `deeds`.
    """

    kind: str
    strikes: tuple[Strike, ...]
    way: str = "whole"
    where: Where = "store"


@dataclass
class Result:
    """What became of a trial."""

    trial: Trial
    fired: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0
    restart_seconds: float = 0.0

    @property
    def recovered(self) -> int:
        """Strikes after which all was well."""
        return 0 if self.faults else len(self.fired)


class Arena:
    """A scene, a nursery, and the uninterrupted runs by which all others are measured."""

    def __init__(self, scene: Scene, nursery: Nursery) -> None:
        self.scene, self.nursery = scene, nursery
        self._references: dict[tuple[str, str], verdict.Reference] = {}

    def reference(self, way: str = "whole", where: Where = "store") -> verdict.Reference:
        """The uninterrupted run of that way, with its points; run once."""
        if (way, where) not in self._references:
            self._references[way, where] = self._uninterrupted(way, where)
        return self._references[way, where]

    def passed(self) -> frozenset[str]:
        """Sites of our own code that the uninterrupted runs came through."""
        return frozenset().union(*(reference.sites for reference in self._references.values()))

    def share(self, other: "Arena") -> None:
        """Take over the references of another arena of the same scene."""
        self._references.update(other._references)

    def run(self, trial: Trial) -> Result:
        """A trial from beginning to end."""
        reference, result = self.reference(trial.way, trial.where), Result(trial)
        with self._place(trial.where) as place:
            folder = None
            for number, strike in enumerate(trial.strikes):
                ended, fired = self._struck(place, trial, strike, folder, number)
                folder = ended.folder or folder
                result.fired += fired[:1]
                result.seconds += ended.seconds
                result.faults += self._faults_of_strike(ended, strike, fired, place, reference)
                if verdict.is_done(ended, place, reference):
                    self._next_command(place, trial, strike)
                    break
            else:
                ended = self.nursery.run(self._job(place, trial.way, folder=folder))
                result.restart_seconds = ended.seconds
                result.seconds += ended.seconds
            result.faults += verdict.faults_of_restart(ended, place, reference)
        return result

    def _next_command(self, place: Place, trial: Trial, strike: Strike) -> None:
        """Where files would not go however often they were removed, the command after it removes them.

        Any that works in a private folder takes the private ones; those of a person who is erased go with the same
        command.
        """
        if strike.fault is None or not strike.fault.lasting:
            return
        ledger, out = self.scene.ledgers.now[0], place.root / "read_afterwards"
        self.nursery.run(place.job(("read", str(ledger), "--out", str(out))))
        if trial.way == "erase person":
            self.nursery.run(self._job(place, trial.way))

    def _uninterrupted(self, way: str, where: Where) -> verdict.Reference:
        with self._place(where) as place:
            record = place.root / "points.json"
            ended = self.nursery.run(self._job(place, way, record=str(record)))
            assert "Traceback" not in ended.err, ended.err
            told = json.loads(record.read_text("utf-8"))
            said = verdict.said(ended, place)
            state, wrong = verdict.state_of(place)
            assert not wrong, wrong
            deed = self.scene.deeds.get(way, Deed(()))
            return verdict.Reference(
                ended.code, said, state, tuple(told["points"]), ended.seconds, frozenset(told["sites"]), deed.settled,
                deed.is_told_again,
            )  # fmt: skip

    def _place(self, where: Where) -> Any:
        return self.scene.empty_place() if where == "empty" else self.scene.place(where)

    def _job(self, place: Place, way: str, fault: Fault | None = None, **more: Any) -> dict[str, Any]:
        paths = [str(path) for path in self.scene.ledgers.now]
        arguments = ("run", *paths, "--province", ledgers.PROVINCE, "--json")
        if way in self.scene.deeds:
            return place.job(self.scene.deeds[way].arguments, fault, **more)
        if fault is not None and fault.how in ENDS_SERVER:
            fault = replace(fault, pid_file=str(place.home / "store" / "data" / "postmaster.pid"))
        return place.job(arguments, fault, way=way, paths=paths, province=ledgers.PROVINCE, inside=True, **more)

    def _struck(
        self, place: Place, trial: Trial, strike: Strike, folder: str | None, number: int
    ) -> tuple[Ended, list[str]]:
        if strike.cut is None:
            ended = self.nursery.run(self._job(place, trial.way, strike.fault, folder=folder, kill_at=strike.kill_at))
            return ended, list(ended.fired)
        server = self.scene.server
        proxy = Proxy(place.root / f"p{number}", server.socket, server.port, strike.cut)
        try:
            behind = replace(place, url=self.scene.url_at(place.database, place.root / f"p{number}"))
            return self.nursery.run(self._job(behind, trial.way, folder=folder)), proxy.fired
        finally:
            proxy.close()

    def _faults_of_strike(
        self, ended: Ended, strike: Strike, fired: list[str], place: Place, reference: verdict.Reference
    ) -> Iterator[str]:
        if ended.orphans:
            yield f"{ended.orphans} programs left by the struck run"
        if not fired:
            return
        if strike.is_kill:
            if ended.code != -9:
                yield f"killed, but ended with {ended.code}"
        elif not verdict.is_done(ended, place, reference):
            yield from verdict.faults_of_error(ended, self.scene.ledgers.secrets)


def points_of(reference: verdict.Reference) -> list[tuple[str, int]]:
    """Each point once: its label, and how often that label came before."""
    seen: Counter[str] = Counter()
    points = []
    for label in reference.points:
        points.append((label, seen[label]))
        seen[label] += 1
    return points


def spread(choices: list[Any], count: int, seed: int) -> list[Any]:
    """So many of them, evenly over their order, at a seeded offset; all where there are not more."""
    if count >= len(choices):
        return choices
    step = len(choices) / count
    start = random.Random(seed).random() * step  # noqa: S311 - a sample
    return [choices[int(start + step * number)] for number in range(count)]


def in_turns(trials: list[Trial], together: int = 3) -> list[Trial]:
    """The same strikes, several on one command: an early one, a later one on its restart, and so on.

    So every second run is a recovery that is struck itself, and a campaign takes half as long.
    """
    kinds: dict[str, list[Trial]] = {}
    for trial in trials:
        kinds.setdefault(trial.kind, []).append(trial)
    joined = []
    for same in kinds.values():
        rows = -(-len(same) // together)
        for number, first in enumerate(same[:rows]):
            joined.append(replace(first, strikes=tuple(s for trial in same[number::rows] for s in trial.strikes)))
    return joined
