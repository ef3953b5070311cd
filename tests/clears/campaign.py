"""`make clears`: tasks cleared, run twice and killed at random moments. Prints its lines; writes docs/airflow.md.

python -m tests.clears.campaign --count 100 --seed 1 --write
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.chaos.scene import Nursery, Scene
from tests.clears.nights import NIGHTS, SHARES
from tests.clears.trials import Reference, Result, disturbed, undisturbed

_PAGE = Path(__file__).parents[2] / "docs" / "airflow.md"
_MARK = "<!-- clears -->\n"
_TOGETHER = 4
"""Disturbances of one night."""


class Arena:
    """A scene, two nurseries, the graphs of the DAGs, and the undisturbed nights."""

    def __init__(self, scene: Scene, nurseries: tuple[Nursery, Nursery], graphs: Mapping[str, Any]) -> None:
        self._scene, self._nurseries, self._graphs = scene, nurseries, graphs
        self._references: dict[str, Reference] = {}

    def reference(self, name: str) -> Reference:
        """The undisturbed night of that name; played once."""
        if name not in self._references:
            night, where = NIGHTS[name]
            with self._scene.place(where) as place:
                self._references[name] = undisturbed(night, place, self._graphs, self._nurseries, self._scene)
        return self._references[name]

    def run(self, name: str, seed: int, disturbances: int = _TOGETHER) -> Result:
        """That night with so many disturbances."""
        reference, (night, where) = self.reference(name), NIGHTS[name]
        with self._scene.place(where) as place:
            return disturbed(
                night, place, self._graphs, self._nurseries, self._scene, reference, seed, disturbances
            )  # fmt: skip


@contextmanager
def arena(people: int) -> Iterator[Arena]:
    """An arena on a store of so many people, gone afterwards."""
    from tests.dags.test_parsing import told

    graphs = {name: dag["tasks"] for name, dag in told()["dags"].items()}
    scene, first = Scene(people), Nursery()
    try:
        second = first.twin()
        scene.prepare(first)
        scene.prepare_loaded(first)
        yield Arena(scene, (first, second), graphs)
        second.close()
    finally:
        first.close()
        scene.close()


def main() -> None:
    """Run the campaign."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=100, help="disturbances")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--night", choices=sorted(NIGHTS), help="this one alone")
    options.add_argument("--write", action="store_true", help="write the table of docs/airflow.md")
    given = options.parse_args()
    begun, results = time.monotonic(), dict[str, list[Result]]()
    names = [given.night] if given.night else [name for name, share in SHARES.items() for _ in range(share)]
    random.Random(given.seed).shuffle(names)  # noqa: S311 - an order
    with arena(260) as place:
        for number in range(-(-given.count // _TOGETHER)):
            name = names[number % len(names)]
            result = place.run(name, given.seed * 10_000 + number)
            results.setdefault(name, []).append(result)
            said = f"{name}: {dict(result.struck)}, {result.tasks} tasks, {result.seconds:.0f} s"
            sys.stdout.write("\n".join([f"{number} {said}", *(f"    {fault}" for fault in result.faults[:6])]) + "\n")
            sys.stdout.flush()
    lines = [f"{datetime.now(UTC):%Y-%m-%d}, seed {given.seed}, {(time.monotonic() - begun) / 60:.0f} minutes:", ""]
    lines += _table(results)
    sys.stdout.write("\n" + "\n".join(lines) + "\n")
    if given.write:
        before, _, rest = _PAGE.read_text("utf-8").partition(_MARK)
        _PAGE.write_text(before + _MARK + "\n".join(lines) + "\n" + _MARK + rest.partition(_MARK)[2], "utf-8")
    sys.exit(1 if any(result.faults for some in results.values() for result in some) else 0)


def _table(results: Mapping[str, list[Result]]) -> Iterator[str]:
    yield "| Night | Nights | Tasks | Disturbances that struck | of these | Ended otherwise |"
    yield "|---|---|---|---|---|---|"
    for name, some in sorted(results.items()):
        struck = sum((result.struck for result in some), Counter[str]())
        kinds = ", ".join(f"{kind} {n}" for kind, n in sorted(struck.items()))
        wrong = sum(bool(result.faults) for result in some)
        tasks = sum(result.tasks for result in some)
        yield f"| {name} | {len(some)} | {tasks} | {struck.total()} | {kinds} | {wrong} |"


if __name__ == "__main__":
    main()
