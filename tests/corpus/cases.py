"""What a case is, what is expected of it, and the catalogue in which every item registers itself."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

from readers.reading import ReadLimits
from tests.corpus.people import FIELDS, HEADINGS, RAW, Person, people
from tests.corpus.writers import csv_text, workbook

Letter = Literal["A", "W", "R", "F", "C"]


@dataclass(frozen=True)
class Line:
    """What must become of one data row.

    Attributes:
        kept: the row is accepted (False: quarantined; None: either, so long as it has one outcome).
        rules: findings that must be there, each "rule" or "rule|field".
        values: columns of RECORDS and their exact values, for a row that is kept.
        raw: columns of SOURCE_RECORDS and the exact text read.
        exact: there must be no finding beyond `rules` and `may`.
        may: findings that may be there beside `rules`.
    """

    kept: bool | None = True
    rules: tuple[str, ...] = ()
    values: Mapping[str, object] = field(default_factory=dict)
    raw: Mapping[str, str | None] = field(default_factory=dict)
    exact: bool = False
    may: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """One file with all that is expected of it.

    Attributes:
        content: bytes of the file, or a function that writes it a block at a time.
        name: the file's name as delivered.
        lines: by line as Excel or an editor counts it, or by (sheet, line).
        refused: the codes of which one must refuse the file; empty: it must be read.
        refusable: codes by which the file may be refused as well as read; if it is read, it must be right.
        notes: file findings that must be there.
        rows: data rows that must come out; None: as many as `lines`.
        only: nothing but the expected rows may come out.
        limits: limits of the reading, for cases that would otherwise be large.
        secrets: texts of persons that may stand in no message about the file.
        is_delivery: the file is taken as a delivery, which unpacks archives.
        members: by the name of a file in the archive, what must become of it; the name "" stands for any.
        letter: outcome class of this variant, where the catalogue leaves a choice; empty: the item's own.
        also: anything else that must hold; gives what does not.
    """

    content: bytes | Callable[[str], None]
    name: str = "so.csv"
    lines: Mapping[int | tuple[str, int], Line] = field(default_factory=dict)
    refused: tuple[str, ...] = ()
    refusable: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    rows: int | None = None
    limits: ReadLimits = field(default_factory=ReadLimits)
    secrets: tuple[str, ...] = ()
    is_delivery: bool = False
    members: Mapping[str, "Case"] = field(default_factory=dict)
    letter: str = ""
    also: Callable[[Any], Iterable[str]] | None = None


class Dice(Random):
    """Seeded chance, and whether the full size of a large case is wanted."""

    is_large = False


Build = Callable[[Dice], Case]


@dataclass(frozen=True)
class Item:
    """One numbered item of the catalogue: `build(rng)` makes a variant of it."""

    number: int
    title: str
    section: str
    letter: str
    build: Build
    is_hostile: bool = False

    def case(self, seed: int, *, is_large: bool = False) -> Case:
        """The variant of a seed; the same on every machine. `is_large`: items that have a size take their full one."""
        rng = Dice(self.number * 100_003 + seed)
        rng.is_large = is_large
        return self.build(rng)


CATALOGUE: dict[int, Item] = {}


def item(number: int, title: str, letter: str, section: str, *, hostile: bool = False) -> Callable[[Build], Build]:
    """Register a builder. `hostile`: read in the child process even in the quick tests."""

    def register(build: Build) -> Build:
        assert number not in CATALOGUE, number
        CATALOGUE[number] = Item(number, title, section, letter, build, hostile)
        return build

    return register


class Ledger:
    """A clean ledger that an item then damages. Row i of the people is line i + 2 of the plain file."""

    def __init__(self, rng: Dice, count: int = 8, without: Iterable[str] = ()) -> None:
        self.rng = rng
        self.people = people(rng, count)
        self.fields = [f for f in FIELDS if f not in set(without)]
        self.rows = [[getattr(p, f) for f in self.fields] for p in self.people]
        self.headings = [HEADINGS[f] for f in self.fields]
        self._without = tuple(f for f in FIELDS if f not in self.fields)

    def at(self, name: str) -> int:
        """Position of a field's column."""
        return self.fields.index(name)

    def pick(self) -> int:
        """A row to damage."""
        return self.rng.randrange(len(self.rows))

    def put(self, row: int, **cells: str) -> None:
        """Write other texts into a row."""
        for name, text in cells.items():
            self.rows[row][self.at(name)] = text

    def put_all(self, name: str, text: Callable[[Person], str]) -> None:
        """Write a whole column anew."""
        for row, one in enumerate(self.people):
            self.rows[row][self.at(name)] = text(one)

    def clean(self, *but: int, first: int = 2) -> dict[int | tuple[str, int], Line]:
        """Each row but these must come out exactly as it was meant, without a finding.

        Where one of these is the head of its household, the others of it may be told that it has none.
        """
        hit = {self.people[i].household for i in but if i < len(self.people)}
        return {
            first + i: self.good(i, may=("household.no_head", "household.head_kept_out") if p.household in hit else ())
            for i, p in enumerate(self.people)
            if i not in but
        }

    def good(
        self, row: int, *without: str, rules: tuple[str, ...] = (), exact: bool = True, may: tuple[str, ...] = ()
    ) -> Line:
        """A row that must keep the values of its person, but for the fields left out."""
        return Line(True, rules, self.people[row].values(*without, *self._without), exact=exact, may=may)

    def csv(self, separator: str = ",", end: str = "\n") -> str:
        """The ledger as delimited text."""
        return csv_text([self.headings, *self.rows], separator, end)

    def xlsx(self) -> bytes:
        """The ledger as a workbook of text cells."""
        return workbook([self.headings, *self.rows])

    def carrier(self) -> dict[str, object]:
        """Content and name: a delimited file or a workbook, as the seed says."""
        kind = self.rng.choice(("csv", "csv", "xlsx", "semicolon", "tsv"))
        if kind == "xlsx":
            return {"content": self.xlsx(), "name": "so.xlsx"}
        separator = {"csv": ",", "semicolon": ";", "tsv": "\t"}[kind]
        return {"content": self.csv(separator).encode(), "name": "so.tsv" if kind == "tsv" else "so.csv"}

    def case(self, lines: Mapping[int | tuple[str, int], Line], **more: object) -> Case:
        """The case of this ledger in a carrier of any kind."""
        return Case(**{**self.carrier(), "lines": lines, "secrets": self.secrets, **more})  # type: ignore[arg-type]

    @property
    def secrets(self) -> tuple[str, ...]:
        """What may stand in no message: names and numbers of the people."""
        return tuple(t for p in self.people for t in (p.name, p.old_id, p.personal) if t)


def raw_of(name: str) -> str:
    """Raw column of a field."""
    return RAW[name]
