"""The catalogue in many variants: ``python -m tests.corpus.campaign --seeds N`` prints and writes what was found.

Every fifth variant is read in the child process of production; every item has one variant in its full size, within a
limit on the address space. The result is a table by item (CSV) and by section (docs/corpus.md).
"""

import argparse
import csv
import multiprocessing
import resource
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.corpus.cases import CATALOGUE
from tests.corpus.catalogue import SECTIONS, items
from tests.corpus.open_items import OPEN
from tests.corpus.verdict import judge

_ROOT = Path(__file__).parents[2]
_TABLE = _ROOT / "benchmarks" / "results" / "corpus.csv"
_PAGE = _ROOT / "docs" / "corpus.md"
_ADDRESS_SPACE = 6 << 30
_IN_CHILD = 5
_FIRST = 1_000
"""First seed of a campaign: none that the tests use."""


@dataclass
class Result:
    """What became of the variants of one item."""

    number: int
    variants: int = 0
    right: int = 0
    letters: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)


def run_item(number: int, seeds: int) -> Result:
    """All variants of one item; a crash counts as a fault and stops nothing."""
    one, result = CATALOGUE[number], Result(number)
    folder = Path(tempfile.mkdtemp(prefix=f"corpus-{number}-"))
    for seed in range(_FIRST, _FIRST + seeds):
        is_large = seed == _FIRST + seeds - 1
        try:
            verdict = judge(one, one.case(seed, is_large=is_large), folder, in_child=is_large or seed % _IN_CHILD == 0)
            faults, letter, seconds = verdict.faults, verdict.letter, verdict.seconds
        except Exception as wrong:  # noqa: BLE001 - whatever escapes is what the campaign looks for
            faults, letter, seconds = (f"escaped: {type(wrong).__name__} {wrong}"[:300],), "!", 0.0
        result.variants += 1
        result.right += not faults
        result.letters[letter] += 1
        result.seconds = max(result.seconds, seconds)
        result.faults += [f"variant {seed}: {fault}" for fault in faults[:1]]
    shutil.rmtree(folder, ignore_errors=True)
    return result


def status(result: Result) -> str:
    """right | in part | open."""
    return "right" if result.right == result.variants else "in part" if result.right else "open"


def main() -> None:
    """Run the campaign."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seeds", type=int, default=20)
    options.add_argument("--items", type=int, nargs="*")
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--write", action="store_true", help="write the tables that are committed")
    given = options.parse_args()
    numbers = given.items or [one.number for one in items()]
    results = list(_run(numbers, given.seeds, given.workers))
    if given.write:
        _write(results, given.seeds)
    print("\n".join(_summary(results)))  # noqa: T201 - a program for a terminal


def _run(numbers: Iterable[int], seeds: int, workers: int) -> Iterator[Result]:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_limit) as pool:
        for done in [pool.submit(run_item, number, seeds) for number in numbers]:
            result = done.result()
            if result.faults:
                one = CATALOGUE[result.number]
                print(f"{one.number} {one.title}: {result.right}/{result.variants}", *result.faults[:2], sep="\n    ")  # noqa: T201
            yield result


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))


def _summary(results: list[Result]) -> list[str]:
    lines = ["| Section | Items | Variants | Right | Share |", "|---|---|---|---|---|"]
    for section in (*SECTIONS, "all"):
        own = [r for r in results if section in (CATALOGUE[r.number].section, "all")]
        if own:
            variants, right = sum(r.variants for r in own), sum(r.right for r in own)
            lines.append(f"| {section} | {len(own)} | {variants} | {right} | {100 * right / variants:.1f} % |")
    return lines


def _write(results: list[Result], seeds: int) -> None:
    with _TABLE.open("w", newline="", encoding="utf-8") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(("item", "title", "section", "expected", "found", "variants", "right", "status", "reason"))
        for r in results:
            one = CATALOGUE[r.number]
            found = " ".join(f"{letter}:{n}" for letter, n in sorted(r.letters.items()))
            reason = OPEN.get(r.number, "")
            table.writerow(
                (r.number, one.title, one.section, one.letter, found, r.variants, r.right, status(r), reason)
            )
    marks = "<!-- campaign -->\n"
    before, _, rest = _PAGE.read_text("utf-8").partition(marks)
    _, _, after = rest.partition(marks)
    found = "\n".join([f"{seeds} variants an item, seeds that no test uses:", "", *_summary(results), ""])
    _PAGE.write_text(before + marks + found + marks + after, "utf-8")


if __name__ == "__main__":
    main()
