"""How surely the encoding of a column of names is recognised: encoding x number of names x people.

python -m benchmarks.encodings [--draws 200] [--only telex viqr]

People: Kinh names; a third of the names of other peoples; Kinh names whose given name is a random syllable that no
word list holds; for keys typed with the keyboard off also a third of names of other peoples and of foreigners that
stand in no list of the reader and none of the samples (held_out_names.txt).
Right: every name came back to the letter. Asked: the file was refused with a question, or rows wait. Cells asked, cells
wrong: shares of all names of all draws.
"""

import argparse
import csv
import re
import time
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks.common import RESULTS, write_results
from benchmarks.legacy_text import BYTES, IN_UNICODE, TYPED
from data_samples.names import draw_names, name_forms
from readers import syllables
from readers.column_text import ColumnText
from readers.grid import Grid
from readers.letters import VISCII
from readers.text_file import UNKNOWN
from schemas.errors import FileRefused

COUNTS = (5, 20, 100, 1000)
PEOPLE = ("kinh", "mixed", "unlisted", "held out")
_HELD_OUT = Path(__file__).parent / "held_out_names.txt"
_SHARES = ("right", "asked", "wrong", "cells_asked", "cells_wrong")
_COLUMNS = ("encoding", "people", "names", "draws", *_SHARES, "seconds")
_POOL = 20_000
_CLUSTER = re.compile(r".[\u0300-\u036f]*")
_LETTERS = frozenset(VISCII.values())


def main() -> None:
    """Measure and write results/encodings.csv."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--only", nargs="*", help="these encodings; the rows of the others stay")
    said = parser.parse_args()
    rows = list(_measured(said.draws, said.only))
    print(write_results("encodings", [*(_rows_that_stay(said.only) if said.only else ()), *rows]))
    for count in COUNTS:
        own = [r for r in rows if r["names"] == count]
        print(
            count,
            {
                k: round(sum(float(str(r[k])) for r in own) / len(own), 5)
                for k in ("right", "asked", "wrong", "cells_asked")
            },
        )


def _rows_that_stay(only: list[str]) -> list[dict[str, object]]:
    with (RESULTS / "encodings.csv").open(encoding="utf-8", newline="") as lines:
        kept = [row for row in csv.DictReader(lines) if row["encoding"] not in only]
    return [{name: row.get(name, "") for name in _COLUMNS} for row in kept]


def _measured(draws: int, only: list[str] | None) -> Iterator[dict[str, object]]:
    pools = {people: pool(people) for people in PEOPLE}
    for name, write in {**BYTES, **IN_UNICODE}.items():
        if only and name not in only:
            continue
        for people in PEOPLE if name in TYPED else PEOPLE[:3]:
            for count in COUNTS:
                start = time.perf_counter()
                found = [_one(name, write, np.random.default_rng(n), pools[people], count) for n in range(draws)]
                ends = [_end(asked, wrong) for asked, wrong in found]
                shares = {k: ends.count(k) / draws for k in ("right", "asked", "wrong")}
                cells = zip(("cells_asked", "cells_wrong"), map(sum, zip(*found, strict=True)), strict=True)
                shares |= {k: round(n / draws / count, 6) for k, n in cells}
                seconds = round((time.perf_counter() - start) / draws, 5)
                yield dict(zip(_COLUMNS, (name, people, count, draws, *shares.values(), seconds), strict=True))


def _end(asked: int, wrong: int) -> str:
    return "wrong" if wrong else "asked" if asked else "right"


def _one(
    name: str, write: Callable[[str], str], chance: np.random.Generator, names_of: list[str], count: int
) -> tuple[int, int]:
    """How many of a column of names are asked about, and how many came back wrong without a question."""
    is_bytes = name in BYTES
    names = [writable(n) for n in chance.choice(np.asarray(names_of, object), count, replace=False)]
    written = pa.array([write(n) for n in names], pa.string())
    try:
        text = ColumnText(UNKNOWN if is_bytes else None)
        grid = text.decoded(Grid(np.arange(count, dtype=np.int32), (written,)))
    except FileRefused:
        return count, 0
    read = [unicodedata.normalize("NFC", t or "") for t in grid.columns[0].to_pylist()]
    waits = {t.row for t in grid.troubles} | {at for at, t in enumerate(read) if "\ufffd" in t}
    wanted = [n.upper() for n in names] if name == "tcvn3-capitals" else names
    wrong = {at for at, (r, w) in enumerate(zip(read, wanted, strict=True)) if not is_same(r, w, name)}
    return len(waits), len(wrong - waits)


def writable(name: str) -> str:
    """NFC, without the marks of other languages: no old encoding had them (č, ŏ)."""
    letters = (unicodedata.normalize("NFC", c) for c in _CLUSTER.findall(unicodedata.normalize("NFD", name)))
    return "".join(c if c in _LETTERS or c.isascii() else unicodedata.normalize("NFD", c)[0] for c in letters)


def is_same(read: str, wanted: str, name: str) -> bool:
    """To the letter; of the small font of TCVN3 the case of toned letters is lost, of keyboards the place of a tone."""
    if name.startswith("tcvn3"):
        return read.lower() == wanted.lower()
    if name in TYPED:
        return sorted(unicodedata.normalize("NFD", read)) == sorted(unicodedata.normalize("NFD", wanted))
    return read == wanted


def pool(people: str) -> list[str]:
    """Names of those people: 20 000, some of them several times."""
    forms, chance = name_forms(), np.random.default_rng(7)
    kinh = chance.integers(0, 3, _POOL)
    others = chance.integers(3, len(forms.groups), _POOL)
    style = np.where(chance.random(_POOL) < (0.33 if people == "mixed" else 0.0), others, kinh)
    table = forms.table(style, chance.random(_POOL) < 0.5, chance.integers(1930, 2015, _POOL))
    codes = draw_names(forms, table, chance.random((_POOL, 2)), chance.random((_POOL, 2)))
    names = [n for n in forms.join(*codes).to_pylist() if n]
    if people == "held out":
        held_out = [n for n in _HELD_OUT.read_text(encoding="utf-8").splitlines() if not n.startswith("#")]
        return [*names[: _POOL * 2 // 3], *chance.choice(np.asarray(held_out, object), _POOL // 3).tolist()]
    return _unlisted(names) if people == "unlisted" else names


def _unlisted(names: list[str]) -> list[str]:
    chance = np.random.default_rng(11)
    tones = ["", *sorted(syllables._TONES)]
    made = {
        unicodedata.normalize("NFC", onset + rhyme[0] + tone + rhyme[1:])
        for onset in syllables._ONSETS
        for rhyme in syllables._RHYMES
        for tone in chance.choice(tones, 2, replace=False).tolist()
    }
    rare = np.asarray(sorted(w for w in made if syllables.evidence(w) == syllables.POSSIBLE), object)
    return [" ".join((*n.split(" ")[:-1], str(chance.choice(rare)).capitalize())) for n in names]


if __name__ == "__main__":
    main()
