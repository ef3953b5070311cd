"""Columns that hold one unit of an address each: Tổ | Khu phố | Phường | Quận | Tỉnh/TP."""

from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc

from readers.heading_words import plain
from transforms.ditto import is_ditto

_SMALL = (
    "so nha", "duong", "duong pho", "ten duong", "pho", "ngo", "ngo xom", "to", "to dan pho", "tdp", "khu pho", "khu",
    "thon", "thon xom", "thon ban", "thon ap", "thon to", "thon to dan pho", "thon ap ban", "thon buon", "ap",
    "ban", "buon", "xom", "lang", "doi", "khom", "ap khom", "khom ap", "khu vuc",
)  # fmt: skip
_COMMUNES = (
    "xa",
    "phuong",
    "xa phuong",
    "phuong xa",
    "xa phuong thi tran",
    "phuong xa thi tran",
    "xa thi tran",
    "xa p",
)
_LARGE = (
    "huyen", "quan", "quan huyen", "huyen quan", "huyen thi xa", "huyen thi", "huyen tx", "quan huyen thi xa", "tinh",
    "tinh thanh pho", "tinh tp", "tinh thanh", "thanh pho", "tinh thanh pho truc thuoc tw", "tp",
)  # fmt: skip
_UNITS = frozenset((*_SMALL, *_COMMUNES, *_LARGE))
_COMPACT = frozenset(unit.replace(" ", "") for unit in _UNITS)
_COMPACT_COMMUNES = frozenset(unit.replace(" ", "") for unit in _COMMUNES)
"""Names of columns in databases are written without blanks."""
_PREFIXES = {
    "to": "Tổ", "to dan pho": "Tổ dân phố", "tdp": "Tổ dân phố", "khu pho": "Khu phố", "khu": "Khu", "thon": "Thôn",
    "ap": "Ấp", "ban": "Bản", "buon": "Buôn", "xom": "Xóm", "lang": "Làng", "doi": "Đội", "khom": "Khóm",
    "xa": "Xã", "phuong": "Phường", "huyen": "Huyện", "quan": "Quận",
}  # fmt: skip
"""Unit words that a heading gives to cells that have none; a column of provinces or of several kinds gives none."""
_HAS_OWN = (
    r"(?i)^\s*(?:x[ãa]|ph[ưu][ờo]ng|th[ịi]|tt|tx|tp|p|x|q|h|huy[ệe]n|qu[ậa]n|th[àa]nh|th[ôo]n|[ấa]p|b[ảa]n|bu[ôo]n|x[óo]m"
    r"|l[àa]ng|t[ổo]|tdp|khu|kp|kh[óo]m|[đd][ộo]i|s[ốo]|ti[ểe]u|[đd][ưu][ờo]ng|ng[õo])(?:[\s.]|$)"
)


def is_unit(heading: str, *, is_commune: bool = False) -> bool:
    """Does a heading name one unit of an address, or that of a commune? "Tên xã" does, "Mã xã" does not."""
    return _bare(heading).replace(" ", "") in (_COMPACT_COMMUNES if is_commune else _COMPACT)


def _bare(heading: str) -> str:
    words = plain(heading)
    return (
        words.removeprefix("ten").strip()
        if words.startswith(("ten ", "tenx", "tenh", "tent", "tenq", "tenp"))
        else words
    )


def unit_in(heading: str) -> str | None:
    """The unit that a heading names beside its place: "huyen" in "Thường trú - Huyện" or "Huyện (quê quán)"."""
    heard = pairwise(["", *plain(heading).split()])
    words = ["-" if word == "quan" and before in ("que", "nguyen") else word for before, word in heard]
    for length in range(min(4, len(words) - 1), 0, -1):
        for part in (words[-length:], words[:length]):
            if " ".join(part) in _UNITS:
                return " ".join(part)
    return None


def with_unit_word(column: pa.Array, heading: str) -> pa.Array:
    """The cells with the unit word of their heading where they have none of their own: "3" under "Tổ" is "Tổ 3"."""
    prefix = _PREFIXES.get(_bare(heading))
    if prefix is None or column.null_count == len(column):
        return column
    has_own = pc.match_substring_regex(column, _HAS_OWN)
    has_word = pc.starts_with(pc.utf8_lower(column), prefix.lower())
    is_mark = pa.array(is_ditto(column))
    return pc.if_else(
        pc.or_(pc.or_(has_own, has_word), is_mark), column, pc.binary_join_element_wise(prefix, column, " ")
    )
