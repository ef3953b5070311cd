"""How a worksheet may be called in a report: by its name where that says nothing of anybody, else by a pseudonym.

Ledgers have sheets named after the head of a household; a report must neither tell such a name nor change when the
person is erased.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from store.acting import Acting
from store.report_figures import BatchFigures, ExamplePair, PairSide
from transforms.text import fold

Shown = Callable[[str, str | None], str | None]
"""File and sheet -> the sheet as it may be shown."""

_TOKEN = re.compile(r"[a-z]+|[0-9]+")
_PLAIN = re.compile(r"[a-z0-9 ._()/\\–-]*")
_HIDDEN = re.compile(r"#[0-9a-f]{8}")
_MOST_DIGITS = 4
_DIGITS_IN_ALL = 8
_WORDS = frozenset(
    re.split(" ", "sheet trang tinh so quyen tap phan bang danh sach ds nhan khau ho thon xom ap khu pho to dan mau "
    "bieu dot data ledger book page table part")
)  # fmt: skip
_FIRST = frozenset({"sheet", "trang", "so", "bang", "quyen", "data", "ledger", "page", "table"})


def is_plain(name: str) -> bool:
    """Does a name say nothing but which sheet it is? `Sheet1`, `Sổ 2`, `Sổ hộ khẩu 1994-2003`; never `Hộ ông An`."""
    folded = fold(name)
    tokens = _TOKEN.findall(folded)
    numbers = [token for token in tokens if token.isdigit()]
    if not tokens or not _PLAIN.fullmatch(folded) or sum(map(len, numbers)) > _DIGITS_IN_ALL:
        return False
    if any(len(number) > _MOST_DIGITS for number in numbers) or (not numbers and tokens[0] not in _FIRST):
        return False
    return all(token in _WORDS for token in tokens if not token.isdigit())


def shown_by(acting: Acting) -> Shown:
    """How sheets are shown with that key: the same sheet always alike."""

    def shown(file: str, sheet: str | None) -> str | None:
        if sheet is None or is_plain(sheet) or _HIDDEN.fullmatch(sheet):
            return sheet
        return "#" + acting.pseudonym("sheet", f"{file}\t{sheet}")[:8]

    return shown


def in_figures(found: BatchFigures, shown: Shown) -> BatchFigures:
    """Figures of a batch with their sheets as they may be shown."""
    return replace(
        found,
        examples=tuple(_pair(pair, shown) for pair in found.examples),
        same_number=[(r[0], *_place(r[1:4], shown), *_place(r[4:7], shown)) for r in found.same_number],
        other_nationality=[(r[0], *_place(r[1:4], shown), *_place(r[4:7], shown)) for r in found.other_nationality],
        quarantine=[(*r[:2], *_place(r[2:5], shown)) for r in found.quarantine],
    )


def in_message(file: str, message: Mapping[str, Any], shown: Shown) -> dict[str, Any]:
    """A message of a file with its sheets as they may be shown."""
    return {**message, "places": [{**p, "sheet": shown(file, p["sheet"])} for p in message["places"]]}


def _pair(pair: ExamplePair, shown: Shown) -> ExamplePair:
    return replace(pair, left=_side(pair.left, shown), right=_side(pair.right, shown))


def _side(side: PairSide, shown: Shown) -> PairSide:
    return replace(side, sheet=shown(side.file, side.sheet))


def _place(place: tuple[Any, ...], shown: Shown) -> tuple[Any, ...]:
    return place[0], shown(place[0], place[1]), place[2]
