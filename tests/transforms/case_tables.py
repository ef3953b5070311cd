"""Tables of cells and what must come of them: tests/transforms/cases/*.csv, one row a case.

Cells hold \\n for a line break and \\uXXXX, \\UXXXXXXXX for characters that an editor hides. ``rules`` are rule ids,
those of the field without their subject.
"""

import csv
import re
from pathlib import Path

_FOLDER = Path(__file__).parent / "cases"
_ESCAPE = re.compile(r"\\(?:u([0-9a-f]{4})|U([0-9a-f]{8})|(n)|(t))")


def cases(name: str) -> list[dict[str, str]]:
    """The rows of a table, escapes in them read."""
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return [{key: _shown(text) for key, text in row.items()} for row in csv.DictReader(lines)]


def differences(found: list[tuple[dict[str, str], dict[str, str]]]) -> list[str]:
    """What differs from what a table says, a line a case: empty if all is as told."""
    return [f"{row} -> {got}" for row, got in found if any(row[key] != value for key, value in got.items())]


def _shown(text: str) -> str:
    def letter(match: re.Match[str]) -> str:
        if match[3] or match[4]:
            return "\n" if match[3] else "\t"
        return chr(int(match[1] or match[2], 16))

    return _ESCAPE.sub(letter, text)
