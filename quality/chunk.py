"""A chunk of RECORDS as the rules see it: numpy columns with 0 for unknown, and its households."""

from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.code_lists import rows
from transforms.text import fold_text

HEAD, WIFE, HUSBAND = 1, 2, 3
MALE, FEMALE = 1, 2
SPOUSE_SEX: dict[int, int] = {WIFE: FEMALE, HUSBAND: MALE}
_RELATIONS = 100


@cache
def relation_sexes() -> np.ndarray:
    """Sex that a relation implies, by relation number: 0 none, 1 male, 2 female (relations.csv, column `sex`)."""
    sexes = np.zeros(_RELATIONS, np.int8)
    for row in rows("relations"):
        sexes[int(row["code"])] = {"M": MALE, "F": FEMALE}.get(row["sex"], 0)
    return sexes


class Chunk:
    """Columns of a chunk by name, each turned into numpy once."""

    def __init__(self, records: pa.Table, profile: pa.Table, received_on: date) -> None:
        self.records, self.profile, self.received_on = records, profile, received_on
        self._known: dict[str, np.ndarray] = {}

    def column(self, name: str) -> pa.Array:
        """One column as one array."""
        return self.records.column(name).combine_chunks()

    def filled(self, name: str) -> np.ndarray:
        """Where the column has a value."""
        found: np.ndarray = self.records.column(name).is_valid().to_numpy()
        return found

    def equals(self, name: str, *codes: str) -> np.ndarray:
        """Where the column is one of these."""
        found: np.ndarray = pc.is_in(self.records.column(name), value_set=pa.array(codes)).to_numpy()
        return found

    def equals_column(self, name: str, other: str) -> np.ndarray:
        """Where two columns say the same."""
        same = pc.fill_null(pc.equal(self.records.column(name), self.records.column(other)), False)
        found: np.ndarray = same.to_numpy()
        return found

    def codes_of(self, name: str) -> np.ndarray:
        """A number for each distinct text of a column; -1 = unknown."""
        indices = self.column(name).dictionary_encode().indices
        found: np.ndarray = indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
        return found

    def folded_codes_of(self, name: str) -> np.ndarray:
        """A number for each text of a column, the same whatever its case and its marks; -1 = unknown."""
        encoded = self.column(name).dictionary_encode()
        same = fold_text(encoded.dictionary).dictionary_encode().indices.to_numpy(zero_copy_only=False)
        places = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        found: np.ndarray = np.append(same, -1)[places].astype(np.int64)
        return found

    def number(self, name: str) -> np.ndarray:
        """A column of integers as int64; 0 = unknown."""
        if name not in self._known:
            self._known[name] = _filled_integers(self.records.column(name))
        return self._known[name]

    def year(self, stem: str) -> np.ndarray:
        """Years of a partial date, int64; 0 = unknown."""
        return self.number(f"{stem}_year")

    def partial_date(self, stem: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Year, month, day of a partial date; 0 = unknown."""
        return self.number(f"{stem}_year"), self.number(f"{stem}_month"), self.number(f"{stem}_day")

    def days(self, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Year, month, day of a column of days; 0 = unknown."""
        column = self.records.column(name)
        year, month, day = (_filled_integers(part(column)) for part in (pc.year, pc.month, pc.day))
        return year, month, day

    def measured(self, measure: str) -> frozenset[str]:
        """Values of a measure of the profile, which may be numbered: ``measure`` or ``measure:...``."""
        names = self.profile.column("measure")
        mine = pc.or_(pc.equal(names, measure), pc.starts_with(names, f"{measure}:"))
        return frozenset(v for v in self.profile.column("value").filter(mine).to_pylist() if v is not None)

    @cached_property
    def entry_year(self) -> np.ndarray:
        """Year of entry in the ledger; 0 = unknown."""
        found: np.ndarray = self.days("entry_date")[0]
        return found

    @cached_property
    def relation(self) -> np.ndarray:
        """Number of the relation to the head, 1-99; 0 = unknown."""
        return _numbers_of_codes(self.column("relation_code"), _RELATIONS)

    @cached_property
    def sex(self) -> np.ndarray:
        """Sex: 1 male, 2 female, 0 unknown."""
        return _numbers_of_codes(self.column("sex_code"), FEMALE + 1)

    @cached_property
    def is_alive(self) -> np.ndarray:
        """Rows without any word of a death."""
        dead: np.ndarray = self.filled("death_year") | self.filled("death_kind")
        return ~dead

    @cached_property
    def households(self) -> "Households":
        """The households of the chunk."""
        return _households(self)


@dataclass(frozen=True)
class Households:
    """Households of a chunk, one file and one household key each; row numbers, -1 = none.

    Attributes:
        group: number of the household of each row; rows without household share the last number, which is none.
        first: first row of each household by line.
        head: its first living head by line, else its first head.
        second_head: another living head who cannot be the same person typed twice.
    """

    group: np.ndarray
    first: np.ndarray
    head: np.ndarray
    second_head: np.ndarray

    def count(self, mask: np.ndarray) -> np.ndarray:
        """Rows of the mask in each household; 0 for the rows without household."""
        counts = np.bincount(self.group[mask], minlength=self.first.size)
        counts[-1:] = 0
        return counts

    def having(self, mask: np.ndarray) -> np.ndarray:
        """Households with at least one row of the mask."""
        return self.count(mask) > 0

    def with_value(self, mask: np.ndarray) -> np.ndarray:
        """The mask, less rows without household."""
        kept: np.ndarray = mask & (self.group < self.first.size - 1)
        return kept

    def first_of(self, mask: np.ndarray, line: np.ndarray) -> np.ndarray:
        """The first row of the mask by line in each household, -1 = none."""
        rows = np.flatnonzero(self.with_value(mask))
        return _firsts(self.group, rows[np.argsort(line[rows], kind="stable")], self.first.size)

    def latest(self, years: np.ndarray, otherwise: int) -> np.ndarray:
        """Latest year of each household; `otherwise` where none is known or it lies in the future."""
        found = np.zeros(self.first.size, np.int64)
        np.maximum.at(found, self.group, years)
        return np.where((found == 0) | (found > otherwise), otherwise, found)


def _households(chunk: Chunk) -> Households:
    group, count = _groups(chunk)
    lines = np.argsort(chunk.number("line"), kind="stable")
    lines = lines[group[lines] < count - 1]
    heads = chunk.relation == HEAD
    living = _firsts(group, lines[(heads & chunk.is_alive)[lines]], count)
    head = np.where(living >= 0, living, _firsts(group, lines[heads[lines]], count))
    others = heads & chunk.is_alive & (living[group] >= 0) & is_someone_else(chunk, living[group])
    return Households(group, _firsts(group, lines, count), head, _firsts(group, lines[others[lines]], count))


def _groups(chunk: Chunk) -> tuple[np.ndarray, int]:
    """Number of the household of each row, and how many numbers there are; the last one is for rows without any."""
    files = chunk.column("file_id").dictionary_encode()
    keys = chunk.column("household_key").dictionary_encode()
    key = keys.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    group = key * len(files.dictionary) + files.indices.to_numpy(zero_copy_only=False)
    none = len(keys.dictionary) * len(files.dictionary)
    return np.where(key < 0, none, group), none + 1


def _firsts(group: np.ndarray, rows_by_line: np.ndarray, count: int) -> np.ndarray:
    first = np.full(count, -1, np.int64)
    backwards = rows_by_line[::-1]
    first[group[backwards]] = backwards
    return first


def is_someone_else(chunk: Chunk, other: np.ndarray) -> np.ndarray:
    """Is each row another person than row `other`? Lines of one person differ in name or in birth, seldom in both."""
    name = chunk.column("full_name").dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False)
    born = chunk.year("birth")
    different: np.ndarray = (name != name[other]) & ((born != born[other]) | (chunk.sex != chunk.sex[other]))
    return different


def _filled_integers(column: pa.ChunkedArray) -> np.ndarray:
    integers: np.ndarray = pc.fill_null(pc.cast(column, pa.int64()), 0).to_numpy()
    return integers


def _numbers_of_codes(codes: pa.Array, below: int) -> np.ndarray:
    encoded = codes.dictionary_encode()
    numbers = [int(c) if c.isdecimal() and int(c) < below else 0 for c in encoded.dictionary.to_pylist()]
    found: np.ndarray = np.array([*numbers, 0])[encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)]
    return found
