"""The headings of one row together: which meaning each keeps, which contradict, which are missing.

A part of a value (day, month and year; the column of men and the column of women; surname and given name) is a part
only beside its other parts.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from readers.grid import Grid
from readers.heading_words import ASIDE, COMPACT, EXACT, UNSURE, Meaning, is_usual, plain
from readers.place_columns import unit_in
from readers.reading import FileFinding, column_letter
from schemas.errors import FileRefused

_BIRTH, _SEX, _NAME = "birth_date_raw", "sex_raw", "full_name_raw"
ALSO = "also"
OURS = frozenset(((ASIDE, "ours"), (ASIDE, "surplus"), (ASIDE, "stray"), ("corrects_raw", "")))
_NOTES = "notes_raw"
_CONTEXT = frozenset(("serial_raw", "occupation_raw", _NOTES))
"""Of no field: a second column of it is no reason to refuse a file."""
_MOST_SHOWN, _LONGEST_SHOWN = 20, 40
_PARTS_OF_DAY = frozenset(("day", "month", "year"))
_BY_SEX = frozenset(("male", "female"))


@dataclass(frozen=True)
class Role:
    """A column of a sheet: its position, heading as shown, meaning (None: not known), and the heading above it.

    `levels` are the texts of a heading of several lines, from the top.
    """

    position: int
    heading: str
    meaning: Meaning | None
    group: str = ""
    levels: tuple[str, ...] = ()

    @property
    def is_ours(self) -> bool:
        """Is it a column that an error file added?"""
        return self.meaning is not None and self.meaning.role in OURS

    @property
    def raw_column(self) -> str | None:
        """The raw column it feeds; None if it is kept aside."""
        return None if self.meaning is None or self.meaning.raw_column == ASIDE else self.meaning.raw_column


def choose(candidates: Sequence[tuple[Meaning, ...]], headings: Sequence[str]) -> list[Meaning | None]:
    """One meaning, or none, for each heading of a row."""
    present = Counter(role for options in candidates for role in {m.role for m in options})
    chosen: list[Meaning | None] = []
    for options, heading in zip(candidates, headings, strict=True):
        settled = (_settled(m, heading, present) for m in options)
        chosen.append(next((m for m in settled if m is not None), None))
    return chosen


def _settled(meaning: Meaning, heading: str, present: Counter[tuple[str, str]]) -> Meaning | None:
    """The meaning as it is beside the others: a whole that is a part, a part that is the whole, or none."""
    raw, part = meaning.role
    if part in _BY_SEX:
        is_only_one = raw == _SEX and not present[_SEX, ""] and _marks_women(heading)
        return meaning if is_only_one or all(present[raw, p] for p in _BY_SEX) else None
    if raw == _BIRTH and part in ("", *_PARTS_OF_DAY):
        return _settled_day(meaning, plain(heading), present)
    if raw == _NAME:
        return _settled_name(meaning, present)
    return meaning


def _marks_women(heading: str) -> bool:
    """Does a column stand alone in which women are marked? Not so one of men: "Nam" without marks may be a year."""
    return plain(heading) in ("nu", "phu nu", "la nu", "gioi tinh nu", "female")


def _settled_day(meaning: Meaning, heading: str, present: Counter[tuple[str, str]]) -> Meaning | None:
    if present[_BIRTH, "month"]:
        if meaning.part:
            return meaning
        return replace(meaning, part=_PART_OF_DATE.get(heading.replace(" ", ""), ""))
    if meaning.part == "year" and heading != "nam":
        return replace(meaning, part="")
    return None if meaning.part else meaning


_PART_OF_DATE = {
    "ngaysinh": "day", "sinhngay": "day", "ngsinh": "day", "ngaysanh": "day", "dayofbirth": "day",
    "namsinh": "year", "sinhnam": "year", "nsinh": "year", "namsanh": "year", "yearofbirth": "year",
}  # fmt: skip
"""What a heading of the whole birth names where the month has a column of its own; tables write it as one word too."""


def _settled_name(meaning: Meaning, present: Counter[tuple[str, str]]) -> Meaning | None:
    has_family, has_given = present[_NAME, "family"], present[_NAME, "given"]
    if meaning.part == "" and has_family and not has_given and meaning.confidence == EXACT:
        return replace(meaning, part="given")
    if meaning.part == "family" and not (has_given or present[_NAME, ""] > 1 or present[_NAME, ""] == 1):
        return None
    if meaning.part == "given" and not has_family:
        return replace(meaning, part="")
    return meaning


def hold_years(roles: Sequence[Role], head: Grid) -> bool:
    """Do the columns of men and women hold years or dates rather than marks?"""
    positions = [r.position for r in roles if r.meaning is not None and r.meaning.role[1] in ("male", "female")]
    texts = [t for p in positions for t in head.columns[p].to_pylist()[:1000] if t]
    return (
        len(positions) > 1
        and bool(texts)
        and sum(any(c.isdigit() for c in t) and len(t) >= 4 for t in texts) * 2 > len(texts)
    )


def by_sex_columns_hold_births(roles: Sequence[Role]) -> tuple[Role, ...]:
    """The columns of men and women as columns of birth: the year was written under the person's sex."""
    return tuple(
        replace(r, meaning=replace(r.meaning, raw_column=_BIRTH))
        if r.meaning is not None and r.meaning.raw_column == _SEX and r.meaning.part in _BY_SEX
        else r
        for r in roles
    )


