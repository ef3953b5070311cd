"""The line recognisers: weights that ship inside pinned packages, run by onnxruntime, whose only door this is.

Only weights are taken, as files whose SHA-256 is known; the packages themselves are never imported, so no code of
theirs runs. What each network is given (height, margins, scale of grey) follows how it was trained, as its package
documents it in `trueocr/preprocess.py` (Apache-2.0) and `asterocr/pipeline.py` (MIT).
"""

import hashlib
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime

from readers.lattice import Lattice, Letters, LogProbs
from readers.pages import Picture
from schemas.errors import SettingsError

_WIDTHS_ALIKE = 1.3
_MOST_COLUMNS = 64 * 640
_PAPER = 255
Ink = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Weights:
    """A file of a package, by its content."""

    package: str
    path: str
    sha256: str


FAST = Weights("trueocr", "trueocr/models/rec.onnx", "360b800dcbebd1099270f703ac35a43a6c86b40de049c4be78a130184b3bfef0")
FAST_LETTERS = Weights(
    "trueocr", "trueocr/models/meta.json", "934c619f2b8579aa0fa0ead0ec20afc79fd92966be0255ebaf821142fe8740cd"
)
SLOW = Weights(
    "asterocr", "asterocr/assets/asternet.onnx", "10c96b533e1f64031d73edfddafd7d4b13595544f11891f0531bcd72cb29be80"
)
SLOW_LETTERS = Weights(
    "asterocr", "asterocr/assets/vocab.json", "82c6df018ceca8c10876947e0f7df798ed321825276ed7f3bb12ae3ed6dc647b"
)


FAST_NAME, SLOW_NAME = "trueocr", "asterocr"


class FastRecogniser:
    """A convolutional network of 4 MB: a line of 32 pixels within 96, a step each 8 columns."""

    name = "trueocr"
    _HEIGHT, _WINDOW, _PAD_Y, _PAD_X, _MULTIPLE, _HALO, _WIDEST = 32, 3, 0.2, 0.3, 8, 8, 768
    _LOG_PROBS = "/LogSoftmax_output_0"

    def __init__(self) -> None:
        self._letters = Letters(json.loads(_content(FAST_LETTERS))["charset"])
        self._session = _session(_with_output(_content(FAST), self._LOG_PROBS))

    def read(self, lines: Sequence[Picture]) -> list[Lattice]:
        """The lattice of each line: grey crops, dark ink on light paper, one line of text each."""
        maps = [self._ink(line) for line in lines]
        found: list[Lattice | None] = [None] * len(lines)
        for group in _alike([m.shape[1] for m in maps]):
            given, widths = self._batch([maps[i] for i in group])
            said, steps = self._session.run([self._LOG_PROBS, "lengths"], {"x": given, "widths": widths})
            for place, i in enumerate(group):
                found[i] = Lattice(said[place, : int(steps[place])].astype(np.float32), self._letters)
        return [lattice for lattice in found if lattice is not None]

    def place_of(self, line: Picture, share: float) -> int:
        """The column of a line's picture at that share, 0 to 1, of the steps of its lattice."""
        height, width = (int(size) for size in line.shape)
        beside = round(self._PAD_X * height)
        return int(share * (width + 2 * beside)) - beside

    def _above(self, height: int) -> int:
        return round(((self._WINDOW * (1 + 2 * self._PAD_Y) - 1) / 2) * height)

    def _ink(self, line: Picture) -> Ink:
        height = line.shape[0]
        above = self._above(height)
        beside = round(self._PAD_X * height)
        padded = cv2.copyMakeBorder(line, above, above, beside, beside, cv2.BORDER_CONSTANT, value=(_PAPER,))
        tall = self._HEIGHT * self._WINDOW
        wide = max(self._MULTIPLE, min(self._WIDEST, round(padded.shape[1] * tall / padded.shape[0])))
        how = cv2.INTER_AREA if padded.shape[0] > tall else cv2.INTER_LINEAR
        return np.asarray(1.0 - cv2.resize(padded, (wide, tall), interpolation=how).astype(np.float32) / 255.0)

    def _batch(self, maps: Sequence[Ink]) -> tuple[Ink, npt.NDArray[np.int64]]:
        widest = math.ceil(max(m.shape[1] for m in maps) / self._MULTIPLE) * self._MULTIPLE + self._HALO
        given = np.zeros((len(maps), 1, maps[0].shape[0], widest), np.float32)
        for place, ink in enumerate(maps):
            given[place, 0, :, : ink.shape[1]] = ink
        return given, np.array([m.shape[1] for m in maps], np.int64)


