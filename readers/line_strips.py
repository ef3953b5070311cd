"""A line of writing as our own recogniser takes it: of one height, its ink of one strength."""

import cv2
import numpy as np
import numpy.typing as npt

from readers.pages import Picture

HEIGHT, WIDEST, BESIDE = 40, 1920, 8
"""Pixels: of every line, of the longest, of the paper put on both sides of it."""
_NARROWEST, _LATE = 8, 5
"""Columns: of the narrowest; from the middle of a letter to where the network says it (measured on plain print)."""
_FULL, _FAINTEST = 230.0, 70.0
"""Ink becomes that strong; what is fainter than the other is made stronger by as much as that one."""
Strip = npt.NDArray[np.uint8]
"""HEIGHT x width, ink light on 0 for paper."""


def width_of(line: Picture) -> int:
    """The width of the strip of a grey line."""
    height, width = line.shape
    return int(np.clip(round(width * HEIGHT / height), _NARROWEST, WIDEST))


def strip_of(line: Picture) -> Strip:
    """The strip of a grey line, dark ink on light paper."""
    how = cv2.INTER_AREA if line.shape[0] > HEIGHT else cv2.INTER_LINEAR
    ink = 255.0 - cv2.resize(line, (width_of(line), HEIGHT), interpolation=how).astype(np.float32)
    return np.asarray(np.minimum(255.0, ink * (_FULL / max(_FAINTEST, float(np.percentile(ink, 99))))), np.uint8)


def place_of_step(step: float) -> int:
    """The column of a strip that a step of the recogniser tells of."""
    return int(4 * step - BESIDE - _LATE)


def place_in(line: Picture, step: float) -> int:
    """The column of a grey line at a step of the recogniser, of four columns of its strip each."""
    return int((4 * step - BESIDE - _LATE) * line.shape[1] / width_of(line))
