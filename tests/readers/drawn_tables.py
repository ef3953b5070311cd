"""Draws ledger tables of many looks, unlike those of the sample generator, and knows where their cells are."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from readers.pages import Picture, Quad


@dataclass(frozen=True)
class Look:
    """columns, rows: how many. thickness: of lines, pixels. is_double, is_dotted (between rows), is_open (no frame),
    is_photo (dark desk around). degrees: it lies askew. strength: of the lines, 0 (black) to 255. heading: height in
    rows. seed: of widths and words. has_numbers: a row "1 2 3 ..." under the heading. has_frame: a second, thick line
    around. is_leaders: dots between columns too. is_dashed: all lines are dashes, some of them lost. band: grey of the
    heading's ground, 238 for paper."""

    columns: int = 8
    rows: int = 12
    thickness: int = 2
    is_double: bool = False
    is_dotted: bool = False
    is_open: bool = False
    is_photo: bool = False
    degrees: float = 0.0
    strength: int = 40
    heading: float = 1.6
    seed: int = 1
    size: tuple[int, int] = (2200, 1600)
    has_numbers: bool = False
    has_frame: bool = False
    is_leaders: bool = False
    band: int = 238
    is_dashed: bool = False


@dataclass(frozen=True)
class Drawn:
    """The picture, and the quad of each cell by (row, column)."""

    picture: Picture
    cells: dict[tuple[int, int], Quad]


