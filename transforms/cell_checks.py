"""What any cell may hold, whatever its column: invisible characters, active content, a path where a number belongs.

Nothing is taken out here and nothing is run: cells stay as they were read, the finding only says that someone should
look (OWASP on formula injection in CSV: = + - @ tab and carriage return at the start of a cell). A column is passed
over by one look at its bytes; only distinct texts with a telling byte are matched.
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.field import FieldKind
from schemas.fields import ALL_FIELDS
from transforms.column import Finding, encode, rows_of
from transforms.ditto import field_of
from transforms.text import INVISIBLE_RULE, has_invisible

ACTIVE_RULE, PATH_RULE = "text.active_content", "text.path_in_key"

_CLEANED_KINDS = frozenset(
    {FieldKind.NAME, FieldKind.CODE, FieldKind.PLACE, FieldKind.PLACE_PERIOD, FieldKind.RELATIVES}
)
_CLEANED = frozenset(r for f in ALL_FIELDS if f.kind in _CLEANED_KINDS for r in f.raw_columns)
"""Columns whose own reading finds invisible characters."""

KEY_COLUMNS: tuple[str, ...] = (
    "household_id_raw", "head_number_raw", "personal_number_raw", "old_id_number_raw", "residence_file_number_raw",
)  # fmt: skip
_NOT_TYPED = "other_raw"  # a JSON object of our own making
_PATH = r"\.\.[/\\]|^[/\\]{1,2}[\w.]+[/\\]|^[A-Za-z]:[/\\]|%2[eEfF]|^~/|^file:"
_ACTIVE = (
    r"^\s*[=@][\w(+\-\"'@=]|^[\t\r]+[=+\-@]|^\s*[+\-][\d.]*\s*[A-Za-z(+\-*/|\"][^ ]*[(!|]|^[+\-]\d+[+\-*/]\d"
    r"|^\s*[+\-][A-Za-z]{1,3}\d{1,7}\s*[+\-*/^&]|^\s*\|\s*[A-Za-z]"
    r"|(?i:<\s*/?\s*(?:script|img|svg|iframe|a|b|body|object|style|link|meta|form|input|div)\b|javascript:|on\w+\s*=\s*[\"'])"
    r"|\{\{|\}\}|\{%|\$\{|#\{|<%|\x1b\[|%[sxn]%|\$\(|`[^`]+`|^\\[.N]$"
    r"|(?i:'\s*(?:;|--|or\b\s*['\d])|;\s*(?:drop|delete|insert|update|select|rm|cat|curl|wget)\b|'[^']*\bunion\s+select\b)"
    r"|\|\s*(?:cmd|sh|bash)\b|&&"
)
_TELLING = np.zeros(256, bool)
_TELLING[[ord(c) for c in "=@<{}$\\%`;:'|&+-\x1b\t\r"]] = True
_MAYBE_HIDDEN = np.zeros(256, bool)
_MAYBE_HIDDEN[0x80:] = True
_MAYBE_HIDDEN[:0x20] = True
_MAYBE_HIDDEN[0x7F] = True


def cell_findings(raw: Mapping[str, pa.Array]) -> list[Finding]:
    """Findings text.invisible_characters, text.active_content and text.path_in_key on raw columns.

    Args:
        raw: raw columns as read, by name.
    """
    found: list[Finding] = []
    for column, values in raw.items():
        if values.null_count == len(values) or column == _NOT_TYPED:
            continue
        encoded = encode(values)
        seen = _bytes_of(encoded.dictionary)
        if column not in _CLEANED and _MAYBE_HIDDEN[seen].any():
            found += _spread(encoded, has_invisible(encoded.dictionary), INVISIBLE_RULE, column)
        if _TELLING[seen].any():
            found += _spread(encoded, _matches(encoded.dictionary, _ACTIVE), ACTIVE_RULE, column)
        if column in KEY_COLUMNS and (ord("/") in seen or ord("\\") in seen or ord("%") in seen):
            found += _spread(encoded, _matches(encoded.dictionary, _PATH), PATH_RULE, column)
    return found


def _bytes_of(texts: pa.Array) -> np.ndarray:
    """The different bytes of a column of texts."""
    data = texts.buffers()[2]
    if data is None:
        return np.empty(0, np.int64)
    return np.flatnonzero(np.bincount(np.frombuffer(data, np.uint8), minlength=256))


def _matches(texts: pa.Array, pattern: str) -> np.ndarray:
    return np.asarray(pc.match_substring_regex(texts, pattern).to_numpy(zero_copy_only=False))


def _spread(encoded: pa.DictionaryArray, hit: np.ndarray, rule_id: str, column: str) -> list[Finding]:
    if not hit.any():
        return []
    rows = np.flatnonzero(np.append(hit, False)[rows_of(encoded.indices)]).astype(np.int64)
    return [Finding(rule_id, field_of(column), rows)] if len(rows) else []
