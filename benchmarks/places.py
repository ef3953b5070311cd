"""Right, wrong and refused addresses, and addresses a second.

`python -m benchmarks.places [--rows N] [--other PYTHON]`

Two lists (benchmarks/place_gold.py): written by hand, and composed with noise from the lists of units. `--other` is a
Python that has vietnamadminunits installed: its parser reads the same lists in a child (never its converter, which asks
a geocoder). Measured on one core; every address is distinct and read once.
"""

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence

import pyarrow as pa

from benchmarks.common import write_results
from benchmarks.place_gold import Gold, composed, written
from schemas.units import parents, provinces_of_units, successors
from transforms import places
from transforms.places import standardise_place

_SEED = 20_251_125
_REPEATS = 9
_CHILD = """
import json, sys, time
from vietnamadminunits import ParseMode, parse_address
texts = json.load(sys.stdin)
started, codes = time.process_time(), []
for text in texts:
    try:
        unit = parse_address(text, mode=ParseMode.LEGACY, keep_street=False, level=3)
        codes.append(unit.ward_code or unit.district_code or unit.province_code)
    except Exception:
        codes.append(None)
json.dump({"codes": codes, "seconds": time.process_time() - started}, sys.stdout)
"""


def main() -> None:
    """Measure and write results/places.csv."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--other", help="a Python with vietnamadminunits")
    arguments = parser.parse_args()
    results = []
    for name, gold in (("written", list(written())), ("composed", _distinct(composed(arguments.rows, _SEED)))):
        texts = [g.address for g in gold]
        codes, now, seconds = _ours(texts)
        results.append(_row("sohoa", name, [_verdict(*v) for v in zip(gold, codes, now, strict=True)], seconds))
        if arguments.other:
            codes, seconds = _theirs(arguments.other, texts)
            verdicts = [_verdict(g, c, None) for g, c in zip(gold, codes, strict=True)]
            results.append(_row("vietnamadminunits 1.0.4", name, verdicts, seconds))
    sys.stdout.write(f"{write_results('places', results)}\n")


def _distinct(gold: Sequence[Gold]) -> list[Gold]:
    return list({g.address: g for g in gold}.values())


def _ours(texts: list[str]) -> tuple[list[str | None], list[str | None], float]:
    column = pa.array(texts)
    read = standardise_place(column.slice(0, 10), "native_place", "native_place", "01")  # the lists are loaded once
    seconds = []
    for _ in range(_REPEATS):
        places.forget()  # nothing is known from the time before
        started = time.process_time()
        read = standardise_place(column, "native_place", "native_place", "01")
        seconds.append(time.process_time() - started)
    columns = read.columns
    return columns["native_place_code"].to_pylist(), columns["native_place_code_now"].to_pylist(), min(seconds)


def _theirs(python: str, texts: list[str]) -> tuple[list[str | None], float]:
    done = subprocess.run([python, "-c", _CHILD], input=json.dumps(texts), capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    return found["codes"], found["seconds"]


def _verdict(gold: Gold, code: str | None, now: str | None) -> str:
    """Right = the unit meant; coarser = one that it lies in; refused = no code; wrong = anything else."""
    if gold.kind == "today":
        return "right" if code is None and now in gold.now else "refused" if code is None else "wrong"
    if gold.code is None:
        return "right" if code is None and now is None else "wrong"
    if code is None:
        fits = now is None or now in (*successors(provinces_of_units()[gold.code]), *successors(gold.code))
        return "refused" if fits else "wrong"
    if code == gold.code:
        return "right"
    above = (parents().get(gold.code), provinces_of_units()[gold.code])
    return "coarser" if code in above else "wrong"


def _row(reader: str, name: str, verdicts: Sequence[str], seconds: float) -> dict[str, object]:
    counts = Counter(verdicts)
    size = len(verdicts)
    shares = {v: f"{100 * counts[v] / size:.2f}" for v in ("right", "coarser", "refused", "wrong")}
    return {"reader": reader, "list": name, "addresses": size} | {f"{v}_percent": s for v, s in shares.items()} | {
        "addresses_per_second": round(size / seconds)
    }  # fmt: skip


if __name__ == "__main__":
    main()
