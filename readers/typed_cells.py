"""One cell of a column typed for a keyboard that was off: read, left as it is, or asked about.

Letters that are keys of Telex are letters of other languages too (Ksor, Noor, Lee). A word is read where its keys say
one thing only; what else may stand in the cell decides of the others: the names of the Central Highlands double no
vowel, and a cell with a word that no Vietnamese syllable explains may have been typed without any keys.
"""

import re
import unicodedata
from functools import cache, lru_cache

from readers import typed
from readers.syllables import COMMON, evidence, is_syllable
from schemas.code_lists import rows
from transforms.name_parts import data_rows, starts_of_clans, words_of_clans

TOKEN = re.compile(r"[A-Za-z0-9]+(?:['’`][A-Za-z0-9]+)*")
"""A word of a cell."""
_APOSTROPHE = re.compile("(['’`])")
_MARKED_NAME = re.compile(r"(?i)[a-z]{1,3}['’`][a-z]")
_HIGHLAND = re.compile("(?i)(?:k[bdđmpst]|h[bdđlmnr]|r[clm]|m[bjlr]|b[dk]|jr|nd)[a-z]*[aeiouyăâêôơư]")
"""Beginnings of words that the languages of the Central Highlands have, and hardly any other."""
_OF_THE_NORTH = re.compile("(?i)(?:sl|phj|[pbm]j)(?=[aeiouy])")
"""Beginnings of syllables of Tày, Nùng and Dao, otherwise like those of Vietnamese."""
_OTHER_WORDS = ("chamaléa", "katơr", "patâu")
"""Of clans of the Raglai."""
_NAMES = frozenset(("max",))
"""Of other languages, though they become common syllables."""
_TONES = frozenset("\u0300\u0309\u0303\u0301\u0323")
_PLACE_MARKS = frozenset(("ea", "ia", "kroong", "plei", "ddawk", "ddawks", "ddak", "ddaj"))
"""Words before the names of places in the Central Highlands."""
_INITIAL_W = re.compile("(?i)w[aeiouy]")
_TONE_ALONE = re.compile("(?i)(?!dd)[b-df-hj-np-tv-z]*(?:([aeiouy])(?!\\1))+[rsx](?:([aeiouy])(?!\\2))*$")
"""Ros, Max, Mari: words of other languages as well."""
_SHORT_WITH_TONE = re.compile("(?i)(?!ngh?|gh|nh|tr|x|gi|qu|v)[b-df-hj-np-tv-z]*(?:[aeiouy][rs]|[aeo]x)$")
_R_OR_X = re.compile("(?i)[b-df-hj-np-tv-z]*[aeiouy][rx]$")
_TONE_BETWEEN = re.compile("(?i)[aeiouy][rsx][aeiouy]")
_TWO_TONES = re.compile("(?i)[aeiouyw].*[rsxfj].*[rsxfj]")
_OPEN_WITH_TONE = re.compile("(?i).*(?:aa|ee|oo|w)[rs]$")
_OPEN = re.compile("(?i).*[aeiouyw][rs]$")
_TONE_BY_ITSELF = re.compile(
    "(?i)(?!dd)[b-df-hj-np-tv-z]*(?:([aeiouy])(?!\\1))+(?:[bcdghklmnpt]+[rsx]|[bcdghklmnpt]*[fj]|[rsx])$"
)
_DOUBLE_ALONE = re.compile("(?i)[^eo]*(?<![iuy])(?:ee|oo)(?!o)(?:[^fjrswxy]*|[rs])$")
_HOOK_AT_END = re.compile("(?i)[^aou]*[aou]w[rs]?$")
_TONE_AT_END = re.compile("(?i)[a-z]*[aeiouyw]([bcdghklmnpt]*)([srx])$")
_S_BEFORE_END = re.compile("(?i)[aeiouyw]s[b-df-hj-np-tv-z]+$")
_SURE_MARKS = re.compile("(?i)uwow|uw|^dd|aa(?=[a-z])")
_MARKS = re.compile("(?i)uow|aa|ee|oo|[ao]w|dd|[fj](?![aeiouy])")
_LOST_BAR = re.compile("(?i)[aeiouy]dd")
_VOWELS = re.compile("(?i)[aeiouyăâêôơư]+")
_WITH_PRESYLLABLE = re.compile("(?i)(?:[b-df-hj-np-tv-z]h?ơ|[aê])[b-df-hj-np-tv-zđ]+[aeiouyăâêôơư]+[b-df-hj-np-tv-z]*$")
_KEYS_OF_VNI = re.compile(r"\d")
_ONE_TONE = re.compile(r"[A-Za-z]+[0-5][A-Za-z]*$")
_TWO_TONE_DIGITS = re.compile(r"[0-5].*[0-5]")
_HORNS_OR_ONE = re.compile("(?i)uow|uo7")
"""Of a Vietnamese syllable ươ; elsewhere uơ as well."""
_NORTHERN = frozenset(
    """giàng vàng sùng thào mùa hạng hờ cứ cháng tráng lầu lù vừ già xồng cư ly hầu chứ ma má sìn seo tẩn phàn chảo bàn
    lò cầm quàng cà lường tòng lô nông bế vi hoàng triệu khoàng chu pờ chíu voòng voóng lỷ""".split()  # noqa: SIM905
)
"""Surnames of peoples whose languages end no syllable in r or s and are written with the tones of Vietnamese."""
_SOUTHERN = frozenset(
    """danh sơn thạch kim kiên châu lâm lý tăng đinh điểu hồ cao kiều hán chế đạo mang thông thị mấu""".split()  # noqa: SIM905
)
"""Surnames of the Khmer, the Chăm and peoples of the Central Highlands, some of the Kinh as well."""
_OF_ADDRESSES = frozenset("xã phường huyện tỉnh thôn ấp quận tổ bản xóm khóm đường".split())  # noqa: SIM905
_FOREIGN_SURNAMES = frozenset(("lee", "loo", "too", "koo", "max", "moong", "voong", "phoong"))


