"""Load a code list: code,label,accepted_spellings,ambiguous_spellings,... as the project's own data.

The two ethnic numberings (Decision 121-TCTK/PPCĐ of 1979, Decision 1019/QĐ-TCTK of 2008) are two lists; a bare
number never says which one it belongs to.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Code:
    """One code: its label in both languages, the spellings that mean it, those that may mean it, its source."""

    code: str
    label: str
    label_en: str
    accepted: tuple[str, ...]
    ambiguous: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class CodeList:
    """A closed set of codes, in official order."""

    name: str
    codes: tuple[Code, ...]

    def label(self, code: str) -> str:
        """Vietnamese label of a code. Raises KeyError."""
        return {c.code: c.label for c in self.codes}[code]


NAMES: tuple[str, ...] = (
    "sex", "ethnic_groups_1019_2008", "ethnic_groups_121_1979", "religions", "nationalities", "marital_status",
    "blood_types", "relations",
)  # fmt: skip


@cache
def code_list(name: str) -> CodeList:
    """The code list of that name. Raises FileNotFoundError for an unknown name."""
    return CodeList(name, tuple(_code(row) for row in rows(name)))


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of code_lists/<name>.csv as they stand; also for provinces_34, provinces_63, provinces_historical."""
    with files("schemas").joinpath("code_lists", f"{name}.csv").open("r", encoding="utf-8") as lines:
        return tuple(csv.DictReader(lines))


def _code(row: dict[str, str]) -> Code:
    return Code(
        row["code"], row["label"], row["label_en"] or row["label"],
        _split(row["accepted_spellings"]), _split(row["ambiguous_spellings"]), row["source"],
    )  # fmt: skip


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())
