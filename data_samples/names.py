"""Name forms by ethnic group, sex and generation, drawn in columns."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_samples.draw import Bools, Floats, Ints, WeightedTables, by_rank, weighted_tables
from data_samples.places import _toml, gazetteer
from schemas.code_lists import rows

GENERATIONS = (1955, 1975, 1995)
"""First birth years of the second, third and fourth generation of names."""

KINH_REGIONS = ("north", "central", "south")
_REGION_OF = {"north": 0, "mountain": 0, "central": 1, "highland": 1, "south": 2}


@dataclass(frozen=True)
class NameForms:
    """All name tables. A style is a Kinh region (0-2) or another group (3 ...).

    Attributes:
        groups: ethnic group of each style, as a careful clerk spells it.
        words: every name part; "" stands for no part.
        clan_last: the last part is inherited in that style.
        religions: religions of each style beyond the Kinh, equally likely.
    """

    groups: tuple[str, ...]
    words: pa.Array
    surnames: WeightedTables
    middles: WeightedTables
    givens: WeightedTables
    clan_last: Bools
    religions: tuple[tuple[str, ...], ...]

    def table(self, style: Ints, is_female: Bools, birth_year: Ints) -> Ints:
        """Number of the name table of each person."""
        generation = np.searchsorted(np.asarray(GENERATIONS), birth_year, side="right")
        return (style * 2 + is_female) * 4 + generation

    def join(self, surname: Ints, middle: Ints, given: Ints) -> pa.Array:
        """Full names from the three part codes."""
        parts = [self.words.take(pa.array(p)) for p in (surname, middle, given)]
        parts = [pc.if_else(pc.equal(p, ""), None, p) for p in parts]
        joined = pc.binary_join_element_wise(*parts, " ", null_handling="skip")
        return pc.replace_substring(joined, "' ", "'")


@cache
def name_forms() -> NameForms:
    """The forms of vocabulary/names.toml with the surname shares of schemas/code_lists/surnames_kinh.csv."""
    source = _toml("names.toml")
    words: dict[str, int] = {}
    lists = [list(_kinh_lists(source["kinh"], region)) for region in KINH_REGIONS]
    lists += [list(_group_lists(group)) for group in source["group"]]
    flat = [entry for style in lists for entry in style]
    groups = source["group"]
    return NameForms(
        ("Kinh",) * len(KINH_REGIONS) + tuple(g["name"] for g in groups),
        *_coded(flat, words),
        np.asarray([False] * len(KINH_REGIONS) + [bool(g.get("clan_last")) for g in groups]),
        ((),) * len(KINH_REGIONS) + tuple(tuple(g["religions"]) for g in groups),
    )


@cache
def style_of_group() -> dict[str, int]:
    """Style of each group but the Kinh."""
    return {g: i for i, g in enumerate(name_forms().groups) if g != "Kinh"}


@cache
def kinh_style_of_province() -> Ints:
    """Style of the Kinh of each province of the gazetteer."""
    return np.asarray([_REGION_OF[r] for r in gazetteer().regions], dtype=np.int64)


def draw_names(forms: NameForms, table: Ints, clan_u: Floats, u: Floats) -> tuple[Ints, Ints, Ints]:
    """Middle and given codes of each person (u: two columns), and the surname code by the line's own number.

    Returns (surname, middle, given). ``clan_u``: two columns, the line's numbers for surname and for clan.
    """
    surname = forms.surnames.choose(table, clan_u[:, 0])
    middle = forms.middles.choose(table, u[:, 0])
    inherits = forms.clan_last[table // 8]
    given = forms.givens.choose(table, np.where(inherits, clan_u[:, 1], u[:, 1]))
    return surname, middle, given


_Lists = tuple[dict[str, float], list[str], list[str]]


def _kinh_lists(kinh: dict[str, Any], region: str) -> Iterable[_Lists]:
    surnames = {r["surname"]: float(r["percent"]) for r in rows("surnames_kinh") if "/" not in r["surname"]}
    surnames |= kinh["surnames"][region] | kinh["surnames"]["all"]
    for sex in "mf":
        for generation in "1234":
            key = f"{sex}{generation}"
            yield surnames, kinh["middle"][key], kinh["given"][key]


def _group_lists(group: dict[str, Any]) -> Iterable[_Lists]:
    for sex in "mf":
        surnames = group.get("surnames") or group[f"surnames_{sex}"]
        weighted = dict(zip(surnames, by_rank(len(surnames), 3.0), strict=True))
        for _ in range(4):
            yield weighted, group[f"middle_{sex}"], group[f"given_{sex}"]


def _coded(
    lists: list[_Lists], words: dict[str, int]
) -> tuple[pa.Array, WeightedTables, WeightedTables, WeightedTables]:
    def codes(texts: Iterable[str]) -> list[int]:
        return [words.setdefault(t, len(words)) for t in texts]

    surnames = weighted_tables([(codes(s), list(s.values())) for s, _, _ in lists])
    middles = weighted_tables([(codes(m), by_rank(len(m), 4.0)) for _, m, _ in lists])
    givens = weighted_tables([(codes(g), by_rank(len(g), 14.0)) for _, _, g in lists])
    return pa.array(list(words)), surnames, middles, givens
