"""Planted rows that must be quarantined, one blocking rule each."""

import numpy as np

from data_samples.draw import Bools, Floats, Ints
from data_samples.identity import FULL_DATE
from data_samples.plants import LAYOUTS_OF_LINES, Plant, filled, one_of, texts
from data_samples.slips import Draft
from data_samples.written_dates import calendar, write_days

TOO_FEW_CELLS, TOO_MANY_CELLS = "row.too_few_cells", "row.too_many_cells"
"""Written by the writer of text files: the texts of these rows are whole."""

_OTHERS = ("Lê Thị Hoa", "Nguyễn Văn Nam", "Trần Thị Mai", "Phạm Văn Hùng")
_NO_SUCH_DAY = ("30/02/{}", "31/04/{}", "31/11/{}", "32/05/{}", "15/13/{}", "31/06/{}", "29/02/1900", "00/13/{}")
_NO_PROVINCE = ("003", "005", "007", "009", "013", "016", "000", "090")


def _two_persons(name: str, u: float) -> str:
    other = _OTHERS[int(u * len(_OTHERS))]
    return f"{name} và {other}" if u * 8 % 1 < 0.6 else f"{name}; {other}"


def _question_marks(name: str, _u: float) -> str:
    return "".join(c if c.isascii() else "?" for c in name)


def _two_marks(draft: Draft, rows: Ints) -> Bools:
    names = draft.texts["full_name"].take(rows).to_pylist()
    return np.asarray([sum(not c.isascii() for c in n) >= 2 for n in names], dtype=bool)


def _year(draft: Draft, rows: Ints) -> Ints:
    return draft.births.year[rows]


def _impossible(draft: Draft, rows: Ints, u: Floats) -> None:
    kinds = (u * len(_NO_SUCH_DAY)).astype(int).tolist()
    years = _year(draft, rows).tolist()
    draft.edit("birth_date", rows, [_NO_SUCH_DAY[k].format(y) for k, y in zip(kinds, years, strict=True)])


def _out_of_range(draft: Draft, rows: Ints, u: Floats) -> None:
    shift = np.where(u < 0.5, 140, -180)
    dates = draft.births.take(rows)
    years = (dates.year + shift).tolist()
    days = zip(dates.day.tolist(), dates.month.tolist(), years, strict=True)
    draft.edit("birth_date", rows, [f"{min(d, 28):02d}/{m:02d}/{y}" for d, m, y in days])


def _century_unknown(draft: Draft, rows: Ints, u: Floats) -> None:
    dates, years = draft.births.take(rows), (u * 22).astype(int).tolist()
    days = zip(dates.day.tolist(), dates.month.tolist(), years, strict=True)
    draft.edit("birth_date", rows, [f"{min(d, 28)}/{m}/{y:02d}" for d, m, y in days])


def _after_entry(draft: Draft, rows: Ints, u: Floats) -> None:
    """Entered some years before the birth: the clerk took the wrong line."""
    before = draft.block.people.birth[draft.block.entries.person[rows]] - 400 - (u * 4_000).astype(np.int64)
    draft.edit("entry_date", rows, write_days(calendar(before), np.zeros_like(rows)))


def _dead_before_birth(draft: Draft, rows: Ints, u: Floats) -> None:
    before = draft.block.people.birth[draft.block.entries.person[rows]] - 400 - (u * 9_000).astype(np.int64)
    draft.edit("death_date", rows, write_days(calendar(before), np.zeros_like(rows)))


def whole_birth(draft: Draft, rows: Ints) -> Bools:
    """Rows of people whose whole date of birth is known."""
    known: Bools = draft.block.identities.precision[draft.block.entries.person[rows]] == FULL_DATE
    return known


def _scientific(text: str, _u: float) -> str:
    return f"{int(text):.2E}"


def _other_year(number: str, u: float) -> str:
    return f"{number[:4]}{(int(number[4:6]) + 3 + int(u * 20)) % 100:02d}{number[6:]}"


def _other_sex(number: str, _u: float) -> str:
    return f"{number[:3]}{int(number[3]) ^ 1}{number[4:]}"


def _bad_province(number: str, u: float) -> str:
    return _NO_PROVINCE[int(u * len(_NO_PROVINCE))] + number[3:]


