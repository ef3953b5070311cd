"""Finds the header fields of a form above and below its table, line of writing by line of writing."""

import cv2
import numpy as np

from readers.forms import Form, HeaderField
from readers.page_ink import Map
from readers.page_rules import Rules

_LEAST_HEIGHT, _MOST_HEIGHT = 5, 70
_HIGHEST_PIECE = 50
_ROOM = 0.32
"""How far a field's box goes beyond the writing on both sides, as a share of its height."""

Bounds = tuple[float, float, float, float]


def header_bounds(form: Form, dark: Map, rules: Rules, edges: tuple[float, float]) -> list[tuple[HeaderField, Bounds]]:
    """Each header field with the place (left, top, right, bottom on the flat page) of its label and value.

    Lines are counted from the table: the last line above it is the form's last one. Where fewer lines of writing are
    found than the form has, the missing ones are taken at the distance of the others.
    """
    left, right = edges
    ink = _writing(dark, dark[int(rules.down[0]) : int(rules.down[1]), int(left) : int(right)])
    found: list[tuple[HeaderField, Bounds]] = []
    for place in ("above", "below"):
        fields = [f for f in form.header if f.place == place]
        count = 1 + max((f.line for f in fields), default=-1)
        if not count:
            continue
        limit = int(rules.down[0] if place == "above" else rules.down[1])
        lines = _lines(ink, limit, (int(left), int(right)), count, upwards=place == "above")
        for field in fields:
            top, bottom = lines[field.line]
            width = right - left
            found.append((field, (left + field.start * width, top, left + field.end * width, bottom)))
    return found


def _writing(dark: Map, table: Map) -> Map:
    """Ink as strong as that of the table, in pieces no higher than a line of writing: no stamp, no paper's edge."""
    strong = max(22.0, 0.33 * float(np.percentile(table, 97)))
    _, labels, stats, _ = cv2.connectedComponentsWithStats((dark > strong).astype(np.uint8))
    heights, areas = stats[:, cv2.CC_STAT_HEIGHT], stats[:, cv2.CC_STAT_AREA]
    keep = (heights <= _HIGHEST_PIECE) & (heights >= 3) & (areas >= 5)
    keep[0] = False
    return np.asarray(keep[labels], dtype=np.uint8)


def _lines(ink: Map, limit: int, span: tuple[int, int], count: int, *, upwards: bool) -> list[tuple[float, float]]:
    """Top and bottom of `count` lines of writing next to the table, from the top."""
    part = ink[:limit, span[0] : span[1]] if upwards else ink[limit + 4 :, span[0] : span[1]]
    runs = _runs(part)
    runs = runs[::-1] if upwards else runs
    if not upwards:
        runs = [(top + limit + 4, bottom + limit + 4) for top, bottom in runs]
    usual = float(np.median([b - t for t, b in runs[:count]])) if runs else 22.0
    middles = [(t + b) / 2 for t, b in runs[:count]]
    pitch = abs(float(np.median(np.diff(middles)))) if len(middles) > 1 else 1.9 * usual
    sign = -1 if upwards else 1
    while len(middles) < count:
        middles.append((middles[-1] if middles else float(limit)) + sign * pitch)
    half = np.clip(0.5 * usual * (1 + 2 * _ROOM), 0.4 * pitch, 0.62 * pitch)
    lines = [(m - half, min(m + half, limit - 2.0) if upwards else m + half) for m in middles]
    return lines[::-1] if upwards else lines


def _runs(part: Map) -> list[tuple[int, int]]:
    """Lines of writing in a strip, top to bottom."""
    if part.size == 0:
        return []
    profile = cv2.blur(part.sum(axis=1, dtype=np.float32).reshape(-1, 1), (1, 3)).ravel()
    on = np.concatenate([[False], profile > max(3.0, 0.06 * float(np.percentile(profile, 98))), [False]])
    changes = np.flatnonzero(np.diff(on.astype(int)))
    runs = [(int(a), int(b)) for a, b in zip(changes[::2], changes[1::2], strict=True)]
    joined: list[tuple[int, int]] = []
    for run in runs:
        if joined and run[0] - joined[-1][1] <= 4 and run[1] - joined[-1][0] <= _MOST_HEIGHT:
            joined[-1] = (joined[-1][0], run[1])
        else:
            joined.append(run)
    return [r for r in joined if _LEAST_HEIGHT <= r[1] - r[0] <= _MOST_HEIGHT]