def draw(look: Look) -> Drawn:
    """A page with title, one header line, heading and rows; the lower third of the rows is empty."""
    dice = np.random.default_rng(look.seed)
    width, height = look.size
    page = np.full((height, width), 238, np.uint8)
    left, right, top, bottom = 130, width - 130, 330, height - 140
    shares = 0.5 + dice.random(look.columns)
    xs = left + np.concatenate([[0], np.cumsum(shares / shares.sum())]) * (right - left)
    numbers = 0.6 if look.has_numbers else 0.0
    row = (bottom - top) / (look.rows + look.heading + numbers)
    ys = top + row * (look.heading + numbers + np.arange(look.rows + 1))
    heads = top + row * np.asarray([0.0, look.heading][: 1 + look.has_numbers])
    page[int(top) : int(ys[0]), int(left) : int(right)] = look.band
    cv2.putText(page, "SO DANG KY NHAN KHAU", (width // 3, 130), cv2.FONT_HERSHEY_DUPLEX, 1.8, 30, 3)
    cv2.putText(page, "Ho va ten chu ho: Nguyen Van An", (left, 270), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 40, 2)
    if look.is_dashed:
        _dash(page, xs, np.concatenate([heads, ys]), look, dice)
    else:
        _rule(page, xs, np.concatenate([heads, ys]), look)
    _write(page, xs, np.concatenate([[top], ys]), look, dice)
    if look.has_numbers:
        for c in range(look.columns):
            where = (int((xs[c] + xs[c + 1]) / 2) - 8, int(ys[0] - row * 0.15))
            cv2.putText(page, str(c + 1), where, cv2.FONT_HERSHEY_SIMPLEX, min(0.8, row / 80), 50, 2)
    matrix, picture = _taken(page, look)
    cells = {
        (r, c): _quad(matrix, xs[c], ys[r], xs[c + 1], ys[r + 1]) for r in range(look.rows) for c in range(look.columns)
    }
    noisy = picture + dice.normal(0, 3, picture.shape)
    return Drawn(np.repeat(np.clip(noisy, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2), cells)


def _rule(page: Picture, xs: npt.NDArray[np.float64], ys: npt.NDArray[np.float64], look: Look) -> None:
    for at, y in enumerate(ys):
        if look.is_open and at in (0, len(ys) - 1):
            continue
        dots = look.is_dotted and 1 < at < len(ys) - 1
        for x in range(int(xs[0]), int(xs[-1]), 7) if dots else ():
            cv2.line(page, (x, int(y)), (x + 3, int(y)), look.strength, look.thickness)
        for gap in () if dots else (0, 7) if look.is_double else (0,):
            cv2.line(page, (int(xs[0]), int(y) + gap), (int(xs[-1]), int(y) + gap), look.strength, look.thickness)
    for at, x in enumerate(xs):
        if look.is_open and at in (0, len(xs) - 1):
            continue
        for y in range(int(ys[0]), int(ys[-1]), 7) if look.is_leaders and 0 < at < len(xs) - 1 else ():
            cv2.line(page, (int(x), y), (int(x), y + 3), look.strength, look.thickness)
        if not (look.is_leaders and 0 < at < len(xs) - 1):
            cv2.line(page, (int(x), int(ys[0])), (int(x), int(ys[-1])), look.strength, look.thickness)
    if look.has_frame:
        corners = (int(xs[0]) - 12, int(ys[0]) - 12), (int(xs[-1]) + 12, int(ys[-1]) + 12)
        cv2.rectangle(page, *corners, look.strength, look.thickness + 3)


def _dash(
    page: Picture, xs: npt.NDArray[np.float64], ys: npt.NDArray[np.float64], look: Look, dice: np.random.Generator
) -> None:
    """Dashes of 22 pixels and gaps of 10; runs of them are worn away."""
    for at, low, high, is_level in (*((y, xs[0], xs[-1], True) for y in ys), *((x, ys[0], ys[-1], False) for x in xs)):
        worn = 0
        for begin in range(int(low), int(high), 32):
            worn = worn - 1 if worn > 0 else 4 * int(dice.random() < 0.03)
            if not worn:
                ends = [(begin, int(at)), (min(begin + 22, int(high)), int(at))]
                one, other = ends if is_level else ((y, x) for x, y in ends)
                cv2.line(page, one, other, look.strength, look.thickness)


def _write(
    page: Picture, xs: npt.NDArray[np.float64], ys: npt.NDArray[np.float64], look: Look, dice: np.random.Generator
) -> None:
    for r in range(look.rows + 1):
        for c in range(look.columns):
            if r > look.rows * 2 / 3 or (r and dice.random() < 0.1):
                continue
            size = min(0.9, (ys[r + 1] - ys[r]) / 70)
            room = int((xs[c + 1] - xs[c] - 22) / (20 * size))
            word = "".join(dice.choice(list("abcdeghiknotuy"), size=min(room, int(2 + dice.random() * 12))))
            middle = (ys[r] + (ys[r + 1] if r or not look.has_numbers else ys[r] + (ys[2] - ys[1]) * look.heading)) / 2
            base = int(middle + 10 * size)
            cv2.putText(page, word, (int(xs[c]) + 12, base), cv2.FONT_HERSHEY_SIMPLEX, size, 50, 2)


def _taken(page: Picture, look: Look) -> tuple[npt.NDArray[np.float64], Picture]:
    height, width = page.shape
    matrix = np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), look.degrees, 0.9 if look.is_photo else 1.0),
                        [0, 0, 1]])  # fmt: skip
    ground = 60 if look.is_photo else 238
    return matrix, np.asarray(
        cv2.warpAffine(page, matrix[:2], (width, height), flags=cv2.INTER_AREA, borderValue=ground), dtype=np.uint8
    )


def _quad(matrix: npt.NDArray[np.float64], left: float, top: float, right: float, bottom: float) -> Quad:
    points = np.asarray([[left, top, 1], [right, top, 1], [right, bottom, 1], [left, bottom, 1]]) @ matrix[:2].T
    a, b, c, d = ((float(x), float(y)) for x, y in points)
    return (a, b, c, d)


def overlap(one: Quad, other: Quad) -> float:
    """Shared area by joint area."""
    first, second = (np.asarray(q, dtype=np.float32) for q in (one, other))
    shared, _ = cv2.intersectConvexConvex(first, second)
    return shared / max(cv2.contourArea(first) + cv2.contourArea(second) - shared, 1.0)
