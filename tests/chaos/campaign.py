"""`make chaos`: the campaign. Prints a line as it goes, and writes what became of each kind.

    python -m tests.chaos.campaign --points 900 --seed 1 --write

A trial is a fault (or several), the restart with the same command, and a look at everything: see `verdict`.
"""

import argparse
import csv
import random
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, SimpleQueue

from tests.chaos import kinds, sites
from tests.chaos.crowd import crowd
from tests.chaos.scene import Nursery, Scene
from tests.chaos.trials import Arena, Result, Trial, in_turns, spread

_ROOT = Path(__file__).parents[2]
_TABLE = _ROOT / "benchmarks" / "results" / "chaos.csv"
_PAGE = _ROOT / "docs" / "chaos.md"
_MARK = "<!-- campaign -->\n"
_SHARES = {"before": 0.17, "after": 0.08, "steps": 0.09, "torn": 0.05, "moments": 0.06, "recoveries": 0.04,
           "once": 0.07, "lasting": 0.05, "errors": 0.05, "lost": 0.04, "cuts": 0.04, "servers": 0.05,
           "deeds": 0.14, "hurt deeds": 0.07, "empty": 0.03}  # fmt: skip
"""Which part of the trials each group has."""
_AT_ONCE = 4
"""Jobs of the crowd at a time for each worker."""


@dataclass
class Tally:
    """What became of the trials of a kind."""

    points: int = 0
    fired: int = 0
    recovered: int = 0
    slowest_restart: float = 0.0
    faults: list[str] = field(default_factory=list)

    def add(self, result: Result) -> None:
        """Count a result. A fault that did not fire counts as a point, and as nothing else."""
        self.points += len(result.trial.strikes)
        self.fired += len(result.fired)
        self.recovered += result.recovered
        self.slowest_restart = max(self.slowest_restart, result.restart_seconds)
        self.faults += result.faults


def plan(arena: Arena, count: int, seed: int) -> list[Trial]:
    """About so many trials: of each group evenly over its points, at a seeded offset."""
    groups = {
        "before": kinds.kills(arena, "whole", "before"), "after": kinds.kills(arena, "whole", "after"),
        "steps": kinds.kills(arena, "steps", "before"), "torn": kinds.torn(arena),
        "moments": kinds.moments(arena, round(count * _SHARES["moments"]), seed),
        "recoveries": kinds.recoveries(arena, round(count * _SHARES["recoveries"]), seed),
        "once": kinds.refusals(arena, lasting=False), "lasting": kinds.refusals(arena, lasting=True),
        "errors": kinds.server_errors(arena), "lost": kinds.lost_lines(arena), "cuts": list(kinds.cut_lines(arena)),
        "servers": kinds.dying_servers(arena), "empty": kinds.kills(arena, "whole", "before", "empty"),
        "deeds": kinds.deeds(arena, "kills"), "hurt deeds": kinds.deeds(arena, "others"),
    }  # fmt: skip
    every = {
        name: in_turns(spread(trials, max(3, round(count * _SHARES[name])), seed)) for name, trials in groups.items()
    }
    for trials in every.values():
        random.Random(seed).shuffle(trials)  # noqa: S311 - an order
    # in turns, so that a campaign that is ended early has seen each kind
    turns = sorted((n / len(trials), name, n) for name, trials in every.items() for n in range(len(trials)))
    return [every[name][n] for _, name, n in turns]


