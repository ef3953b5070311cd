"""All items by number; importing this module fills the catalogue."""

from tests.corpus import (
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

SECTIONS = (
    text_encodings.SECTION, letters.SECTION, dialect.SECTION, giant.SECTION, written_dates.SECTION, identity.SECTION,
    households.SECTION, injection.SECTION, file_names.SECTION, workbooks.SECTION, dbf.SECTION, scans.IMAGES, scans.PDF,
)  # fmt: skip
SCANS = frozenset(range(177, 201))
"""Items about pages."""


def items() -> list[Item]:
    """The items in the order of their numbers."""
    return [CATALOGUE[number] for number in sorted(CATALOGUE)]
