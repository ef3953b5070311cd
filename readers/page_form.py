"""Lays a form over the lines that were found: which line is which edge of a column, which band is heading or row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from readers.forms import Form
from readers.page_bend import Floats
from readers.page_rules import Family, Rules

_NEAR, _NEAR_ON_AVERAGE, _NEAR_IF_UNEQUAL = 0.04, 0.016, 0.009
_MOST_INVENTED = 0.2
_MISSING, _SURPLUS = 0.012, 0.02
_FEWEST, _MOST = 4, 24
_SLANTS = (0.0, 0.03, -0.03, 0.06, -0.06, 0.1, -0.1, 0.14, -0.14)
_WHOLE, _IN_PART, _LOW, _SURELY_FEWER, _CLEARLY_FEWER = 0.88, 0.7, 0.8, 3, 2
_FEWEST_EVEN, _OFF_BEAT, _LESS_SURE = 4, 0.14, 0.02
_ON_BEAT, _WORN, _HARDLY, _SURE, _HEADING = 0.08, 0.65, 0.55, 0.82, 2.0
_FEWEST_ROWS, _MOST_ROWS, _HALF_OF_ROWS, _TWICE, _ABOUT = 6, 0.75, 0.5, 0.4, 0.2

Lines = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Columns:
    """A form and where its columns begin and end.

    Attributes:
        edges: places of n + 1 upright lines. lines: the number of the ruled line of each edge, -1 where none shows.
        cost: how badly it fits, 0 for as printed.
    """

    form: Form
    edges: Floats
    lines: tuple[int, ...]
    cost: float


@dataclass(frozen=True)
class Bands:
    """Where rows begin and end.

    Attributes:
        edges: from the first row's top to the last row's bottom. lines: as of columns. heading: top and bottom of the
        heading without the row of numbers.
    """

    edges: Floats
    lines: tuple[int, ...]
    heading: tuple[float, float]


def fit_columns(
    rules: Rules, forms: Sequence[Form], is_denied: Callable[[Columns], bool] = lambda _: False
) -> Columns | None:
    """The form that fits the upright lines best; one of free order only where no other does.

    `is_denied`: does something else on the page speak against a form?
    """
    tables = [f for f in forms if f.layout == "table"]
    fixed = [(f, slant) for f in tables if not f.free_order for slant in _SLANTS]
    fitted = [c for c in (_fit(rules.upright, f, slant) for f, slant in fixed) if c is not None]
    best = next((c for c in sorted(fitted, key=lambda c: c.cost) if not is_denied(c)), None)
    if best is not None:
        return best
    free = next((f for f in tables if f.free_order), None)
    strong = np.flatnonzero(rules.upright.is_strong)
    if free is None or not _FEWEST <= len(strong) - 1 <= _MOST:
        return None
    return Columns(free, rules.upright.places[strong], tuple(int(s) for s in strong), 1.0)


def _fit(upright: Family, form: Form, slant: float) -> Columns | None:
    """Each edge of the form takes the nearest line; ruled lines left over and edges without a line cost.

    slant: how much nearer one side of the page was to the camera, so that its columns are wider.
    """
    strong = np.flatnonzero(upright.is_strong)
    low, high = upright.places[strong[0]], upright.places[strong[-1]]
    width = max(1.0, high - low)
    due = np.concatenate([[0.0], np.cumsum([c.share for c in form.columns])])
    due = due * (1 + slant) / (1 + slant * due)
    where = (upright.places - low) / width
    sure = where[strong]
    if abs(len(strong) - len(due)) > max(1, _MOST_INVENTED * len(due)):
        return None
    took = _assigned(due, where, upright.is_strong, len(sure) == len(due), strong)
    found = [k for k, line in enumerate(took) if line >= 0]
    surplus = len(set(strong.tolist()) - set(took))
    invented = len(due) - len(found)
    if _is_denied(upright, took, strong):
        return None
    off = np.abs(where[[took[k] for k in found]] - due[found])
    if invented > _MOST_INVENTED * len(due) or surplus > 1 or off.max() > _NEAR:
        return None
    if off.mean() > (_NEAR_IF_UNEQUAL if invented or surplus else _NEAR_ON_AVERAGE):
        return None
    edges = low + width * np.interp(due, due[found], where[[took[k] for k in found]])
    return Columns(
        form, edges, tuple(took), float(off.mean()) + 0.02 * abs(slant) + _MISSING * invented + _SURPLUS * surplus
    )


def _is_denied(upright: Family, took: Sequence[int], strong: Lines) -> bool:
    """All ruled lines are clear to see, and are others than those of the form."""
    ruled = set(strong.tolist())
    if float(upright.sureness[strong].min()) < _SURE:
        return False
    return bool(ruled - set(took)) or any(k < 0 or (k not in ruled and upright.sureness[k] < _HARDLY) for k in took)


def _assigned(due: Floats, where: Floats, is_strong: np.ndarray, equal: bool, strong: np.ndarray) -> list[int]:
    if equal:
        return [int(s) for s in strong]
    took: list[int] = []
    for edge in due:
        price = np.abs(where - edge) + np.where(is_strong, 0.0, 0.015)
        best = int(np.argmin(price))
        took.append(best if price[best] < 0.035 and best not in took else -1)
    return took


def rows_are_doubtful(bands: Bands) -> bool:
    """Rows of one height but for some, which may be two rows or half a one; or rows of any height."""
    heights = np.diff(bands.edges)
    if len(heights) < _FEWEST_ROWS:
        return False
    off = np.abs(heights / np.median(heights) - 1)
    is_even = float((off < _ON_BEAT).mean()) >= _MOST_ROWS
    return bool((off > _TWICE).any()) if is_even else float((off < _ABOUT).mean()) < _HALF_OF_ROWS


def fit_bands(
    rules: Rules, columns: Columns, is_of_numbers: Callable[[float, float], bool] = lambda *_: True
) -> Bands | None:
    """Heading and rows from the level lines, missing lines of an even pitch filled in; None without a row.

    `is_of_numbers`: may what stands between two places be the row of numbers under a heading?
    """
    strong = _of_even_rows(rules.level, np.flatnonzero(rules.level.is_strong))
    strong = _with_first_rows(rules.level, strong)
    places, lines = [float(p) for p in rules.level.places[strong]], [int(s) for s in strong]
    if len(places) < 3:
        return None
    begin = _heading_bands(rules, columns, places, [float(c) for c in rules.level.covers[strong]])
    heights = np.diff(places[begin:])
    pitch = float(np.median(heights)) if len(heights) else 0.0
    heading = (places[0], places[begin])
    low = _low_bands(heights, pitch)
    begin += low if all(is_of_numbers(places[begin + k], places[begin + k + 1]) for k in range(low)) else 0
    edges, own = _filled(places[begin:], lines[begin:], pitch)
    return Bands(np.asarray(edges), tuple(own), heading) if len(edges) >= 2 else None


def _of_even_rows(level: Family, strong: Lines) -> Lines:
    """The lines without those that cut rows of one height in two, if they are less sure than all that part the rows.

    A full row of letters may pass for a line where the page is worn. Rows grow higher by and by on a tilted page.
    """
    places, sure = level.places[strong], level.sureness[strong]
    best = strong
    for begin in range(len(places) // 2):
        for follows in range(begin + 1, min(begin + 4, len(places))):
            on = _chain(places, begin, follows)
            inner = np.ones(len(places), dtype=bool)
            inner[: begin + 1], inner[on], inner[on[-1] :] = False, False, False
            is_whole = len(on) > _FEWEST_EVEN and len(places) - 1 - on[-1] <= 1
            if not is_whole or not inner.any() or sure[inner].max() >= sure[on].min() - _LESS_SURE:
                continue
            if len(strong) - inner.sum() < len(best):
                best = strong[~inner]
    return best


def _with_first_rows(level: Family, strong: Lines) -> Lines:
    """With worn lines that part the heading from the first rows: those just where a line is due, a row higher."""
    places = level.places[strong]
    for begin in range(1, len(places) - _FEWEST_EVEN):
        if len(_chain(places, begin, begin + 1)) < max(_FEWEST_EVEN, 0.7 * (len(places) - begin)):
            continue
        height, above = places[begin + 1] - places[begin], places[begin] - places[begin - 1]
        due = places[begin] - height
        worn = int(np.argmin(np.abs(level.places - due)))
        fits = abs(level.places[worn] - due) < _ON_BEAT * height and level.sureness[worn] >= _WORN
        if above < _HEADING * height or not fits or worn in strong:
            return strong
        return _with_first_rows(level, np.sort(np.append(strong, worn)))
    return strong


def _chain(places: Floats, begin: int, follows: int) -> list[int]:
    """Numbers of lines that follow each other at about the same distance."""
    on, pitch = [begin, follows], places[follows] - places[begin]
    while True:
        due = places[on[-1]] + pitch
        best = int(np.argmin(np.abs(places - due)))
        if best <= on[-1] or abs(places[best] - due) > _OFF_BEAT * pitch:
            return on
        pitch += (places[best] - due) / 2
        on.append(best)


def _low_bands(heights: Floats, pitch: float) -> int:
    """How many bands under the heading are too low for a row: the row of numbers, or both its parts."""
    if len(heights) < 3 or heights[0] >= _LOW * pitch:
        return 0
    return 2 if len(heights) > 3 and heights[1] < _LOW * pitch and heights[0] + heights[1] < pitch else 1


def _heading_bands(rules: Rules, columns: Columns, places: Sequence[float], covers: Sequence[float]) -> int:
    """How many leading bands are heading: one, or two where a line that is not drawn all the way parts its levels.

    On a worn page all lines are broken; then three upright lines more in the lower level tell it.
    """
    inner = [line for line in columns.lines[1:-1] if line >= 0]
    count = 1
    while count < min(3, len(places) - 2):
        upper, lower = (
            sum(is_missing(rules.upright, line, int(places[band]) + 4, int(places[band + 1]) - 3) for line in inner)
            for band in (count - 1, count)
        )
        share = covers[count] / max(float(np.median(covers)), 1e-6)
        fewer = _SURELY_FEWER if share > _WHOLE else _CLEARLY_FEWER if share > _IN_PART else 1
        if upper < lower + fewer:
            break
        count += 1
    return count


def is_missing(upright: Family, line: int, top: int, bottom: int) -> bool:
    """Does an upright line hardly show between two places along it?"""
    if bottom - top < 6:
        return False
    along = np.arange(top, bottom)
    path = np.clip(upright.at(line, along.astype(float)).astype(int), 2, upright.mask.shape[0] - 3)
    near = np.zeros(len(along), dtype=bool)
    for off in (-2, -1, 0, 1, 2):
        near |= upright.mask[path + off, along]
    return float(near.mean()) < 0.3


def _filled(places: Sequence[float], lines: Sequence[int], pitch: float) -> tuple[list[float], list[int]]:
    """Lines that must be there if rows are of one height."""
    heights = np.diff(places)
    even = pitch > 0 and len(heights) >= 4 and float((np.abs(heights / pitch - 1) < 0.08).mean()) >= 0.7
    edges, own = [places[0]], [lines[0]]
    for place, line in zip(places[1:], lines[1:], strict=True):
        times = round((place - edges[-1]) / pitch) if pitch > 0 else 1
        if even and times >= 2 and abs((place - edges[-1]) / pitch - times) < 0.15 * times:
            step = (place - edges[-1]) / times
            for _ in range(times - 1):
                edges.append(edges[-1] + step)
                own.append(-1)
        edges.append(place)
        own.append(line)
    return edges, own