class SlowRecogniser:
    """A recurrent network with a language head, 41 MB: a line of 32 pixels, at most 1 024 wide."""

    name = "asterocr"
    _HEIGHT, _WIDEST, _MULTIPLE = 32, 1024, 4

    def __init__(self) -> None:
        self._letters = Letters(json.loads(_content(SLOW_LETTERS))["chars"][1:])
        self._session = _session(_content(SLOW))

    def read(self, lines: Sequence[Picture]) -> list[Lattice]:
        """The lattice of each line: grey crops, dark ink on light paper, one line of text each."""
        maps = [self._map(line) for line in lines]
        found: list[Lattice | None] = [None] * len(lines)
        # What is right of a line changes what its recurrent layers say, so only equal widths go together.
        for group in _equal([m.shape[2] for m in maps]):
            said: LogProbs = self._session.run(None, {"images": np.stack([maps[i] for i in group])})[0]
            for place, i in enumerate(group):
                found[i] = Lattice(said[:, place].astype(np.float32), self._letters)
        return [lattice for lattice in found if lattice is not None]

    def _map(self, line: Picture) -> Ink:
        height, width = line.shape
        wide = min(self._WIDEST, max(self._HEIGHT, int(width * self._HEIGHT / height)))
        wide = min(self._WIDEST, (wide + self._MULTIPLE - 1) // self._MULTIPLE * self._MULTIPLE)
        how = cv2.INTER_AREA if height > self._HEIGHT else cv2.INTER_LINEAR
        grey = cv2.resize(line, (wide, self._HEIGHT), interpolation=how).astype(np.float32) / 127.5 - 1.0
        return np.repeat(grey[None], 3, axis=0)


@cache
def fast() -> FastRecogniser:
    """The fast one, loaded once a process. Raises SettingsError."""
    return FastRecogniser()


@cache
def slow() -> SlowRecogniser:
    """The slow one, loaded once a process. Raises SettingsError."""
    return SlowRecogniser()


def _content(weights: Weights) -> bytes:
    """The bytes of a file of a package.

    Raises:
        SettingsError: ocr.weights_missing, ocr.weights_other: it is not there, or not the one that was looked at.
    """
    try:
        path = Path(str(distribution(weights.package).locate_file(weights.path)))
        content = path.read_bytes()
    except (PackageNotFoundError, OSError):
        raise SettingsError("ocr.weights_missing", package=weights.package) from None
    if hashlib.sha256(content).hexdigest() != weights.sha256:
        raise SettingsError("ocr.weights_other", package=weights.package)
    return content


def _session(model: bytes) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # with lines of all lengths it grows and saves no time
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _with_output(model: bytes, name: str) -> bytes:
    """The model with one more output: an inner value of its graph.

    A serialised message that is appended to another is merged with it: fields that repeat are added (Protocol Buffers,
    encoding, "Last One Wins"). ModelProto.graph is field 7, GraphProto.output 12, ValueInfoProto.name 1 (onnx.proto).
    """
    return model + _field(7, _field(12, _field(1, name.encode())))


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _alike(widths: Sequence[int]) -> Iterator[list[int]]:
    """Groups of lines of about one width, so that little is worked out for the margin."""
    group: list[int] = []
    for i in sorted(range(len(widths)), key=lambda i: widths[i]):
        if group and (
            widths[i] > _WIDTHS_ALIKE * max(64, widths[group[0]]) or (len(group) + 1) * widths[i] > _MOST_COLUMNS
        ):
            yield group
            group = []
        group.append(i)
    if group:
        yield group


def _equal(widths: Sequence[int]) -> Iterator[list[int]]:
    by_width: dict[int, list[int]] = {}
    for i, width in enumerate(widths):
        by_width.setdefault(width, []).append(i)
    yield from by_width.values()
