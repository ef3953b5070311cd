"""What differs between two prints of one form, and between two clerks who fill it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data_samples.pages import fonts
from data_samples.pages.entries import DITTO_MARKS, Habits
from data_samples.pages.fonts import FontKind, FontSet
from data_samples.pages.levels import Damage
from data_samples.pages.pen import Hand
from data_samples.pages.rules import RuleStyle, draw_style
from readers.forms import Form


@dataclass(frozen=True)
class Look:
    """How one page is printed and filled.

    Attributes:
        press: prints title, labels, headings. clerk: fills it. rules: the lines. row_height, margin: pixels.
        has_numbers: the row of column numbers is printed. is_dotted: labels have dotted lines. empty: share of lines
        left empty at the end. ditto: the clerk's mark, "" if none. wording: 0 to 1, which of the wordings is printed.
    """

    press: Hand
    clerk: Habits
    rules: RuleStyle
    row_height: float
    margin: float
    has_numbers: bool
    is_dotted: bool
    empty: float
    ditto: str
    wording: float

    def chosen(self, wordings: Sequence[str], salt: int) -> str:
        """One of the wordings, the same for one look and place; the first is the commonest."""
        mixed = self.mixed(salt)
        return wordings[int(mixed * mixed * len(wordings))]

    def mixed(self, salt: int) -> float:
        """A number from 0 to 1, the same for one look and salt."""
        return (self.wording * 1_000_003 + salt * 7.31) % 1


def draw_look(form: Form, damage: Damage, font_set: FontSet, font_kind: FontKind, stream: np.random.Generator) -> Look:
    """Any look of a form with fonts of a set and kind."""
    u: list[float] = stream.random(14).tolist()
    press_kind: FontKind = "typewriter" if font_kind == "typewriter" and u[0] < 0.3 else "printed"
    press = Hand(fonts.draw_typeface(stream, font_set, press_kind), press_kind)
    clerk = Hand(
        fonts.draw_typeface(stream, font_set, font_kind), font_kind, 0.85 + 0.15 * u[1], 0.35 + 0.65 * u[2],
        0.25 * (u[3] - 0.4),
    )  # fmt: skip
    size = (32 if len(form.columns) > 10 else 44 if form.block else 35) + 9 * u[4]
    habits = Habits(clerk, size, damage.astray, damage.corrected)
    ditto = DITTO_MARKS[int(u[12] * len(DITTO_MARKS))] if u[13] < 0.2 else ""
    return Look(
        press, habits, draw_style(stream, damage.broken), size * (2.1 + 0.9 * u[6]), 90 + 110 * u[5],
        form.numbered and u[7] < 0.6, u[8] < 0.65, 0.35 * u[9] if u[10] < 0.5 else 0.0, ditto, u[11],
    )  # fmt: skip
