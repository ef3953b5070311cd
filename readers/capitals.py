"""Capital letters of TCVN3: the encoding has one byte for both cases of a toned letter, the font chose the case.

A word whose plain letters are all capitals was written in a capital font (.VnTimeH). One plain capital alone does not
say it (Vũ, Hà): then the rest of the cell decides, then the column. In a cell that is a name by its other words, all
of which begin with a capital, a word that begins with a toned letter begins with a capital too: Nguyễn Thị Ánh.
"""

import re
from functools import lru_cache

_WORD = re.compile(r"[^\W\d_]+")
_TWO_CAPITALS = re.compile(r"[A-ZĂÂÊÔƠƯĐ][^\W\d_]*[A-ZĂÂÊÔƠƯĐ]")
_ONLY_WORDS = re.compile(r"^\s*[^\W\d_]+(?:\s+[^\W\d_]+){1,6}\s*$")
CASE_IS_LOST = "àảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
_TONED_START = re.compile(rf"(?<!\S)[{CASE_IS_LOST}]")
_SMALL_WORDS = frozenset(("ấp", "ở", "ổ", "ủy", "ý"))


def restore_capitals(text: str, *, column_is_capital: bool = False) -> str:
    """Upper-case the words of decoded TCVN3 text that were written in a capital font."""
    if not column_is_capital and not _TWO_CAPITALS.search(text):
        return _with_initials(text)
    words = _WORD.findall(text)
    kinds = {_kind(word) for word in words}
    doubtful = "mixed" not in kinds and ("capital" in kinds or column_is_capital)
    return _WORD.sub(lambda found: _restored(found.group(), doubtful), text)


def _with_initials(text: str) -> str:
    if not _TONED_START.search(text) or not _ONLY_WORDS.match(text):
        return text
    words = text.split()
    known = [word for word in words if word[0] not in CASE_IS_LOST]
    lost = [word for word in words if word[0] in CASE_IS_LOST]
    if not known or not all(word[0].isupper() for word in known) or words[0] in _SMALL_WORDS:
        return text
    return _TONED_START.sub(lambda found: found.group().upper(), text) if len(lost) <= len(known) else text


def is_written_in_capitals(text: str) -> bool | None:
    """Do the plain letters of decoded text say capitals throughout? None if they do not say."""
    kinds = {_kind(word) for word in _WORD.findall(text)}
    if "mixed" in kinds:
        return False
    return True if "capital" in kinds else None


def _restored(word: str, doubtful: bool) -> str:
    kind = _kind(word)
    return word.upper() if kind == "capital" or (kind == "doubtful" and doubtful) else word


@lru_cache(maxsize=65_536)
def _kind(word: str) -> str:
    plain = [letter for letter in word if letter.lower() not in CASE_IS_LOST]
    if any(letter.islower() for letter in plain):
        return "mixed"
    if len(plain) > 1:
        return "capital"
    return "doubtful"
