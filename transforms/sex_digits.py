"""A column of sex in 0 and 1, or TRUE and FALSE: old programs export them both ways round, and no row tells which.

The codes of QCVN 109:2017/BTTTT (0 unknown, 1 male, 2 female) leave out nobody's sex; a column that holds 0 and 1 and
never a 2 is another code. The names in the file say which: Thị is female. Where they do not, the column is asked about.
"""

from collections import Counter
from dataclasses import replace
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.field import EmptyReason
from transforms.column import Standardised, found, rows_of
from transforms.ditto import flags

Verdict = Literal["zero_female", "zero_male", "unclear"]
Votes = Counter[tuple[str, bool]]
"""Rows by digit ("0", "1", "2") and whether the name holds Thị."""

_DIGIT = r"^\s*(?i:(?P<zero>0(?:\.0+)?|false)|(?P<one>1(?:\.0+)?|true)|(?P<two>2(?:\.0+)?))\s*$"
_THI = r"(?i)\s(?:thị|thi)\s"
_FEWEST, _SHARE = 5, 0.9
_RULES = {"unclear": "sex.digits_unclear"}


def votes(sexes: pa.Array, names: pa.Array) -> Votes:
    """Count the digits of a part of the column beside the names."""
    digits = _digits(sexes)
    is_thi = pc.fill_null(pc.match_substring_regex(names, _THI), False)
    counted = pa.table({"digit": digits, "thi": is_thi}).group_by(["digit", "thi"]).aggregate([([], "count_all")])
    rows = zip(*(counted.column(n).to_pylist() for n in ("digit", "thi", "count_all")), strict=True)
    return Counter({(digit, thi): n for digit, thi, n in rows if digit is not None})


def verdict(counted: Votes) -> Verdict | None:
    """What 0 and 1 mean in the column; None where the official codes hold or one digit stands alone."""
    total = {digit: counted[digit, True] + counted[digit, False] for digit in "012"}
    if total["2"] or not total["0"] or not total["1"]:
        return None
    zero, one = counted["0", True], counted["1", True]
    if zero + one < _FEWEST:
        return "unclear"
    if zero >= _SHARE * (zero + one):
        return "zero_female"
    return "zero_male" if one >= _SHARE * (zero + one) else "unclear"


def with_digits(result: Standardised, raw: pa.DictionaryArray, meaning: Verdict) -> Standardised:
    """The standardised sex with the rows in 0 and 1 read by that meaning, told by sex.digits or sex.digits_unclear."""
    digit = _digits(raw.dictionary)
    zero, one = ("2", "1") if meaning == "zero_female" else ("1", "2")
    is_digit = np.append(flags(pc.is_valid(digit)), False)[rows_of(raw.indices)]
    codes = pc.if_else(pc.equal(digit, "0"), zero, one) if meaning != "unclear" else pa.nulls(len(digit), pa.string())
    reason = EmptyReason.FILLED if meaning != "unclear" else EmptyReason.AMBIGUOUS
    mask = pa.array(is_digit)
    columns = dict(result.columns)
    columns["sex_code"] = pc.if_else(mask, codes.take(raw.indices), columns["sex_code"])
    others = (replace(f, rows=f.rows[~is_digit[f.rows]]) for f in result.findings)
    told = found(_RULES.get(meaning, "sex.digits"), "sex", is_digit)
    return Standardised(
        columns, pc.if_else(mask, reason.value, result.reasons), (*(f for f in others if len(f.rows)), *told)
    )


def _digits(texts: pa.Array) -> pa.Array:
    said = pc.extract_regex(texts, _DIGIT)
    zero, one, two = (pc.not_equal(pc.struct_field(said, name), "") for name in ("zero", "one", "two"))
    return pc.if_else(zero, "0", pc.if_else(one, "1", pc.if_else(two, "2", pa.scalar(None, pa.string()))))
