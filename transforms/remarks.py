"""What the column of remarks says of a death or a departure: told to people, never filled in.

A remark is written by many hands about many things ("mất sức", "con liệt sĩ", "chồng chết"); so only a remark of which
a clause begins with the death or the departure counts, and it only ever asks someone to look.
"""

import re
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.column import Finding, rows_of
from transforms.ditto import flags
from transforms.text import fold

SAYS_DEAD, SAYS_GONE = "notes.says_dead", "notes.says_gone"
_CLAUSE = re.compile(r"[.;,()\[\]\n\r\u23ce|:]+|\s[-–]\s")
_ALREADY = r"(?:(?:da|nay|moi|nguoi nay|bi|xin|ngay [\d/.\-]+|nam \d{4}|[\d/.\-]+) )*"
_DEAD = re.compile(
    _ALREADY + r"(?:(?:chet|tu tran|tu vong|tu si|qua doi|hy sinh|hi sinh|mat tich|khai tu|bao tu|liet s[iy])\b"
    r"(?! (?:hut|lam sang))|mat(?= (?:nam|ngay|thang|luc|hoi|tai|vi|do|o)\b| \d|$)"
    r"|(?:xoa|gach|cat) (?:ten|khau|so|ho khau|dang ky)\b.*\b(?:chet|tu vong|mat tich)\b)"
)
_GONE = re.compile(
    _ALREADY + r"(?:chuyen (?:di|khau|ho khau|ra|ho|noi o)|cat (?:khau|chuyen|ho khau)|tach (?:khau|ho|so|ra)"
    r"|xoa (?:khau|ten|ho khau|dang ky)|di khoi|bo di|xuat canh|dinh cu (?:o|tai)"
    r"|khong con (?:o|cu tru|sinh song|tai))\b(?! (?:khau )?(?:tu|den tu|ve tu|tu ho)\b)"
)


def says_death(remark: str) -> bool:
    """Does a remark say that the person is dead or missing?"""
    return any(map(_DEAD.match, _clauses(remark)))


def says_departure(remark: str) -> bool:
    """Does a remark say that the person left the household, for elsewhere or to one of their own?"""
    return any(map(_GONE.match, _clauses(remark))) and not says_death(remark)


def remark_findings(raw: Mapping[str, pa.DictionaryArray], death_kinds: pa.Array) -> list[Finding]:
    """Findings notes.says_dead, of rows whose column of deaths says nothing, and notes.says_gone.

    Args:
        raw: raw columns by name.
        death_kinds: what the column of deaths says of each row; null = nothing.
    """
    remarks = raw["notes_raw"]
    if remarks.null_count == len(remarks):
        return []
    texts = remarks.dictionary.to_pylist()
    dead = _of_rows([says_death(t) for t in texts], remarks) & flags(pc.is_null(death_kinds))
    gone = _of_rows([says_departure(t) for t in texts], remarks)
    found = ((SAYS_DEAD, "death", dead), (SAYS_GONE, "household", gone))
    return [Finding(rule_id, field, np.flatnonzero(hit)) for rule_id, field, hit in found if hit.any()]


def _clauses(remark: str) -> list[str]:
    return [" ".join(fold(clause).split()) for clause in _CLAUSE.split(remark)]


def _of_rows(said: list[bool], remarks: pa.DictionaryArray) -> np.ndarray:
    return np.asarray(np.array([*said, False])[rows_of(remarks.indices)])
