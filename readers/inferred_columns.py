"""What single headings leave open and the other headings, or the rows below, settle.

A list without a column of permanent residence that has one of addresses, or one each for hamlet, commune and province;
a list of heads alone; marks in the column of heads; day and month beside the year; ages where nobody wrote a birth.
Each such column is told as unsure, or kept aside beside what was made of it.
Decision: docs/decisions/0065-what-a-list-leaves-open.md.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from readers.grid import Grid, texts_of
from readers.heading_roles import Role
from readers.heading_words import ASIDE, UNSURE, Meaning, bare_letters, plain
from readers.name_columns import with_parted_names
from readers.place_columns import is_unit

BIRTH, NAME, HEAD, RELATION, SEX = "birth_date_raw", "full_name_raw", "head_name_raw", "relation_raw", "sex_raw"
PERMANENT, CURRENT = "permanent_residence_raw", "current_residence_raw"
DAY_MONTH, AGE, OF_HEADS, MARK = "day_month", "age", "head", "mark"
"""Parts of a raw column: day and month in one cell, an age, the name in a list of heads alone, the mark of a head."""

_RELATIVES = frozenset(("father_name_raw", "mother_name_raw", "spouse_name_raw", "representative_name_raw"))
_NAMES = _RELATIVES | {NAME}
_OF_RELATIVES = frozenset((
    BIRTH, "personal_number_raw", "old_id_number_raw", "nationality_raw", "ethnic_group_raw", "religion_raw",
    "occupation_raw", "native_place_raw", "death_date_raw",
))  # fmt: skip
_LIKELY = UNSURE - 0.05
_LOOKED_AT = 200
_MOST = 0.8
_ADDRESSES = frozenset(("diachi", "dc", "noicutru", "address", "diachinoicutru"))
_HOMES = frozenset(("noio", "choo"))
_AGES = frozenset(("tuoi", "tuoi doi", "so tuoi", "do tuoi", "tuoi tron", "tuoi ta", "tuoi duong lich", "age"))
_DAYS = frozenset(("ngay thang", "ngay va thang", "ngay", "ngay thang sinh"))
_DAY_MONTH = re.compile(r"^\W*\d{1,2}\s*[/.\-]\s*\d{1,2}\W*$")
_YEAR = re.compile(r"^\W*(?:\d{2}|(?:1[89]|20)\d\d)(?:[.,]0)?\W*$")
_A_MARK = re.compile(r"^\s*(?:[xXvV✓✔+*]|1(?:[.,]0)?)\s*$")


def inferred(roles: Sequence[Role], below: Grid) -> tuple[Role, ...]:
    """The columns of one row of headings, before rivals are settled.

    Args:
        roles: from the left.
        below: the first rows under the headings, decoded.
    """
    rows = texts_of(below, _LOOKED_AT)
    kept = _with_day_and_month(_without_relatives(with_parted_names(roles, below)), rows)
    return _with_address(_with_heads(_with_ages(kept), rows))


def _without_relatives(roles: Sequence[Role]) -> tuple[Role, ...]:
    """Set aside what stands behind a relative's name, and behind the person's own too: years, numbers of parents."""
    owner = NAME
    of_whom: dict[int, str] = {}
    for r in roles:
        if r.raw_column in _NAMES:
            owner = str(r.raw_column)
        elif r.meaning is None and r.heading and owner != NAME:
            owner = ""  # "Con 1" in a table of a household a row: who knows whose years follow
        of_whom[r.position] = owner
    own = {r.raw_column for r in roles if of_whom[r.position] == NAME and r.meaning is not None}
    return tuple(
        replace(r, meaning=None)
        if r.raw_column in _OF_RELATIVES and r.raw_column in own and of_whom[r.position] in _RELATIVES
        else r
        for r in roles
    )


def _with_day_and_month(roles: Sequence[Role], rows: Sequence[Sequence[str | None]]) -> tuple[Role, ...]:
    """Day and month in a column beside that of the year: "5/3" | "1962"."""
    births = [r for r in roles if r.raw_column == BIRTH]
    if any(r.meaning is not None and r.meaning.part for r in births):
        return tuple(roles)
    years = [r for r in births if _share(rows, r.position, _YEAR) >= _MOST]
    days = [
        r for r in roles
        if (r.raw_column == BIRTH or (r.meaning is None and plain(r.heading) in _DAYS))
        and _share(rows, r.position, _DAY_MONTH) >= _MOST
    ]  # fmt: skip
    if len(years) != 1 or len(days) != 1 or len(births) > 2 or not set(births) <= {years[0], days[0]}:
        return tuple(roles)
    parts = {days[0].position: DAY_MONTH, years[0].position: "year"}
    return tuple(
        replace(r, meaning=Meaning(BIRTH, parts[r.position], UNSURE)) if r.position in parts else r for r in roles
    )


def _with_ages(roles: Sequence[Role]) -> tuple[Role, ...]:
    ages = [r for r in roles if r.raw_column is None and plain(r.heading) in _AGES]
    is_known = any(r.meaning is not None and r.meaning.part in ("male", "female") for r in roles)
    if len(ages) != 1 or is_known or any(r.raw_column == BIRTH for r in roles):
        return tuple(roles)
    return _with(roles, ages[0], BIRTH, AGE)


def _with_heads(roles: Sequence[Role], rows: Sequence[Sequence[str | None]]) -> tuple[Role, ...]:
    """A list of heads alone, whose names are those of persons; or marks under "Chủ hộ"."""
    heads = [r for r in roles if r.raw_column == HEAD and r.meaning is not None and not r.meaning.part]
    fed = {r.raw_column for r in roles}
    if len(heads) != 1:
        return tuple(roles)
    if NAME not in fed and {BIRTH, SEX} <= fed:
        return _with(roles, heads[0], NAME, OF_HEADS)
    if NAME in fed and RELATION not in fed and _share(rows, heads[0].position, _A_MARK) >= _MOST:
        return _with(roles, heads[0], RELATION, MARK)
    return tuple(roles)


def _with_address(roles: Sequence[Role]) -> tuple[Role, ...]:
    """Where no column says that it is the permanent residence: that of addresses, and those of units beside it."""
    fed = {r.raw_column for r in roles}
    open_ones = [r for r in roles if r.meaning is not None and r.meaning.role == (ASIDE, "ambiguous")]
    kept = tuple(roles)
    homes = [r for r in open_ones if bare_letters(r.heading) in _HOMES]
    if len(homes) == 1 and CURRENT not in fed:
        kept = _with(kept, homes[0], CURRENT, "")
    if PERMANENT in fed:
        return kept
    addresses = [r for r in open_ones if bare_letters(r.heading) in _ADDRESSES]
    units = [r for r in kept if r.meaning is None and len(r.levels) < 2 and is_unit(r.heading)]
    if len(addresses) > 1 or len({plain(r.heading) for r in units}) < len(units):
        return kept
    if not addresses and len(units) == 1 and not is_unit(units[0].heading, is_commune=True):
        return kept
    for role in (*addresses, *units):
        kept = _with(kept, role, PERMANENT, "")
    return kept


def _with(roles: Sequence[Role], role: Role, raw_column: str, part: str) -> tuple[Role, ...]:
    return tuple(
        replace(r, meaning=Meaning(raw_column, part, _LIKELY), group=r.group or "=") if r is role else r for r in roles
    )


def _share(rows: Sequence[Sequence[str | None]], at: int, pattern: re.Pattern[str]) -> float:
    cells = [row[at] for row in rows if at < len(row) and row[at]]
    return sum(1 for c in cells if pattern.match(c or "")) / len(cells) if cells else 0.0