def main() -> None:
    """Run the campaign."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--points", type=int, default=900, help="faults, about; 0: the provinces alone")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--minutes", type=float, default=120)
    options.add_argument("--provinces", type=int, default=34)
    options.add_argument("--batches", type=int, default=6)
    options.add_argument("--only", help="kinds whose name holds this")
    options.add_argument("--write", action="store_true", help="write the tables that are committed")
    given = options.parse_args()
    begun, tallies = time.monotonic(), defaultdict(Tally)
    scene = Scene()
    try:
        for result in _results(scene, given, begun + given.minutes * 60) if given.points else ():
            tallies[result.trial.kind].add(result)
            _progress(tallies, result, time.monotonic() - begun)
        if given.provinces and not given.only:
            first = Nursery()
            told = crowd(scene, first, given.provinces, given.batches, given.workers * _AT_ONCE)
            first.close()
            tallies[told.trial.kind].add(told)
            _progress(tallies, told, time.monotonic() - begun)
    finally:
        scene.close()
    lines = list(_summary(tallies, given.seed, time.monotonic() - begun))
    sys.stdout.write("\n" + "\n".join(lines) + "\n")
    if given.write:
        _write(tallies, lines)
    is_sound = any(t.fired for t in tallies.values()) and not any(t.faults for t in tallies.values())
    sys.exit(0 if is_sound else 1)


def _results(scene: Scene, given: argparse.Namespace, end: float) -> Iterator[Result]:
    """The results of all trials as they come, from several nurseries side by side."""
    first = Nursery()
    arenas = [Arena(scene, first), *(Arena(scene, first.twin()) for _ in range(given.workers - 1))]
    scene.prepare(arenas[0].nursery)
    scene.prepare_embedded(arenas[0].nursery)
    scene.prepare_loaded(arenas[0].nursery)
    trials = plan(arenas[0], given.points, given.seed)
    untold = [site for site in sites.not_passed(arenas[0].passed()) if site not in sites.listed()]
    if untold:
        raise SystemExit(f"no run comes through {', '.join(untold)}, and tests/chaos/not_passed.txt does not say why")
    waiting: SimpleQueue[Trial] = SimpleQueue()
    done: SimpleQueue[Result | None] = SimpleQueue()
    for trial in trials:
        if given.only is None or given.only in trial.kind:
            waiting.put(trial)
    for arena in arenas:
        arena.share(arenas[0])
        threading.Thread(target=_work, args=(arena, waiting, done, end), daemon=True).start()
    left = len(arenas)
    while left:
        result = done.get()
        left -= result is None
        if result is not None:
            yield result
    for arena in arenas[::-1]:
        arena.nursery.close()


def _work(arena: Arena, waiting: "SimpleQueue[Trial]", done: "SimpleQueue[Result | None]", end: float) -> None:
    try:
        while time.monotonic() < end:
            trial = waiting.get_nowait()
            try:
                done.put(arena.run(trial))
            except Exception as wrong:  # noqa: BLE001 - a trial that ends the harness is a fault like any other
                done.put(Result(trial, ["?"] * len(trial.strikes), [f"{type(wrong).__name__}: {wrong}"[:400]]))
    except Empty:
        pass
    finally:
        done.put(None)


def _progress(tallies: dict[str, Tally], result: Result, seconds: float) -> None:
    points = sum(t.points for t in tallies.values())
    failed = sum(t.fired - t.recovered for t in tallies.values())
    sys.stdout.write(f"\r{points} points, {failed} failed, {seconds:.0f} s: {result.trial.kind:60.60}")
    if result.faults:
        strikes = ", ".join(str(s.fault or s.cut or s.kill_at) for s in result.trial.strikes)
        sys.stdout.write(f"\n  {result.trial.way} {strikes}\n" + "".join(f"    {f}\n" for f in result.faults[:4]))
    sys.stdout.flush()


def _summary(tallies: dict[str, Tally], seed: int, seconds: float) -> Iterator[str]:
    yield f"{datetime.now(UTC):%Y-%m-%d}, seed {seed}, {seconds / 60:.0f} minutes:"
    yield ""
    yield "| Kind | Points | Fired | Recovered | Failed | Slowest restart, s |"
    yield "|---|---|---|---|---|---|"
    total = Tally()
    for kind, tally in sorted(tallies.items()):
        yield _line(kind, tally)
        total.points, total.fired = total.points + tally.points, total.fired + tally.fired
        total.recovered += tally.recovered
        total.slowest_restart = max(total.slowest_restart, tally.slowest_restart)
    yield _line("all", total)


def _line(kind: str, tally: Tally) -> str:
    failed = tally.fired - tally.recovered
    return f"| {kind} | {tally.points} | {tally.fired} | {tally.recovered} | {failed} | {tally.slowest_restart:.1f} |"


def _write(tallies: dict[str, Tally], lines: list[str]) -> None:
    with _TABLE.open("w", newline="", encoding="utf-8") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(("kind", "points", "fired", "recovered", "failed", "slowest_restart_s", "first_fault"))
        for kind, t in sorted(tallies.items()):
            first = t.faults[0] if t.faults else ""
            table.writerow(
                (kind, t.points, t.fired, t.recovered, t.fired - t.recovered, round(t.slowest_restart, 1), first)
            )
    before, _, rest = _PAGE.read_text("utf-8").partition(_MARK)
    _, _, after = rest.partition(_MARK)
    _PAGE.write_text(before + _MARK + "\n".join(lines) + "\n" + _MARK + after, "utf-8")


if __name__ == "__main__":
    main()
