"""Text typed for a Vietnamese keyboard that was switched off: Telex (Nguyeenx Vawn), VNI (Nguye6n4 Va8n), and VIQR.

Only a whole column is read so, when its odd words become Vietnamese syllables: a single one may be a foreign name.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

from readers.encoding import TYPED
from readers.syllables import COMMON, evidence, is_syllable
from readers.viqr import from_viqr, is_viqr

_GRAVE, _HOOK, _TILDE, _ACUTE, _DOT = "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"
_TELEX_TONES = {"f": _GRAVE, "r": _HOOK, "x": _TILDE, "s": _ACUTE, "j": _DOT, "z": ""}
_VNI_TONES = {"2": _GRAVE, "3": _HOOK, "4": _TILDE, "1": _ACUTE, "5": _DOT, "0": ""}
_TONES_LIKE_LETTERS = (_HOOK, _TILDE, _ACUTE)
_HORN_OR_BREVE = {"a": "ă", "o": "ơ", "u": "ư"}
_ROOF = {"a": "â", "e": "ê", "o": "ô"}
_VNI_MARKS = {"6": _ROOF, "7": {"o": "ơ", "u": "ư"}, "8": {"a": "ă"}}
_VOWELS = "aăâeêioôơuưy"
_MARKED = "ăâêôơư"
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_DIGITS = re.compile(r"\d")
WAYS = TYPED
_VOWEL_GROUP = re.compile(f"[{_VOWELS}]+")
_FIRST_VOWEL = re.compile("(?i)[aeiouy]")
_JOINED = MappingProxyType(
    {
        "ooo": "oo",
        "uwow": "ươ",
        "uow": "ươ",
        "dd": "đ",
        "aa": "â",
        "ee": "ê",
        "oo": "ô",
        "aw": "ă",
        "ow": "ơ",
        "uw": "ư",
    }
)
_PAIRS = re.compile("(?i)ooo|uwow|uow|dd|aa|ee|oo|aw(?![aeouy])|ow(?![aeouy])|uw(?![eoy])")
_LAST_TONE = re.compile("(?i)([a-zăâđêôơư]*[aeiouyăâêôơư][bcdghklmnpt]*)([fj])([bcdghklmnpt]*)$")
_SURE_KEYS = re.compile(
    "(?i)[aeiouyw][bcdghlmnpt]{0,2}[fj]$|[aeiouyw][fj][cghmnpt]{1,2}$|iee|uoo|uaa|uwow|yee|^dd|aa[^a]"
)
"""A tone f or j, doubled letters among three vowels, or đ: sounds that names of Europe and Malaya do not spell so."""
_SURE_WORDS = frozenset(("vawn",))
LONGEST = 40
"""Letters of a word; the keys of the longest syllable are a third as many."""
_LEAST_SURE, _LEAST_SURE_SHARE = 5, 0.25
_LEAST_WORDS, _LEAST_COMMON, _LEAST_SHARE, _LEAST_BASES = 5, 3, 0.8, 3


def way_of_typing(texts: Iterable[str]) -> str | None:
    """Which of "telex", "vni-typed" and "viqr", if any, the odd words of a column of ASCII texts say."""
    sample = [t for t in texts if t and t.isascii()]
    words = {w for t in sample for w in _WORD.findall(t)}
    if is_viqr("\n".join(sample)):
        return "viqr"
    return next((name for name in ("telex", "vni-typed") if _says(words, name)), None)


def from_typed(text: str, way: str) -> str:
    """A text typed that way -> letters; a word that becomes no syllable stays as it is."""
    if way == "viqr":
        return from_viqr(text)
    return _WORD.sub(lambda found: syllable(found.group(), way) or foreign_word(found.group(), way), text)


def _says(words: Iterable[str], way: str) -> bool:
    odd = [w for w in words if _has_keys(w, way)]
    read = {w: r for w in odd if (r := syllable(w, way)) is not None}
    common = [w for w, r in read.items() if evidence(r) >= COMMON]
    bases = {unicodedata.normalize("NFD", r.lower())[:2] for r in read.values()}
    if len(read) < _LEAST_WORDS or len(common) < _LEAST_COMMON or len(bases) < _LEAST_BASES:
        return False
    sure = [w for w in common if is_sure_key(w, way)]
    return len(read) >= _LEAST_SHARE * len(odd) or (
        len(sure) >= _LEAST_SURE and len(sure) >= _LEAST_SURE_SHARE * len(odd)
    )


def _has_keys(word: str, way: str) -> bool:
    """Is it no syllable as it stands, and would its keys change it? Digits count beside two letters."""
    if _DIGITS.search(word):
        return way == "vni-typed" and sum(c.isalpha() for c in word) > 1
    if way != "telex" or len(word) < 2 or is_syllable(word):
        return False
    return foreign_word(word, way) != word or tone_keys(word) != ""


def is_sure_key(word: str, way: str) -> bool:
    """Does a word hold keys that hardly any other language writes (Nguyeenx, Thij), or digits?"""
    return way != "telex" or bool(_SURE_KEYS.search(word)) or word.lower() in _SURE_WORDS


def tone_keys(word: str) -> str:
    """The letters of a word behind a vowel that Telex takes for tones, small."""
    first = _FIRST_VOWEL.search(word)
    return "" if first is None else "".join(c for c in word[first.end() :].lower() if c in _TELEX_TONES)


@lru_cache(maxsize=65_536)
def syllable(word: str, way: str) -> str | None:
    """The syllable that a word of key strokes means; None if it means none."""
    if len(word) > LONGEST:
        return None
    letters, tone = _KEYS[way](word)
    if letters is None or (letters == list(word) and not tone):
        return None
    plain = _toned("".join(letters), tone)
    return plain if (not plain.isascii() or "ooo" in word.lower()) and evidence(plain) else None


def keyed(word: str, way: str) -> str:
    """A word of another language with every key taken for a key, whatever comes of it (Chamaleas: Chamaléa)."""
    body = foreign_word(word, way)
    tone = _TELEX_TONES.get(body[-1:].lower()) if way == "telex" else None
    return _toned(body[:-1], tone) if tone else body


@lru_cache(maxsize=65_536)
def foreign_word(word: str, way: str) -> str:
    """A word of another language in such a column (Kpaw, Hlangj): read where its keys can be nothing but keys.

    The tone keys s, r and x of Telex end words of other languages too (Ksor), a w there may be a letter (Wang, Hwing).
    """
    if len(word) > LONGEST:
        return word
    if way == "telex":
        return _with_marks(word)
    letters, tone = _KEYS[way](word)
    if letters is None or not _has_vowel(letters) or sum(c.isalpha() for c in word) < 2:
        return word
    return _toned("".join(letters), tone)


def _with_marks(word: str) -> str:
    if is_syllable(word):
        return word
    body = _PAIRS.sub(_joined, word)
    found = _LAST_TONE.match(body)
    if found is None or len(_VOWEL_GROUP.findall(body.lower())) > 1:
        return body
    return _toned(found[1] + found[3], _TELEX_TONES[found[2].lower()])


def _joined(found: re.Match[str]) -> str:
    keys = found.group()
    letters = _JOINED[keys.lower()]
    return _like(keys[0], letters[0]) + (_like(keys[-1], letters[1]) if len(letters) > 1 else "")


def _telex(word: str) -> tuple[list[str] | None, str]:
    out: list[str] = []
    tone = ""
    for at, key in enumerate(word):
        low = key.lower()
        if low in _TELEX_TONES and _has_vowel(out):
            tone = _TELEX_TONES[low]
        elif low == "w":
            _hook(out, key)
        elif low == "o" and out[-1:] in (["ô"], ["Ô"]):
            out[-1:] = [_like(out[-1], "o"), key]
        elif low == "o" and "".join(out[-2:]).lower() == "oo":
            out[-2:] = [_like(c, "ô") for c in out[-2:]]
        elif not _doubled(out, low, word[at + 1 :]):
            out.append(key)
    return _open(out), tone


def _vni(word: str) -> tuple[list[str] | None, str]:
    out: list[str] = []
    tone = ""
    for key in word:
        if key in _VNI_TONES:
            tone = _VNI_TONES[key]
        elif key in _VNI_MARKS:
            if key == "7" and _put_pair(out):
                continue
            if not _put(out, _VNI_MARKS[key]):
                return None, ""
        elif key == "9" and _put_bar(out, adjacent=out[-1:] in (["d"], ["D"])):
            pass
        elif key.isdigit():
            return None, ""
        else:
            out.append(key)
    return _open(out), tone


def _open(out: list[str]) -> list[str]:
    """At the end of a syllable uo with its hook is uơ (thuở), before a final it is ươ."""
    if len(out) > 1 and "".join(out[-2:]).lower() == "ươ":
        out[-2] = _like(out[-2], "u")
    return out


_KEYS: Mapping[str, Callable[[str], tuple[list[str] | None, str]]] = MappingProxyType(
    {"telex": _telex, "vni-typed": _vni}
)


def _doubled(out: list[str], key: str, after: str) -> bool:
    if key == "d":
        return _put_bar(out, adjacent=out[-1:] in (["d"], ["D"]))
    return key in _ROOF and _doubles(out, key, after) and _put(out, {key: _ROOF[key]})


def _doubles(out: list[str], key: str, after: str) -> bool:
    """Does a vowel key double one before it: the last letter, or from the end of the word over the final consonant?

    The last vowel of oao and oeo doubles nothing.
    """
    if key == "o" and "".join(out[-2:]).lower() in ("oa", "oe"):
        return False
    return out[-1:] in ([key], [key.upper()]) or all(c.lower() in "sfrxjzw" for c in after)


def _put_bar(out: list[str], *, adjacent: bool) -> bool:
    """The bar of đ: on the last letter if that is a d, else on the first."""
    at = len(out) - 1 if adjacent else 0
    if not out or out[at] not in "dD":
        return False
    out[at] = _like(out[at], "đ")
    return True


def _has_vowel(out: list[str]) -> bool:
    return any(c.lower() in _VOWELS for c in out)


def _hook(out: list[str], key: str) -> None:
    if not _put_pair(out) and not _put(out, _HORN_OR_BREVE):
        out.append("ư" if key == "w" else "Ư")


def _put_pair(out: list[str]) -> bool:
    """Uo -> ươ, but for the u of qu."""
    for at in range(len(out) - 1):
        if out[at].lower() == "u" and out[at + 1].lower() == "o" and (at == 0 or out[at - 1].lower() != "q"):
            out[at], out[at + 1] = _like(out[at], "ư"), _like(out[at + 1], "ơ")
            return True
    return False


def _put(out: list[str], marks: Mapping[str, str]) -> bool:
    """Give the last letter that can take it its mark."""
    for at in range(len(out) - 1, -1, -1):
        mark = marks.get(out[at].lower())
        if mark:
            out[at] = _like(out[at], mark)
            return True
    return False


def _like(given: str, letter: str) -> str:
    return letter.upper() if given.isupper() else letter


def _toned(word: str, tone: str) -> str:
    """The word with its tone on the vowel where writers of Vietnamese put it: hòa, quý, giếng, người."""
    if not tone:
        return word
    at = _place_of_tone(word.lower())
    return word if at is None else unicodedata.normalize("NFC", word[: at + 1] + tone + word[at + 1 :])


def _place_of_tone(low: str) -> int | None:
    groups = list(_VOWEL_GROUP.finditer(low))
    places = list(range(*groups[-1].span())) if groups else []
    if low.startswith(("qu", "gi")) and len(places) > 1:
        places = places[1:]
    marked = [at for at in places if low[at] in _MARKED]
    if marked:
        return marked[-1]
    if len(places) < 2:
        return places[0] if places else None
    return places[1] if len(places) > 2 or places[-1] < len(low) - 1 else places[0]
