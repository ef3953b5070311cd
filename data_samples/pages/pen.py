"""Writes a line of text on a mask: printed, typed letter by letter, or with a wavering pen."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from data_samples.pages.boxes import rectangle
from data_samples.pages.fonts import FontKind, Typeface
from readers.pages import Quad

Mask = NDArray[np.uint8]
_PAD = 14


@dataclass(frozen=True)
class Hand:
    """How one person, machine or press writes on one page.

    Attributes:
        kind: how letters are set. strength: of the ink, 0 to 1. waver: of the pen, 0 to 1. slant: shear of the pen.
    """

    typeface: Typeface
    kind: FontKind
    strength: float = 1.0
    waver: float = 0.5
    slant: float = 0.0


def write(mask: Mask, text: str, at: tuple[float, float], size: float, hand: Hand, stream: np.random.Generator) -> Quad:
    """Write on `mask` (0 = paper, 255 = ink) with the left end of the baseline `at`; the quad of the ink."""
    patch, left, baseline = _patch(text, size, hand, stream)
    x, y = round(at[0]) - left, round(at[1]) - baseline
    height, width = mask.shape
    top, bottom, begin, end = max(y, 0), min(y + patch.shape[0], height), max(x, 0), min(x + patch.shape[1], width)
    if top >= bottom or begin >= end:
        return rectangle(at[0], at[1] - 1, at[0] + 1, at[1])
    piece = patch[top - y : bottom - y, begin - x : end - x]
    np.maximum(mask[top:bottom, begin:end], piece, out=mask[top:bottom, begin:end])
    return _extent(piece, begin, top)


def _extent(piece: Mask, x: int, y: int) -> Quad:
    columns, rows = np.flatnonzero(piece.max(axis=0) > 60), np.flatnonzero(piece.max(axis=1) > 60)
    if not len(columns) or not len(rows):
        return rectangle(x, y, x + 1, y + 1)
    return rectangle(x + columns[0], y + rows[0], x + columns[-1] + 1, y + rows[-1] + 1)


def _patch(text: str, size: float, hand: Hand, stream: np.random.Generator) -> tuple[Mask, int, int]:
    """The written text on a patch of its own, with the place of its left end and baseline."""
    font = hand.typeface.font(size)
    left, top, right, bottom = font.getbbox(text, anchor="ls")
    pad = _PAD + int(size * 0.5)
    canvas = Image.new("L", (int(right - left) + 2 * pad, int(bottom - top) + 2 * pad))
    origin = (pad - int(left), pad - int(top))
    _set_letters(ImageDraw.Draw(canvas), text, origin, font, hand, stream)
    patch: Mask = np.asarray(canvas)
    if hand.kind == "pen":
        patch = _wavered(patch, size, hand, stream)
    elif hand.strength < 1:
        patch = (patch * hand.strength).astype(np.uint8)
    return patch, origin[0], origin[1]


def _set_letters(
    draw: ImageDraw.ImageDraw, text: str, at: tuple[int, int], font: ImageFont.FreeTypeFont, hand: Hand,
    stream: np.random.Generator,
) -> None:  # fmt: skip
    """Draw the text whole where a press sets it, letter by letter where each letter falls as it may."""
    if hand.kind in ("printed", "handwriting"):
        draw.text(at, text, font=font, fill=255, anchor="ls")
        return
    shift = font.size * (0.025 if hand.kind == "typewriter" else 0.05 * hand.waver)
    for place, letter in enumerate(text):
        u = stream.random(3)
        if letter == " ":
            continue
        x = at[0] + font.getlength(text[:place]) + (u[0] - 0.5) * shift
        ink = 255 if hand.kind == "pen" else int(175 + 80 * u[2])
        draw.text((x, at[1] + (u[1] - 0.5) * 2 * shift), letter, font=font, fill=ink, anchor="ls")


def _wavered(patch: Mask, size: float, hand: Hand, stream: np.random.Generator) -> Mask:
    """A line as a pen leaves it: slanted, its baseline and letters drifting, the ink now thin, now thick."""
    height, width = patch.shape
    nodes = max(4, int(width / (size * 1.2)) + 3)
    drift = np.repeat(np.cumsum(stream.random(nodes) - 0.5)[None], 1, 0)
    drift = (drift - drift.mean()) * size * 0.06 * hand.waver
    rough = (stream.random((6, nodes * 2)) - 0.5) * size * 0.09 * hand.waver
    shape = (width, height)
    down = cv2.resize(drift.astype(np.float32), shape, interpolation=cv2.INTER_CUBIC)
    down = down + cv2.resize(rough.astype(np.float32), shape, interpolation=cv2.INTER_CUBIC)
    side = cv2.resize(rough[:, ::-1].astype(np.float32), shape, interpolation=cv2.INTER_CUBIC)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    from_x = columns + side + hand.slant * (rows - height * 0.6)
    moved = cv2.remap(patch, from_x.astype(np.float32), (rows + down).astype(np.float32), cv2.INTER_LINEAR)
    thin = stream.random((3, nodes * 2)).astype(np.float32)
    ink = 1 - 0.35 * hand.waver * cv2.resize(thin, shape, interpolation=cv2.INTER_CUBIC)
    return np.asarray(moved * np.clip(ink * hand.strength, 0, 1), dtype=np.uint8)
