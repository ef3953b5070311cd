"""Planted rows that load although something about them is unusual, one rule each that must say so."""

import numpy as np
import pyarrow.compute as pc

from data_samples.draw import Bools, Floats, Ints
from data_samples.faults import whole_birth
from data_samples.plants import LAYOUTS_OF_UNICODE, Fits, Plant, filled, one_of, texts
from data_samples.slips import Draft
from data_samples.spelling import initials
from data_samples.written_dates import PADDED, TWO_DIGITS, WORDED, write_days, write_years

_REMARKS = (" (chết)", " (đã chuyển đi)", " - chủ hộ cũ", " (tạm vắng)")
_ZERO_WIDTH = "\u200b"


def _whole_of_last_century(draft: Draft, rows: Ints) -> Bools:
    year = draft.births.year[rows]
    return whole_birth(draft, rows) & (year >= 1930) & (year < 2000)


def _in_form(form: int, draft: Draft, rows: Ints) -> None:
    draft.edit("birth_date", rows, write_days(draft.births.take(rows), np.full(len(rows), form)))


def _two_digits(draft: Draft, rows: Ints, _u: Floats) -> None:
    _in_form(TWO_DIGITS, draft, rows)


def _in_words(draft: Draft, rows: Ints, _u: Floats) -> None:
    _in_form(WORDED, draft, rows)


def _letters_for_digits(draft: Draft, rows: Ints, _u: Floats) -> None:
    """O for 0 and l for 1, as on typewriters without these keys."""
    _in_form(PADDED, draft, rows)
    written = draft.texts["birth_date"].take(rows).to_pylist()
    draft.edit("birth_date", rows, [t.replace("0", "O").replace("1", "l") for t in written])


def _about(draft: Draft, rows: Ints, _u: Floats) -> None:
    years = write_years(draft.births.year[rows], np.zeros_like(rows)).to_pylist()
    draft.edit("birth_date", rows, [f"khoảng {y}" for y in years])


def _in_groups(number: str, u: float) -> str:
    """001.090.012.345 or 012 345 678."""
    return (" " if u < 0.5 else ".").join(number[i : i + 3] for i in range(0, len(number), 3))


def _moved(draft: Draft, rows: Ints, _u: Floats) -> None:
    """The personal number stands in the column of the cards."""
    draft.edit("old_id_number", rows, draft.texts["personal_number"].take(rows))
    draft.edit("personal_number", rows, [""] * len(rows))


def _starting(column: str, start: str) -> Fits:
    return lambda draft, rows: pc.starts_with(draft.texts[column].take(rows), start).to_numpy(zero_copy_only=False)


def _has_stroke(draft: Draft, rows: Ints) -> Bools:
    found: Bools = pc.match_substring(draft.texts["full_name"].take(rows), "Đ").to_numpy(zero_copy_only=False)
    return found


def _with_hidden(name: str, _u: float) -> str:
    """Pasted from a web page."""
    return name.replace(" ", " " + _ZERO_WIDTH, 1)


def _has_blank(draft: Draft, rows: Ints) -> Bools:
    found: Bools = pc.match_substring(draft.texts["full_name"].take(rows), " ").to_numpy(zero_copy_only=False)
    return found


def _has_initials(draft: Draft, rows: Ints) -> Bools:
    names = draft.texts["full_name"].take(rows).to_pylist()
    return np.asarray([initials(n, 0.9) != n for n in names], dtype=bool)


_HAS_PERSONAL, _HAS_CARD = filled("personal_number"), filled("old_id_number")

NOTICES: tuple[Plant, ...] = (
    Plant("full_name.note_removed", 8, texts("full_name", lambda n, u: n + _REMARKS[int(u * len(_REMARKS))])),
    Plant("full_name.abbreviated", 6, texts("full_name", initials), _has_initials),
    Plant("full_name.look_alike", 5, texts("full_name", lambda n, _: n.replace("Đ", "Ð")), _has_stroke,
          LAYOUTS_OF_UNICODE),
    Plant("text.invisible_characters", 3, texts("full_name", _with_hidden), _has_blank,
          LAYOUTS_OF_UNICODE),
    Plant("birth_date.two_digit_year", 10, _two_digits, _whole_of_last_century),
    Plant("birth_date.in_words", 6, _in_words, whole_birth),
    Plant("birth_date.not_digits", 5, _letters_for_digits, whole_birth),
    Plant("birth_date.approximate", 5, _about),
    Plant("ethnic_group.missing", 4, texts("ethnic_group", one_of(""))),
    Plant("ethnic_group.unknown_code", 4, texts("ethnic_group", one_of("Kinhh", "Kịnh", "Knh", "Thá1"))),
    Plant("religion.unknown_code", 4, texts("religion", one_of("đạo lạ", "Phậtt", "Côg giáo"))),
    Plant("relation.missing", 4, texts("relation", one_of(""))),
    Plant("place.missing", 4, texts("permanent_residence", one_of(""))),
    Plant("personal_number.wrong_length", 4, texts("personal_number", lambda n, _: n[:7]), _HAS_PERSONAL),
    Plant("personal_number.leading_zero", 6, texts("personal_number", lambda n, _: n[1:]), _starting(
          "personal_number", "0")),
    Plant("personal_number.separators", 6, texts("personal_number", _in_groups), _HAS_PERSONAL),
    Plant("personal_number.moved", 6, _moved, _HAS_PERSONAL),
    Plant("old_id_number.wrong_length", 4, texts("old_id_number", lambda n, _: n[:6]), _HAS_CARD),
    Plant("old_id_number.leading_zero", 4, texts("old_id_number", lambda n, _: n[1:]), _starting(
          "old_id_number", "0")),
    Plant("old_id_number.separators", 5, texts("old_id_number", _in_groups), _HAS_CARD),
)  # fmt: skip
