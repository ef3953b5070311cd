"""The page that a cell stands on, for the person who reads it: opened from the sealed run folder while that is kept."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from pipeline import sealing
from pipeline.batch_keys import KEY_NAME, batch_key
from pipeline.cell_review import OpenCell
from pipeline.sealing import Place
from pipeline.settings import Settings
from pipeline.vault import open_vault
from schemas.errors import SettingsError
from store import audit
from store.audit import Event
from store.engine import Store

_NAME = re.compile(r"pages/(\d{5})-(\d{1,6})x(\d{1,6})\.webp")
_STEP = "read_file"


@dataclass(frozen=True)
class PageView:
    """A page: grey WebP, and the size of the page in pixels that quads are told in."""

    picture: bytes = field(repr=False)
    width: int
    height: int


@dataclass(frozen=True)
class Lit:
    """Where a cell lies on its page, as SVG tells it.

    Attributes:
        box: of the page as it is held: left, top, width, height.
        turn: how the page is turned so that the text of the cell is level; "" where it is.
        points: the corners of the cell, on the page before it is turned.
        near: the part of the turned page around the cell, as `box`.
    """

    box: str
    turn: str
    points: str
    near: str


def size_of(cell: OpenCell, settings: Settings) -> tuple[int, int] | None:
    """Width and height of the page of a cell in pixels; None where no view of it is kept."""
    found = _found(cell, settings)
    return None if found is None else (found[2], found[3])


def shown(store: Store, cell: OpenCell, settings: Settings) -> PageView | None:
    """The page of a cell, as an event of the audit; None where no view of it is kept."""
    found = _found(cell, settings)
    if found is None:
        return None
    place, name, width, height = found
    event = Event("review.page_shown", "record", cell.record_id, province_code=cell.province_code)
    audit.record(store, event)
    return PageView(sealing.read_sealed(place[0], name, place[1]), width, height)


def lit(cell: OpenCell, size: tuple[int, int]) -> Lit | None:
    """Where a cell lies on a page of that size; None where its corners are not told."""
    corners = _corners(cell.quad)
    if corners is None:
        return None
    width, height = size
    turned = _turned(corners)
    box = (width, height) if turned in (0, 180) else (height, width)
    turn = {0: "", 90: f"translate({height} 0) rotate(90)", 180: f"translate({width} {height}) rotate(180)",
            270: f"translate(0 {width}) rotate(270)"}[turned]  # fmt: skip
    return Lit(f"0 0 {box[0]} {box[1]}", turn, cell.quad, _near(_held(corners, turned, size), box))


def _turned(corners: np.ndarray) -> int:
    """Degrees by which the page has to be turned clockwise, in quarters, so that the text is level."""
    right = corners[1] - corners[0]
    return int(-round(float(np.degrees(np.arctan2(right[1], right[0]))) / 90) * 90) % 360


def _held(corners: np.ndarray, turned: int, size: tuple[int, int]) -> np.ndarray:
    """The corners on the page as it is turned."""
    x, y = corners[:, 0], corners[:, 1]
    width, height = size
    return np.stack({0: (x, y), 90: (height - y, x), 180: (width - x, height - y), 270: (y, width - x)}[turned], axis=1)


def _near(corners: np.ndarray, box: tuple[int, int]) -> str:
    """The cell with what stands around it: a third of the page wide, a few lines high."""
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    width = min(float(box[0]), max(box[0] / 3, (right - left) * 1.3))
    height = min(float(box[1]), max(width / 3, (bottom - top) * 2))
    x = min(max(0.0, (left + right - width) / 2), box[0] - width)
    y = min(max(0.0, (top + bottom - height) / 2), box[1] - height)
    return f"{x:.0f} {y:.0f} {width:.0f} {height:.0f}"


def _corners(quad: str) -> np.ndarray | None:
    numbers = re.fullmatch(r"(-?\d{1,6},-?\d{1,6} ){3}-?\d{1,6},-?\d{1,6}", quad)
    return np.array([p.split(",") for p in quad.split()], dtype=np.float64) if numbers else None


def _found(cell: OpenCell, settings: Settings) -> tuple[tuple[Path, Place], str, int, int] | None:
    """The newest container that holds the page, the name in it, and the size of the page."""
    folder = settings.home / "runs" / cell.batch_id
    if not (folder / KEY_NAME).exists():
        return None
    for attempt in sorted(folder.glob("[0-9]*"), reverse=True):
        target = attempt / _STEP / f"{cell.file_id}{sealing.ENDING}"
        if not target.exists():
            continue
        try:
            name = f"{folder.name}/{attempt.name}/{_STEP}/{cell.file_id}"
            place = Place(batch_key(folder, open_vault(settings)), name)
            told = [_NAME.fullmatch(name) for name in sealing.names_in(target, place)]
        except SettingsError:
            return None
        for view in told:
            if view is not None and int(view[1]) == cell.page:
                return (target, place), view[0], int(view[2]), int(view[3])
    return None