def read_cell(text: str, way: str) -> str | None:
    """The cell in letters; None where its keys may be letters of another language."""
    if way == "viqr":
        return typed.from_typed(text, way)
    words = TOKEN.findall(text)
    if not text.isascii():
        return None if any(is_sure(word, way) for word in words) else text
    cell = _Cell(words, way)
    out = {word: cell.read(word) for word in dict.fromkeys(words)}
    if None in out.values():
        return None
    return TOKEN.sub(lambda found: out[found.group()] or "", text)


@lru_cache(maxsize=65_536)
def is_common(word: str, way: str) -> bool:
    """Do the keys of a word make a common syllable?"""
    found = typed.syllable(word, way)
    return found is not None and evidence(found) >= COMMON


def read_told(text: str, way: str) -> str:
    """A cell of a column that a person calls keys: what `read_cell` asks about is keys where they make a syllable."""
    if way == "viqr" or not text.isascii():
        return typed.from_typed(text, way) if text.isascii() else text
    cell = _Cell(TOKEN.findall(text), way)
    return TOKEN.sub(lambda found: cell.read(found.group()) or typed.from_typed(found.group(), way), text)


class _Cell:
    """What the words of a cell say of each other.

    Args:
        words: its words.
        way: "telex" or "vni-typed".
    """

    def __init__(self, words: list[str], way: str) -> None:
        self._way = way
        first = (typed.syllable(words[0], way) or words[0]).lower() if words else ""
        self._surname = words[0] if words and first in _surnames() else ""
        self._is_highland = any(_is_highland(w, way) for w in words) or bool(words and _begins_highland(words[0], way))
        is_place = any((typed.syllable(w, way) or w).lower() in _OF_ADDRESSES for w in words)
        self._is_kinh = self._surname != "" and first not in _NORTHERN | _SOUTHERN
        self._is_foreign = any(_is_foreign(w, way) for w in words)
        self._is_toned = first in _NORTHERN or (is_place and not (self._is_highland or self._is_foreign))
        is_keyed = self._surname.lower() not in ("", first, *_FOREIGN_SURNAMES)
        is_keyed = is_keyed and not (self._is_foreign and _TONE_BY_ITSELF.match(self._surname))
        self._has_keys = is_keyed or any(is_sure(w, way) for w in words)

    def read(self, word: str) -> str | None:
        """A word in letters; None where they are in doubt."""
        if len(word) > typed.LONGEST:
            return word
        if self._way != "telex":
            return _of_digits(word, is_highland=self._is_highland)
        parts = _APOSTROPHE.split(word)
        if len(parts) > 1:
            read = [_behind_apostrophe(part) for part in parts]
            return None if None in read else "".join(p or "" for p in read)
        north = _OF_THE_NORTH.match(word)
        if north is not None:
            return self._of_the_north(word, north.end())
        found = typed.syllable(word, self._way)
        if found is None:
            return _foreign(word, is_highland=self._is_highland)
        if evidence(found) < COMMON and self._stands(word):
            return word
        return found if self._is_certain(word, found) else None

    def _stands(self, word: str) -> bool:
        """Is a word that becomes a rare syllable a name as it stands (Rosa; Siu Ner)?"""
        if word.lower() in _of_saints():
            return True
        if not self._is_highland or self._has_keys:
            return False
        return word.lower() in _known() or _R_OR_X.match(word) is not None

    def _of_the_north(self, word: str, start: int) -> str | None:
        found = typed.syllable("s" + word[start:], self._way)
        if found is None:
            return _foreign(word, is_highland=False)
        is_sure = self._has_keys or self._is_toned or not _TONE_ALONE.match(word)
        return word[:start] + found[1:] if is_sure else None

    def _is_certain(self, word: str, found: str) -> bool:
        """Is a word that becomes a Vietnamese syllable certain to be one?"""
        if word == self._surname and self._is_sure_surname(word):
            return True
        is_common = evidence(found) >= COMMON or found.lower() in _OF_ADDRESSES
        if self._may_be_name(word) or (self._is_highland and not is_common and _HORNS_OR_ONE.search(word)):
            return False
        if _TONE_ALONE.match(word):
            return self._is_tone(word, is_common=is_common)
        if not is_common and self._may_end_in_letter(word):
            return False
        if _TONE_BY_ITSELF.match(word):
            return is_common or self._has_keys or not self._is_foreign
        if _DOUBLE_ALONE.match(word) or _HOOK_AT_END.match(word):
            return self._is_mark(word, is_common=is_common)
        return True

    def _may_be_name(self, word: str) -> bool:
        is_name = not self._is_toned and (word.lower() in _known() or word.lower() in _NAMES)
        return is_name or bool(_INITIAL_W.match(word) or _TWO_TONES.search(word))

    def _may_end_in_letter(self, word: str) -> bool:
        """May r or s at the end of a rare syllable be a letter of other languages (Bowr, DDar)?"""
        if self._is_highland:
            return _OPEN.match(word) is not None
        return not (self._is_kinh or self._is_toned) and _OPEN_WITH_TONE.match(word) is not None

    def _is_sure_surname(self, word: str) -> bool:
        return word.lower() not in _known() and (self._has_keys or not (self._is_foreign or is_syllable(word)))

    def _is_tone(self, word: str, *, is_common: bool) -> bool:
        """Is the last letter of a word without other keys a tone (Saus, but not Ros)?"""
        if self._is_highland:
            return is_common and self._has_keys
        if self._has_keys or self._is_toned:
            is_short = not self._is_toned and _SHORT_WITH_TONE.match(word)
            return is_common or not (is_short or _TONE_BETWEEN.search(word))
        return is_common and not self._is_foreign

    def _is_mark(self, word: str, *, is_common: bool) -> bool:
        """Is a doubled letter, or a w at the end, a mark (Lee, Tuw; but not Soo, Shaw, Moong)?"""
        if is_syllable(word):
            return self._has_keys or (is_common and self._is_kinh and not is_syllable(self._surname))
        if self._is_highland:
            return typed.tone_keys(word) == ""
        return (is_common and self._has_keys) if self._is_foreign else (is_common or self._has_keys)


