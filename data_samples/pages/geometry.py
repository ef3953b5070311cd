"""Bends, turns and photographs a sheet, and says where each point of it ends up.

A pixel u of the final picture shows the sheet at p + bend(p) with p = H⁻¹ u: H holds scale, turning, skew and
perspective, the bend is smooth and small. So the picture is one remapping, and a point of the sheet is found in the
picture by solving p + bend(p) = s, which converges because the bend changes slowly.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from data_samples.pages.boxes import Points
from readers.pages import Picture, Quad

_GRID = 16
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Bend:
    """How far the paper is from flat, in pixels of the sheet.

    Attributes:
        width, height: of the sheet. curl: sag of lines beside the spine. wave: height of slow waves. phase: three
        numbers, 0 to 1. spine: "left" or "right" side is bound (0 or 1).
    """

    width: float
    height: float
    curl: float = 0.0
    wave: float = 0.0
    phase: tuple[float, float, float] = (0.0, 0.0, 0.0)
    spine: int = 0

    def at(self, points: Points) -> Points:
        """Displacement (N x 2) at points (N x 2)."""
        x, y = points[:, 0] / self.width, points[:, 1] / self.height
        away = 1 - x if self.spine else x
        tau = 2 * np.pi
        fall = np.exp(-np.maximum(away, -0.2) * 7.0)
        down = self.curl * fall * (0.35 + 0.65 * y) + self.wave * np.sin(tau * (1.3 * x + self.phase[0]) + y)
        down = down + 0.5 * self.wave * np.sin(tau * (2.1 * x + self.phase[1]) + 2.0 * y)
        side = 0.4 * self.wave * np.sin(tau * (0.9 * y + self.phase[2])) + (1 - 2 * self.spine) * 0.5 * self.curl * fall
        return np.stack([side, down], axis=1).astype(np.float64)


@dataclass(frozen=True)
class Warp:
    """From sheet to picture. `matrix`: from the bent sheet to the picture. size: (width, height) of the picture."""

    bend: Bend
    matrix: Matrix
    size: tuple[int, int]

    def forward(self, points: Points) -> Points:
        """Where points (N x 2) of the sheet lie in the picture."""
        return _project(self.matrix, self._flat(points.astype(np.float64)))

    def quads(self, quads: Sequence[Quad]) -> list[Quad]:
        """Where quads of the sheet lie in the picture."""
        points = self.forward(np.asarray(quads, dtype=np.float64).reshape(-1, 2))
        return [_as_quad(four) for four in points.reshape(-1, 4, 2)]

    def picture(self, sheet: Picture, scale: float, ground: tuple[int, int, int]) -> Picture:
        """The picture of a sheet that was drawn `scale` times as large as the points' unit; `ground` lies around it."""
        width, height = self.size
        us = np.arange(0, width + _GRID, _GRID, dtype=np.float64)
        vs = np.arange(0, height + _GRID, _GRID, dtype=np.float64)
        grid = np.stack(np.meshgrid(us, vs), axis=2).reshape(-1, 2)
        back: Matrix = np.asarray(np.linalg.inv(self.matrix), dtype=np.float64)
        points = _project(back, grid)
        shown = (points + self.bend.at(points) + 0.5) * scale - 0.5
        coarse = shown.reshape(len(vs), len(us), 2).astype(np.float32)
        rows, columns = _between(height, len(vs)), _between(width, len(us))
        maps = [rows @ coarse[:, :, axis] @ columns.T for axis in (0, 1)]
        return np.asarray(
            cv2.remap(sheet, maps[0], maps[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=ground),
            dtype=np.uint8,
        )

    def _flat(self, points: Points) -> Points:
        found = points
        for _ in range(100):
            better = points - self.bend.at(found)
            if np.allclose(better, found, rtol=0, atol=1e-4):
                return better
            found = better
        return found


@dataclass(frozen=True)
class Shot:
    """How a sheet was put before the lens.

    Attributes:
        dpi: of the picture. angle: degrees. skew: shear. tilt: perspective, shares of the size by which each corner
        moves (4 x 2). turned: 0, 90, 180 or 270 degrees clockwise by which the picture lies. margin: pixels around.
    """

    dpi: float
    angle: float
    skew: float
    tilt: tuple[tuple[float, float], ...]
    turned: int
    margin: int


def warp_of(bend: Bend, shot: Shot, sheet_dpi: float) -> Warp:
    """The warp of a shot; the picture is just large enough for the whole sheet."""
    scale = shot.dpi / sheet_dpi
    width, height = bend.width, bend.height
    corners = np.asarray([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    moved = corners + np.asarray(shot.tilt, dtype=np.float32) * (width, height)
    matrix = cv2.getPerspectiveTransform(corners, moved.astype(np.float32)).astype(np.float64)
    turn = np.deg2rad(shot.angle + shot.turned)
    turning = np.asarray([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    skewing = np.asarray([[1, shot.skew, 0], [0, 1, 0], [0, 0, 1]])
    matrix = turning @ skewing @ np.diag([scale, scale, 1.0]) @ matrix
    whole: Matrix = np.asarray(matrix, dtype=np.float64)
    rim = Warp(bend, whole, (0, 0)).forward(_rim(width, height))
    low, high = rim.min(axis=0) - shot.margin, rim.max(axis=0) + shot.margin
    shift = np.asarray([[1, 0, -low[0]], [0, 1, -low[1]], [0, 0, 1.0]])
    return Warp(
        bend,
        np.asarray(shift @ whole, dtype=np.float64),
        (int(np.ceil(high[0] - low[0])), int(np.ceil(high[1] - low[1]))),
    )


def _rim(width: float, height: float) -> Points:
    along = np.linspace(0, 1, 40)
    zero, one = np.zeros(40), np.ones(40)
    sides = [(along, zero), (along, one), (zero, along), (one, along)]
    return np.concatenate([np.stack([x * width, y * height], axis=1) for x, y in sides])


def _project(matrix: Matrix, points: Points) -> Points:
    whole = points @ matrix[:, :2].T + matrix[:, 2]
    return np.asarray(whole[:, :2] / whole[:, 2:])


def _between(length: int, nodes: int) -> NDArray[np.float32]:
    """Weights (length x nodes) that interpolate along one axis between nodes `_GRID` apart."""
    at = np.arange(length) / _GRID
    low = np.minimum(at.astype(np.int64), nodes - 2)
    weights = np.zeros((length, nodes), dtype=np.float32)
    share = (at - low).astype(np.float32)
    weights[np.arange(length), low] = 1 - share
    weights[np.arange(length), low + 1] = share
    return weights


def _as_quad(points: Points) -> Quad:
    a, b, c, d = ((float(x), float(y)) for x, y in points)
    return a, b, c, d
