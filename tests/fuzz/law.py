"""The one law of all harnesses: a file ends as a refusal or as a reading in which every row has one outcome."""

import tempfile
from pathlib import Path

from readers.reading import ReadLimits
from tests.corpus.cases import Case
from tests.corpus.observe import Seen, observe, read_here

LIMITS = ReadLimits(
    file_bytes=1 << 22, seconds=20.0, expanded_bytes=1 << 25, members=100, columns=300, line_bytes=1 << 20
)


def holds(data: bytes, name: str) -> Seen:
    """Read the bytes under that name, standardise and check. Whatever is raised here is a fault of the product."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        seen = observe(Case(data, name, limits=LIMITS), Path(folder))
    assert (seen.refused is None) != (seen.reading is None)
    return seen


def is_read_or_refused(data: bytes, name: str) -> None:
    """The part of the law that concerns the reader, for millions of files."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        given, out = Path(folder) / "given", Path(folder) / "out"
        out.mkdir()
        given.write_bytes(data)
        read_here(given, out, name, LIMITS)