def _behind_apostrophe(part: str) -> str | None:
    """A part of a name such as H'Ner; a common syllable with a tone (K'Thuyr) is asked about."""
    if not part.isalpha():
        return part
    if is_syllable(part) and "oo" in part.lower():
        return None
    found = typed.syllable(part, "telex")
    tone = _TONE_AT_END.match(part)
    if found is not None and tone is not None and (evidence(found) >= COMMON or tone[2].lower() == "s"):
        return None
    return _foreign(part, is_highland=True)


def _foreign(word: str, *, is_highland: bool) -> str | None:
    """A word that is no Vietnamese syllable, read or as it stands; None where one cannot know."""
    marked = typed.foreign_word(word, "telex")
    if word.lower() in _known() or not (marked != word or typed.tone_keys(word)):
        return word
    for read in (marked, typed.keyed(word, "telex")):
        if _as_known(read) is not None:
            return _as_known(read)
    if _may_have_tone(word):
        return None
    if marked == word:
        return word
    return marked if _is_possible(word, marked, is_highland=is_highland) else None


def _may_have_tone(word: str) -> bool:
    """May a letter of a word be the key of a tone, though the word is no Vietnamese syllable?"""
    if _S_BEFORE_END.search(word):
        return True
    found = _TONE_AT_END.match(word)
    return found is not None and (found[2].lower() == "s" or found[1] != "" or bool(_OF_THE_NORTH.match(word)))


