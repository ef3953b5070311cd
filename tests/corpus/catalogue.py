"""All items by number; importing this module fills the catalogue."""

from tests.corpus import (  # noqa: F401 - each registers its items
    archives,
    dbf,
    dialect,
    file_names,
    giant,
    households,
    identity,
    injection,
    letters,
    scans,
    text_encodings,
    workbooks,
    written_dates,
)
from tests.corpus.cases import CATALOGUE, Item

SECTIONS = tuple(dict.fromkeys(one.section for _, one in sorted(CATALOGUE.items())))
"""Sections in the order of their numbers."""


def items() -> list[Item]:
    """The items in the order of their numbers."""
    return [CATALOGUE[number] for number in sorted(CATALOGUE)]
