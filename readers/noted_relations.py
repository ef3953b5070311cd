"""Relations to the head that a clerk wrote beside the name: "Vợ: Lê Thị Hoa", "Nguyễn Văn Ba (chủ hộ)", "Lê Tư - con".

Titles are none: "Bà: Lê Thị Hoa" may be anybody's grandmother or nobody's.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_WORDS = (
    r"ch[uủ] h[oộ]|vợ|vo|chồng|chong|con(?: (?:trai|gái|gai|dâu|dau|rể|re|nuôi|nuoi|đẻ|de|ruột|riêng|cả|út))?"
    r"|(?:mẹ|bố|cha|má)(?: (?:đẻ|ruột|vợ|chồng|nuôi))?|cháu(?: (?:nội|ngoại|trai|gái))?|em (?:trai|gái|ruột)"
)
_APART = r"[:(\[\-–—]"
"""What stands between a name and such a word; other names are not looked at."""
_BEFORE = rf"(?i)^[^\pL\pN]*(?:\d{{1,3}}[^\pL\pN]+)?(?P<word>{_WORDS})\s*:\s*\pL"
_BEHIND = rf"(?i)\pL[\s,]*(?:[(\[]\s*(?P<word>{_WORDS}|ch)\s*[)\]]|\s[\-–—]\s*(?P<dash>{_WORDS}|ch))[\s.]*$"


def with_noted_relations(relations: pa.Array, names: pa.Array) -> pa.Array:
    """The relations, with what stands beside the name where they say nothing.

    Args:
        relations: as read; null = blank.
        names: as read.
    """
    if relations.null_count == 0 or names.null_count == len(names):
        return relations
    open_ones = pc.and_(pc.is_null(relations), pc.fill_null(pc.match_substring_regex(names, _APART), False))
    rows = np.flatnonzero(open_ones.to_numpy(zero_copy_only=False))
    if not len(rows):
        return relations
    texts = names.take(pa.array(rows))
    before, behind = pc.extract_regex(texts, _BEFORE), pc.extract_regex(texts, _BEHIND)
    found = [pc.struct_field(before, "word"), pc.struct_field(behind, "word"), pc.struct_field(behind, "dash")]
    said = pc.coalesce(*(pc.if_else(pc.not_equal(text, ""), text, pa.scalar(None, pa.string())) for text in found))
    places = np.full(len(relations), -1, np.int64)
    places[rows] = np.arange(len(rows))
    return pc.coalesce(relations, said.take(pa.array(places, mask=places < 0)))