def _is_possible(word: str, marked: str, *, is_highland: bool) -> bool:
    """Is the word with its marks certain? Not Aaron, Isaac, Eddy, Yusuf; Lee only in the Central Highlands."""
    if _LOST_BAR.search(word) or _HORNS_OR_ONE.search(word):
        return False
    if len(_VOWELS.findall(marked)) > 1:
        return is_highland and _WITH_PRESYLLABLE.match(marked) is not None
    return is_highland or _MARKS.search(_SURE_MARKS.sub("", word)) is None


def _of_digits(word: str, *, is_highland: bool) -> str | None:
    """A word of VNI; a word with digits that are no keys (thon12) is asked about."""
    if not _KEYS_OF_VNI.search(word) or not _VOWELS.search(word) or sum(c.isalpha() for c in word) < 2:
        return typed.syllable(word, "vni-typed") or word
    if _TWO_TONE_DIGITS.search(word):
        return None
    found = typed.syllable(word, "vni-typed")
    if found is not None:
        is_doubtful = _HORNS_OR_ONE.search(word) if is_highland else word.islower() and _ONE_TONE.match(word)
        return None if is_doubtful and evidence(found) < COMMON else found
    read = typed.foreign_word(word, "vni-typed")
    if _as_known(read) is not None:
        return _as_known(read)
    if _KEYS_OF_VNI.search(read) or _HORNS_OR_ONE.search(word):
        return None
    return None if _ONE_TONE.match(word) and not is_highland else read


@lru_cache(maxsize=65_536)
def _is_highland(word: str, way: str) -> bool:
    if _MARKED_NAME.match(word) or word.lower() in _PLACE_MARKS:
        return True
    if is_syllable(word) or typed.syllable(word, way) is not None:
        return False
    marked = typed.foreign_word(word, way)
    return bool(_HIGHLAND.match(marked)) or not _of_clans().isdisjoint((word.lower(), marked.lower()))


def _begins_highland(word: str, way: str) -> bool:
    read = typed.syllable(word, way) or typed.foreign_word(word, way)
    return not starts_of_clans().isdisjoint((word.capitalize(), read.capitalize()))


@lru_cache(maxsize=65_536)
def _is_foreign(word: str, way: str) -> bool:
    if len(word) < 2 or not word.isalnum() or is_syllable(word) or typed.syllable(word, way) is not None:
        return False
    return _as_known(word) is None and _as_known(typed.keyed(word, way)) is None


@lru_cache(maxsize=65_536)
def is_sure(word: str, way: str) -> bool:
    """Is a word of keys certain to be one, whatever stands beside it?"""
    found = typed.syllable(word, way)
    is_place = found is not None and found.lower() in _OF_ADDRESSES
    return is_place or (is_common(word, way) and typed.is_sure_key(word, way))


def _as_known(word: str) -> str | None:
    """A known word with its tone where it is known to stand."""
    found = _known_by_letters().get(_letters(word))
    if found is None or word.islower():
        return found
    if found == word.lower():
        return word
    return found.upper() if word.isupper() else found.capitalize()


@cache
def _known_by_letters() -> dict[str, str]:
    return {_letters(word): word for word in sorted(_known())}


def _letters(word: str) -> str:
    """A word in small letters with its tones last."""
    parts = unicodedata.normalize("NFD", word.lower())
    return "".join(sorted(parts, key=lambda c: c in _TONES))


@cache
def _surnames() -> frozenset[str]:
    return frozenset(row["surname"].lower() for row in data_rows("surnames")) | _NORTHERN


@cache
def _known() -> frozenset[str]:
    """Words of clans, saints and places that are no Vietnamese syllables, small."""
    places = {word.lower() for row in rows("units_63") for word in row["name"].split() if word.isalpha()}
    names = _of_clans() | _of_saints()
    return names | {w for w in places if not is_syllable(w) and typed.foreign_word(w, "telex") not in names}


@cache
def _of_saints() -> frozenset[str]:
    words = (word.lower() for row in data_rows("saint_names") for word in row["name"].split())
    return frozenset(word for word in words if not is_syllable(word))


@cache
def _of_clans() -> frozenset[str]:
    words = map(str.lower, words_of_clans())
    return frozenset((*(w for w in words if not is_syllable(w)), *_OTHER_WORDS))