def _nothing(_draft: Draft, _rows: Ints, _u: Floats) -> None:
    """The writer of the file does it."""


_HAS_PERSONAL, _HAS_CARD = filled("personal_number"), filled("old_id_number")

FAULTS: tuple[Plant, ...] = (
    Plant("full_name.missing", 10, texts("full_name", one_of("", "", "không rõ", "-"))),
    Plant("full_name.too_short", 4, texts("full_name", one_of("A", "H", "N."))),
    Plant("full_name.not_a_name", 5, texts("full_name", one_of("12", "0912345678", "01/02/1960", "7b-12"))),
    Plant("full_name.two_persons", 5, texts("full_name", _two_persons)),
    Plant("row.bad_characters", 5, texts("full_name", _question_marks), _two_marks),
    Plant("birth_date.unreadable", 10, texts("birth_date", one_of("hôm mưa to", "Kinh", "Nam", "thôn 3"))),
    Plant("birth_date.unreadable", 5, texts("birth_date", one_of("mùa lúa chín", "hồi chạy lụt", "sau Tết"))),
    Plant("birth_date.impossible", 10, _impossible),
    Plant("birth_date.out_of_range", 5, _out_of_range),
    Plant("birth_date.after_entry", 6, _after_entry, whole_birth),
    Plant("birth_date.century_unknown", 6, _century_unknown),
    Plant("sex.unknown_code", 7, texts("sex", one_of("1960", "Kinh", "con"))),
    Plant("sex.unknown_code", 6, texts("sex", one_of("x", "3", "Nm", "nn"))),
    Plant("relation.unknown_code", 4, texts("relation", one_of("quen", "xyz", "7b", "láng giềng"))),
    Plant("personal_number.scientific", 4, texts("personal_number", _scientific), _HAS_PERSONAL),
    Plant("personal_number.placeholder", 4, texts("personal_number", one_of("000000000000", "999999999999"))),
    Plant("personal_number.bad_province", 4, texts("personal_number", _bad_province), _HAS_PERSONAL),
    Plant("personal_number.birth_contradicts", 6, texts("personal_number", _other_year), _HAS_PERSONAL),
    Plant("personal_number.sex_contradicts", 6, texts("personal_number", _other_sex), _HAS_PERSONAL),
    Plant("old_id_number.scientific", 4, texts("old_id_number", _scientific), _HAS_CARD),
    Plant("old_id_number.placeholder", 4, texts("old_id_number", one_of("000000000", "999999999", "111111111"))),
    Plant("death_date.before_birth", 2, _dead_before_birth, whole_birth),
    Plant(TOO_FEW_CELLS, 4, _nothing, None, LAYOUTS_OF_LINES),
    Plant(TOO_MANY_CELLS, 4, _nothing, None, LAYOUTS_OF_LINES),
)  # fmt: skip

TWO_PEOPLE = "personal_number.two_people"


def plant_two_people(draft: Draft, rows: Ints, share: float) -> Ints:
    """Give pairs of people one number; which rows they are. Born in one year and of one sex, else another rule fires.

    Args:
        draft: texts before slips.
        rows: rows that may be used, of people who stand nowhere else.
        share: of all rows of the draft to use.
    """
    rows = rows[filled("personal_number")(draft, rows) & whole_birth(draft, rows)]
    block = draft.block
    person, ledger = block.entries.person[rows], block.books.ledger[block.entries.book[rows]]
    female, year = block.people.is_female[person], block.people.birth_year[person]
    order = np.lexsort((rows, year, female, ledger))
    rows, key = rows[order], (ledger * 10_000 + year)[order] * 2 + female[order]
    pairs = np.flatnonzero((key[1:] == key[:-1]) & (np.arange(len(key) - 1) % 2 == 0))
    names = draft.texts["full_name"].take(rows).to_pylist()
    pairs = pairs[[names[i].split()[-1].lower() != names[i + 1].split()[-1].lower() for i in pairs.tolist()]]
    wanted = int(share * len(draft.births.year) / 2 + 0.5)
    pairs = pairs[:: max(1, len(pairs) // max(wanted, 1))][:wanted]
    if not len(pairs):
        return rows[:0]
    draft.edit("personal_number", rows[pairs + 1], draft.texts["personal_number"].take(rows[pairs]))
    return np.sort(np.r_[rows[pairs], rows[pairs + 1]])
