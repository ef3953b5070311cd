"""Our line recogniser beside the two that come in packages, on lines of fonts and seeds that none was made with.

    python -m benchmarks.line_recogniser.compare --pages 60 --seed 9601

Of the packages `trueocr` and `asterocr` (extra `train`) weights are read alone. Counts lines read exactly, blanks aside
(one of them drops blanks), by the letter that is likeliest at each step: no list and no column helps any of them.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
from rapidfuzz.distance import Levenshtein

from benchmarks.common import write_results
from benchmarks.line_recogniser.strips import lines_with_texts
from data_samples.pages.fonts import FONT_KINDS, FontSet
from data_samples.pages.render import make_page
from readers import ocr
from readers.forms import load_forms
from readers.lattice import Lattice, Letters, best_path
from readers.pages import Picture

_LEVELS, _SHIFT = 5, 0.02
Read = Callable[[Sequence[Picture]], list[str]]
Line = tuple[Picture, str, int, str]
"""Its picture, its text, the level of damage and kind of font of its page."""


class LargerRecogniser:
    """`asterocr`: a recurrent network of 41 MB; a line of 32 pixels, at most 1 024 wide, one at a time."""

    _HEIGHT, _WIDEST, _MULTIPLE = 32, 1024, 4

    def __init__(self) -> None:
        folder = Path(str(distribution("asterocr").locate_file("asterocr/assets")))
        self._letters = Letters(json.loads((folder / "vocab.json").read_text(encoding="utf-8"))["chars"][1:])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session: Any = onnxruntime.InferenceSession(folder / "asternet.onnx", options)

    def read(self, lines: Sequence[Picture]) -> list[Lattice]:
        """The lattice of each line."""
        return [Lattice(self._session.run(None, {"images": self._map(x)})[0][:, 0], self._letters) for x in lines]

    def _map(self, line: Picture) -> np.ndarray[Any, np.dtype[np.float32]]:
        height, width = line.shape
        wide = min(self._WIDEST, max(self._HEIGHT, int(width * self._HEIGHT / height)))
        wide = min(self._WIDEST, (wide + self._MULTIPLE - 1) // self._MULTIPLE * self._MULTIPLE)
        how = cv2.INTER_AREA if height > self._HEIGHT else cv2.INTER_LINEAR
        grey = cv2.resize(line, (wide, self._HEIGHT), interpolation=how).astype(np.float32) / 127.5 - 1.0
        return np.repeat(grey[None], 3, axis=0)[None]


def main() -> None:
    """Make lines, read them by each, print and write results/line_recognisers.csv."""
    given = _parser().parse_args()
    lines = list(_lines(given.pages, given.seed, given.fonts))
    rows = [row for name, read in _recognisers() for row in measured(name, read, lines)]
    for row in rows:
        print("  ".join(f"{k} {v}" for k, v in row.items() if v != ""))
    if given.write:
        print(write_results("line_recognisers", rows))


def _recognisers() -> Iterator[tuple[str, Read]]:
    yield "sohoa", _plain(ocr.own().read)
    yield "trueocr", _plain(ocr.second().read)
    try:
        yield "asterocr", _plain(LargerRecogniser().read)
    except PackageNotFoundError:
        print("asterocr: not installed (extra `train`), left out")


def _plain(read: Callable[[Sequence[Picture]], list[Lattice]]) -> Read:
    return lambda lines: [best_path(lattice)[0] for lattice in read(lines)]


def _lines(pages: int, seed: int, font_set: FontSet) -> Iterator[Line]:
    forms = load_forms()
    for number in range(pages):
        level, kind = 1 + number % _LEVELS, FONT_KINDS[number // _LEVELS % len(FONT_KINDS)]
        page = make_page(seed + number, forms[number % len(forms)].form_id, level, kind, font_set)
        for picture, text in lines_with_texts(page, np.random.default_rng([seed + number, 1]), _SHIFT):
            if text:
                yield picture, text, level, kind


def measured(name: str, read: Read, lines: Sequence[Line]) -> list[Mapping[str, object]]:
    """Rows of one recogniser: all lines, each kind of font, each level."""
    begin = time.process_time()
    said = read([picture for picture, *_ in lines])
    spent = (time.process_time() - begin) / max(1, len(lines))
    right = np.array([_bare(one) == _bare(text) for one, (_, text, *_) in zip(said, lines, strict=True)])
    wrong = np.array([Levenshtein.distance(_bare(s), _bare(t)) for s, (_, t, *_) in zip(said, lines, strict=True)])
    sizes = np.array([len(_bare(text)) for _, text, *_ in lines])
    groups: list[tuple[str, Sequence[bool]]] = [("all", [True] * len(lines))]
    groups += [(kind, [line[3] == kind for line in lines]) for kind in FONT_KINDS]
    groups += [(f"level {level}", [line[2] == level for line in lines]) for level in range(1, _LEVELS + 1)]
    found: list[Mapping[str, object]] = []
    for what, own in groups:
        mask = np.array(own)
        if mask.any():
            found.append({
                "recogniser": name, "lines_of": what, "lines": int(mask.sum()),
                "exact": round(float(right[mask].mean()), 4),
                "cer": round(float(wrong[mask].sum() / sizes[mask].sum()), 4),
                "cpu_ms_a_line": round(spent * 1e3, 1) if what == "all" else "",
            })  # fmt: skip
    return found


def _bare(text: str) -> str:
    return text.replace(" ", "")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--seed", type=int, default=9601)
    parser.add_argument("--fonts", choices=("dev", "held_out", "train"), default="held_out")
    parser.add_argument("--write", action=argparse.BooleanOptionalAction, default=False)
    return parser


if __name__ == "__main__":
    main()
