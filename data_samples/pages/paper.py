"""From layers of ink to the colours of a sheet: old paper, faded ink, the reverse side, stains and stamps."""

from dataclasses import dataclass

import cv2
import numpy as np

from data_samples.pages.levels import Damage
from data_samples.pages.pen import Mask
from data_samples.pages.stamps import stamp
from readers.pages import Picture

Colour = tuple[int, int, int]
PRINT_INKS: tuple[Colour, ...] = ((20, 20, 22), (35, 35, 40), (50, 40, 35), (120, 30, 30))
PEN_INKS: tuple[Colour, ...] = ((25, 25, 110), (20, 40, 140), (15, 15, 20), (70, 30, 110), (40, 60, 90))
TYPE_INKS: tuple[Colour, ...] = ((25, 25, 25), (45, 45, 50), (40, 40, 80))


@dataclass(frozen=True)
class Layers:
    """Ink of ruled lines and print, and of the writing, at the size of the picture to be."""

    printed: Mask
    written: Mask


def colour_sheet(layers: Layers, damage: Damage, inks: tuple[Colour, Colour], stream: np.random.Generator) -> Picture:
    """The sheet in colours. `inks`: of the print, of the writing."""
    height, width = layers.printed.shape
    sheet = _blank(height, width, damage, stream)
    if damage.bleed > 0:
        behind = cv2.GaussianBlur(cv2.flip(layers.written, 1), (0, 0), 2.0)
        shift = np.asarray([[1, 0, stream.random() * 60 - 30], [0, 1, stream.random() * 40 - 20]], dtype=np.float64)
        behind = cv2.warpAffine(behind, shift, (width, height))
        sheet = soak(sheet, np.asarray(behind), (90, 80, 90), damage.bleed)
    strength = 1 - damage.fade * 0.6
    sheet = soak(sheet, layers.printed, inks[0], strength)
    faded = _unevenly(layers.written, damage.fade, stream)
    sheet = soak(sheet, faded, inks[1], 1.0)
    for _ in range(damage.stains):
        _stain(sheet, stream)
    for _ in range(damage.stamps):
        _press_stamp(sheet, damage, stream)
    return sheet


def soak(sheet: Picture, ink: Mask, colour: Colour, strength: float) -> Picture:
    """Ink on the sheet: 255 at full strength hides the paper."""
    share = cv2.convertScaleAbs(ink, alpha=strength)
    above = cv2.subtract(sheet, np.broadcast_to(np.asarray(colour, dtype=np.uint8), sheet.shape).copy())
    taken = cv2.multiply(above, cv2.merge([share, share, share]), scale=1 / 255)
    return np.asarray(cv2.subtract(sheet, taken), dtype=np.uint8)


def _blank(height: int, width: int, damage: Damage, stream: np.random.Generator) -> Picture:
    """Paper: white to yellow, with clouds and grain."""
    clouds = cv2.resize(stream.random((9, 13)).astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    grain = cv2.resize(even_noise((height // 3, width // 3), stream), (width, height))
    y = damage.yellow
    tone = cv2.addWeighted(clouds, -22 * y, grain.astype(np.float32), damage.grain / 100, -1.27 * damage.grain)
    colour = (250 - 12 * y, 248 - 24 * y, 244 - 62 * y)
    return np.asarray(cv2.merge([cv2.convertScaleAbs(tone, beta=c) for c in colour]), dtype=np.uint8)


def even_noise(shape: tuple[int, int], stream: np.random.Generator) -> Mask:
    """Grey noise about 127 whose sigma is 52: the mean of two even draws."""
    height, width = shape
    raw = np.frombuffer(stream.bytes(2 * height * width), dtype=np.uint8).reshape(2, height, width)
    return np.asarray(cv2.addWeighted(raw[0], 0.5, raw[1], 0.5, 0), dtype=np.uint8)


def _unevenly(ink: Mask, fade: float, stream: np.random.Generator) -> Mask:
    """Ink that faded more here, less there."""
    height, width = ink.shape
    patchy = cv2.resize(stream.random((5, 8)).astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    left = cv2.addWeighted(patchy, -0.6 * fade, patchy, 0, 1 - 0.55 * fade)
    return np.asarray(cv2.multiply(ink, left, dtype=cv2.CV_8U), dtype=np.uint8)


def _stain(sheet: Picture, stream: np.random.Generator) -> None:
    """A round or ragged blot of water, tea or oil; its rim is darker."""
    height, width = sheet.shape[:2]
    radius = int(height * (0.03 + 0.1 * stream.random()))
    x, y = int(stream.random() * width), int(stream.random() * height)
    size = 2 * radius
    ragged = cv2.resize(stream.random((6, 6)).astype(np.float32), (size, size), interpolation=cv2.INTER_CUBIC)
    rows, columns = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    far = np.sqrt(rows**2 + columns**2) + 0.35 * (ragged - 0.5)
    inside = np.clip((0.8 - far) * 12, 0, 1)
    rim = np.exp(-(((far - 0.78) / 0.05) ** 2))
    depth = (0.1 + 0.22 * stream.random()) * (0.6 * inside + 0.8 * rim)
    colour = np.asarray(((150, 110, 60), (120, 110, 100), (170, 140, 90))[int(stream.random() * 3)])
    top, bottom, left, right = max(y - radius, 0), min(y + radius, height), max(x - radius, 0), min(x + radius, width)
    piece = depth[top - y + radius : bottom - y + radius, left - x + radius : right - x + radius, None]
    under = sheet[top:bottom, left:right].astype(np.float64)
    sheet[top:bottom, left:right] = (under - (under - colour).clip(0) * piece).astype(np.uint8)


def _press_stamp(sheet: Picture, damage: Damage, stream: np.random.Generator) -> None:
    height, width = sheet.shape[:2]
    mask = stamp(int(damage.dpi * (1.1 + 0.35 * stream.random())), stream)
    size = mask.shape[0]
    at_foot = stream.random() < 0.6
    x = int((width - size) * ((0.5 + 0.5 * stream.random()) if at_foot else stream.random()))
    y = int((height - size) * ((0.65 + 0.35 * stream.random()) if at_foot else stream.random()))
    red: Colour = (200 + int(30 * stream.random()), 20 + int(40 * stream.random()), 40 + int(30 * stream.random()))
    piece = sheet[y : y + size, x : x + size]
    sheet[y : y + size, x : x + size] = soak(piece, mask, red, 0.45 + 0.4 * stream.random())
