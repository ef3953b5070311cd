"""The line recognisers: our own, and one that ships inside a pinned package. The only door to onnxruntime.

Weights are files whose SHA-256 is known. Of the package only weights are taken: it is never imported, so no code of it
runs; what its network is given (height, margins, scale of grey) is as its `trueocr/preprocess.py` (Apache-2.0) has it.
"""

import hashlib
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources import files
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime

from readers.lattice import Lattice, Letters
from readers.line_strips import BESIDE, HEIGHT, Strip, place_in, strip_of, width_of
from readers.pages import Picture
from schemas.errors import SettingsError

_WIDTHS_ALIKE = 1.3
_MOST_COLUMNS, _BEST_COLUMNS = 64 * 640, 2048
_PAPER = 255
Ink = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Weights:
    """A file of a package, by its content."""

    package: str
    path: str
    sha256: str


OWN = Weights("readers", "line_reader.onnx", "a80c277d8389392fcc96164287e5a0ae972e3477cf07c7d4560afcf0cf900f49")
OWN_LETTERS = Weights("readers", "line_reader.txt", "f838c9621b2c46156b0077cff82ab736049736166823b34059b0f8f7516e8a2e")
SECOND = Weights(
    "trueocr", "trueocr/models/rec.onnx", "360b800dcbebd1099270f703ac35a43a6c86b40de049c4be78a130184b3bfef0"
)
SECOND_LETTERS = Weights(
    "trueocr", "trueocr/models/meta.json", "934c619f2b8579aa0fa0ead0ec20afc79fd92966be0255ebaf821142fe8740cd"
)


class OwnRecogniser:
    """Our own network of 3 MB (benchmarks/line_recogniser): a line of 40 pixels, a step each 4 columns."""

    name = "sohoa"
    _STEP, _MULTIPLE = 4, 32

    def __init__(self) -> None:
        self._letters = Letters(_own(OWN_LETTERS).decode())
        self._session = _session(_own(OWN))

    def read(self, lines: Sequence[Picture]) -> list[Lattice]:
        """The lattice of each line: grey crops, dark ink on light paper, one line of text each."""
        strips = [strip_of(line) for line in lines]
        found: list[Lattice | None] = [None] * len(lines)
        # Its recurrent layers see the paper behind a line, so only lines of one width, paper included, go together.
        for group in _few(_equal([-(-(s.shape[1] + 2 * BESIDE) // self._MULTIPLE) for s in strips]), strips):
            said = self._session.run(None, {"ink": self._batch([strips[i] for i in group])})[0]
            for place, i in enumerate(group):
                steps = -(-(strips[i].shape[1] + 2 * BESIDE) // self._STEP)
                found[i] = Lattice(said[place, :steps], self._letters)
        return [lattice for lattice in found if lattice is not None]

    def place_of(self, line: Picture, share: float) -> int:
        """The column of a line's picture at that share, 0 to 1, of the steps of its lattice."""
        steps = -(-(width_of(line) + 2 * BESIDE) // self._STEP)
        return place_in(line, share * steps)

    def _batch(self, strips: Sequence[Strip]) -> Ink:
        wide = -(-(strips[0].shape[1] + 2 * BESIDE) // self._MULTIPLE) * self._MULTIPLE
        given = np.zeros((len(strips), 1, HEIGHT, wide), np.float32)
        for place, strip in enumerate(strips):
            given[place, 0, :, BESIDE : BESIDE + strip.shape[1]] = strip
        return np.asarray(given / 255.0, np.float32)


class SecondRecogniser:
    """A convolutional network of 4 MB: a line of 32 pixels within 96, a step each 8 columns."""

    name = "trueocr"
    _HEIGHT, _WINDOW, _PAD_Y, _PAD_X, _MULTIPLE, _HALO, _WIDEST = 32, 3, 0.2, 0.3, 8, 8, 768
    _LOG_PROBS = "/LogSoftmax_output_0"

    def __init__(self) -> None:
        self._letters = Letters(json.loads(_content(SECOND_LETTERS))["charset"])
        self._session = _session(_with_output(_content(SECOND), self._LOG_PROBS))

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


@cache
def own() -> OwnRecogniser:
    """Our own, loaded once a process. Raises SettingsError."""
    return OwnRecogniser()


@cache
def second() -> SecondRecogniser:
    """The one of a package, loaded once a process. Raises SettingsError."""
    return SecondRecogniser()


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
    return _checked(content, weights)


def _own(weights: Weights) -> bytes:
    """The bytes of a file of ours. Raises SettingsError: ocr.weights_missing, ocr.weights_other."""
    try:
        content = files(weights.package).joinpath("data", weights.path).read_bytes()
    except OSError:
        raise SettingsError("ocr.weights_missing", package=weights.package) from None
    return _checked(content, weights)


def _checked(content: bytes, weights: Weights) -> bytes:
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


def _few(groups: Iterator[list[int]], strips: Sequence[Strip]) -> Iterator[list[int]]:
    """The groups in parts of so many columns that what is worked out for them stays near the processor."""
    for group in groups:
        count = max(1, _BEST_COLUMNS // strips[group[0]].shape[1])
        yield from (group[at : at + count] for at in range(0, len(group), count))


def _equal(widths: Sequence[int]) -> Iterator[list[int]]:
    by_width: dict[int, list[int]] = {}
    for i, width in enumerate(widths):
        by_width.setdefault(width, []).append(i)
    yield from by_width.values()