def without_rivals(roles: Sequence[Role], sheet: str | None) -> tuple[tuple[Role, ...], list[FileFinding]]:
    """Keep the surest column of each role; the others stand aside as ambiguous.

    Raises:
        FileRefused: header.duplicate, two columns with equally good claims to one role.
    """
    findings: list[FileFinding] = []
    kept = list(roles)
    for role in dict.fromkeys(r.meaning.role for r in roles if r.meaning is not None and r.raw_column):
        rivals = [r for r in kept if r.meaning is not None and r.meaning.role == role]
        if len(rivals) < 2 or _is_one_place(rivals):
            continue
        first, *others = sorted(rivals, key=_claim)
        for rival in others:
            if role[0] not in _CONTEXT and _is_equal_claim(first, rival):
                raise FileRefused("header.duplicate", sheet=sheet, column=rival.heading, found=role[0])
            kept[kept.index(rival)] = _second(rival)
            findings.append(FileFinding("header.ambiguous", sheet, None, rival.heading))
    return tuple(kept), findings


def _claim(role: Role) -> tuple[bool, float]:
    """The surest column first; one of years alone after those of days, since it says less."""
    confidence = role.meaning.confidence if role.meaning is not None else 0.0
    says_less = role.raw_column == _BIRTH and (confidence < COMPACT or _says_year_alone(role))
    return says_less, -confidence


def _is_equal_claim(first: Role, rival: Role) -> bool:
    if plain(first.heading) == plain(rival.heading):
        return True
    is_exact = all(r.meaning is not None and r.meaning.confidence == EXACT for r in (first, rival))
    if is_exact and first.raw_column == _BIRTH and first.meaning is not None and not first.meaning.part:
        return _says_year_alone(first) == _says_year_alone(rival)
    return is_exact and first.raw_column in (_NAME, _SEX)


def _says_year_alone(role: Role) -> bool:
    """A column of years beside one of days says less, not otherwise."""
    letters = plain(role.heading).replace(" ", "")  # names of columns are written without blanks: NAMSINH
    return ("nam" in letters and "ngay" not in letters) or "year" in letters


def _second(rival: Role) -> Role:
    """A second column of the same role: it speaks where the first is blank ("Ngày sinh" beside "Năm sinh")."""
    least = COMPACT if rival.raw_column == _BIRTH else EXACT
    is_whole = rival.meaning is not None and rival.meaning.part == "" and rival.meaning.confidence >= least
    return replace(rival, meaning=replace(rival.meaning, part=ALSO) if is_whole and rival.meaning else None)


def _is_one_place(rivals: Sequence[Role]) -> bool:
    """Commune, district and province of one place under one heading: their texts are joined; those of notes, too."""
    if all(r.raw_column == _NOTES for r in rivals):
        return True
    units = [unit_in(r.heading) for r in rivals if str(r.raw_column).endswith(("_residence_raw", "_place_raw"))]
    if None not in units and len(set(units)) == len(rivals):
        return True
    return len({r.group for r in rivals}) == 1 and bool(rivals[0].group) and rivals[0].raw_column not in (_NAME, _SEX)


def required_columns() -> tuple[str, ...]:
    """Raw columns without which a file is no ledger of persons: name, birth and sex.

    One row may lack its birth or sex (birth_date.missing, sex.missing); a file without the column has lost it.
    """
    return (_NAME, _BIRTH, _SEX)


def missing_columns(roles: Sequence[Role]) -> tuple[str, ...]:
    """Required raw columns that no column feeds; a birth written under the person's sex says the sex too."""
    fed = {r.raw_column for r in roles}
    if any(r.meaning and r.meaning.role == (_BIRTH, "male") for r in roles):
        fed.add(_SEX)
    return tuple(c for c in required_columns() if c not in fed)


def not_understood(roles: Sequence[Role]) -> str | None:
    """The columns whose headings no field claims, by letter and heading; None if there is none."""
    found = [r for r in roles if r.heading and (r.meaning is None or r.meaning.part == "ambiguous")]
    shown = [f"{column_letter(r.position)} ({r.heading[:_LONGEST_SHOWN]})" for r in found[:_MOST_SHOWN]]
    return "; ".join([*shown, *(["…"] if len(found) > _MOST_SHOWN else [])]) or None


def unknown_columns(roles: Sequence[Role], sheet: str | None, told: Sequence[FileFinding] = ()) -> list[FileFinding]:
    """A notice for each column with a heading that no field claims, that several might, or that only resembles one.

    A column that was `told` of already gets no second notice: two would contradict each other.
    """
    silent = {n.column for n in told}
    noted = [(rule_id, r) for r in roles if r.heading and r.heading not in silent and (rule_id := _notice(r))]
    return [
        FileFinding(rule_id, sheet, None, r.heading, r.raw_column or "")
        for rule_id, r in sorted(noted, key=lambda n: _NOTICES.index(n[0]))
    ]


_NOTICES = ("header.other_words", "header.unsure", "header.ambiguous", "header.unknown_column")


def _notice(role: Role) -> str | None:
    """The one notice of a column, if it needs one."""
    if role.is_ours:
        return None
    if not role.raw_column:
        return _why_aside(role)
    if role.meaning is not None and role.meaning.confidence < UNSURE:
        return "header.unsure"
    return "header.other_words" if _is_in_other_words(role) else None


def _is_in_other_words(role: Role) -> bool:
    """Was a column taken for a field by other words than those of the template, or without its marks?"""
    if role.raw_column is None or role.meaning is None or not UNSURE <= role.meaning.confidence <= EXACT:
        return False
    return not role.is_ours and not any(is_usual(text) for text in (role.heading, *role.levels))


def _why_aside(role: Role) -> str:
    is_ambiguous = role.meaning is not None and role.meaning.part == "ambiguous"
    return "header.ambiguous" if is_ambiguous else "header.unknown_column"
