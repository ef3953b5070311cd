"""The five levels of damage: 1 a clean scan at 300 dpi, 5 the worst that a person can still read."""

from dataclasses import dataclass

import numpy as np

LEVELS = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Damage:
    """What happens to one page.

    Attributes:
        dpi: of the picture. angle, skew, tilt, curl, wave: as of geometry (degrees, shear, share, pixels at 300 dpi).
        turned: 0, 90, 180, 270. is_photo: taken by a phone, with the desk around it. fade: of the ink, 0 to 1.
        broken: share of ruled lines missing. astray: how far texts leave their line, share of the row's height.
        corrected: share of cells struck out. stains, stamps: how many. bleed: of the reverse side, 0 to 1. yellow: of
        the paper. grain: of the paper. shade: uneven light, 0 to 1. blur, noise: sigma in pixels and grey levels.
        jpeg: quality, 0 for none.
    """

    dpi: int
    angle: float
    skew: float
    tilt: float
    curl: float
    wave: float
    turned: int
    is_photo: bool
    fade: float
    broken: float
    astray: float
    corrected: float
    stains: int
    stamps: int
    bleed: float
    yellow: float
    grain: float
    shade: float
    blur: float
    noise: float
    jpeg: int


@dataclass(frozen=True)
class _Bounds:
    """Most of each of a level; what is drawn lies between 0.3 of it (or nothing) and it."""

    dpis: tuple[int, ...]
    angle: float
    skew: float
    tilt: float
    curl: float
    wave: float
    turned: float
    photo: float
    fade: float
    broken: float
    astray: float
    corrected: float
    stains: float
    stamps: float
    bleed: float
    yellow: float
    grain: float
    shade: float
    blur: float
    noise: float
    jpeg: tuple[int, int]


_BOUNDS = {
    1: _Bounds((300,), 0.3, 0, 0, 0, 0, 0, 0, 0.05, 0, 0.02, 0, 0, 0, 0, 0.05, 2, 0, 0, 1, (0, 0)),
    2: _Bounds((300, 300, 200), 1.0, 0.002, 0, 0, 3, 0.05, 0, 0.15, 0.02, 0.05, 0.01, 0.4, 0.5, 0.05, 0.25, 4, 0.08,
               0.5, 3, (80, 95)),
    3: _Bounds((300, 200, 200), 2.0, 0.006, 0.006, 14, 7, 0.08, 0.2, 0.3, 0.06, 0.09, 0.02, 1.2, 1.0, 0.12, 0.5, 6,
               0.18, 0.8, 5, (60, 90)),
    4: _Bounds((200, 200, 250), 3.5, 0.012, 0.03, 40, 11, 0.15, 0.6, 0.42, 0.12, 0.13, 0.03, 2.5, 1.6, 0.2, 0.75, 8,
               0.32, 1.0, 8, (45, 75)),
    5: _Bounds((150, 150, 170, 200), 6.0, 0.02, 0.05, 70, 16, 0.35, 0.6, 0.52, 0.22, 0.16, 0.04, 4.0, 2.6, 0.3, 1.0, 10,
               0.45, 1.1, 11, (30, 60)),
}  # fmt: skip


def draw_damage(level: int, stream: np.random.Generator) -> Damage:
    """The damage of one page of a level (1 to 5)."""
    b = _BOUNDS[level]
    draws: list[float] = stream.random(40).tolist()
    u = iter(draws)

    def some(most: float) -> float:
        """Often little, seldom all of it."""
        return most * (0.3 + 0.7 * next(u))

    def signed(most: float) -> float:
        return most * (2 * next(u) - 1)

    is_bound = next(u) < 0.6
    return Damage(
        dpi=b.dpis[int(next(u) * len(b.dpis))], angle=signed(b.angle), skew=signed(b.skew), tilt=some(b.tilt),
        curl=signed(b.curl) * is_bound, wave=some(b.wave), turned=_turn(next(u), b.turned), is_photo=next(u) < b.photo,
        fade=some(b.fade), broken=some(b.broken) * (next(u) < 0.7), astray=some(b.astray), corrected=some(b.corrected),
        stains=round(some(b.stains)), stamps=round(some(b.stamps)), bleed=some(b.bleed) * (next(u) < 0.6),
        yellow=some(b.yellow), grain=some(b.grain), shade=some(b.shade), blur=some(b.blur), noise=some(b.noise),
        jpeg=int(b.jpeg[0] + next(u) * (b.jpeg[1] - b.jpeg[0])),
    )  # fmt: skip


def _turn(u: float, share: float) -> int:
    return (90, 180, 270)[int(u / share * 3)] if u < share else 0
