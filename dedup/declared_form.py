"""What a person declares about a table that is not ours: its columns, how they are compared, which pairs are formed.

docs/comparisons.md explains each of them to people; dedup/declared_yaml.py reads them from a file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

KINDS: tuple[str, ...] = ("text", "number", "date", "set")

TESTS: Mapping[str, Mapping[str, str]] = {
    "text": {
        "exact": "", "folded": "", "jaro_winkler": "share", "levenshtein": "count", "damerau": "count",
        "tokens": "share", "first": "count",
    },
    "number": {"exact": "", "difference": "amount", "ratio": "share"},
    "date": {"exact": "", "swapped": "", "one_digit": "", "days": "count", "month": "", "year": "", "day_month": ""},
    "set": {"exact": "", "common": "count", "overlap": "share"},
}  # fmt: skip
"""Tests of each kind of column, and what their bound is: nothing, a share 0 to 1, a whole number from 1, an amount."""

SWAPPED = "swapped"
"""The test of two text columns that stand in each other's place; its bound, a similarity, may be left out."""

DATE_PARTS: tuple[str, ...] = ("year", "month", "day", "year_month", "day_month")


@dataclass(frozen=True)
class Column:
    """A value of a record.

    Attributes:
        name: what comparisons and blocking rules call it.
        sources: columns of the table: one; or several that are joined by a space (text), or are year, month and day.
        kind: one of KINDS.
        format: of a date written as text, such as YYYY-MM-DD or DDMMYYYY.
        separator: between the values of a set written as text.
    """

    name: str
    sources: tuple[str, ...]
    kind: str = "text"
    format: str = "YYYY-MM-DD"
    separator: str = ","


@dataclass(frozen=True)
class Level:
    """One grade of agreement: a test with its bound. `of` names the columns that have to pass it; all, if empty."""

    test: str
    bound: float = 0.0
    of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """How far two records agree in some columns.

    Attributes:
        name: of its level in the result.
        columns: names of columns.
        levels: from the one that agrees most; what passes none of them agrees in nothing.
        frequency: a frequent value, where it is equal, says less than a rare one.
        must: a pair with values on both sides that passes none of the first so many levels is no match by itself.
    """

    name: str
    columns: tuple[str, ...]
    levels: tuple[Level, ...]
    frequency: bool = False
    must: int = 0

    @property
    def least(self) -> int:
        """The lowest level that `must` lets be a match, as a number; 0 where it asks for nothing."""
        return len(self.levels) + 2 - self.must if self.must else 0


@dataclass(frozen=True)
class KeyPart:
    """A part of a blocking key: a column, several in any order, its first or last letters, or a part of a date."""

    columns: tuple[str, ...]
    first: int = 0
    last: int = 0
    part: str = ""


@dataclass(frozen=True)
class BlockingRule:
    """Records with equal parts are compared; a block of more than `most` records is split by `then`, part by part."""

    name: str
    parts: tuple[KeyPart, ...]
    then: tuple[KeyPart, ...] = ()
    most: int = 200


@dataclass(frozen=True)
class Training:
    """How the shares of levels are learnt: pairs looked at, random pairs drawn, rounds at most, seed."""

    pairs: int = 1_000_000
    random_pairs: int = 400_000
    rounds: int = 100
    seed: int = 1


@dataclass(frozen=True)
class Thresholds:
    """Least probability of a match, and of a pair that a person should look at."""

    match: float = 0.95
    review: float = 0.5


@dataclass(frozen=True)
class Declaration:
    """A table that is not ours.

    Attributes:
        id: column with the id of a record.
        source: column that says which list a record comes from.
        across: only records of different sources are compared.
        one_per_source: a source names each of its people once.
        labels: column with the number of the person where it is known; used in training only.
        unique: columns of which a person has one value: records with two of them never come together.
    """

    columns: tuple[Column, ...]
    comparisons: tuple[Comparison, ...]
    blocking: tuple[BlockingRule, ...]
    id: str = "record_id"
    source: str = ""
    across: bool = False
    one_per_source: bool = False
    labels: str = ""
    unique: tuple[str, ...] = ()
    thresholds: Thresholds = field(default_factory=Thresholds)
    training: Training = field(default_factory=Training)

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(c for c in self.columns if c.name == name)
