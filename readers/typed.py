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
_LEAST_WORDS, _LEAST_COMMON, _LEAST_SHARE, _LEAST_BASES = 5, 3, 0.8, 3


def way_of_typing(texts: Iterable[str]) -> str | None:
    """Which of "telex", "vni-typed" and "viqr", if any, the odd words of a column of ASCII texts say."""
    sample = [t for t in texts if t and t.isascii()]
    words = {w for t in sample for w in _WORD.findall(t)}
    for name in ("telex", "vni-typed"):
        if _says(words, name):
            return name
    return "viqr" if is_viqr("\n".join(sample)) else None


def from_typed(text: str, way: str) -> str:
    """A text typed that way -> letters; a word that becomes no syllable stays as it is."""
    if way == "viqr":
        return from_viqr(text)
    return _WORD.sub(lambda found: _read(found.group(), way) or _foreign(found.group(), way), text)


def is_doubtful(text: str, way: str) -> bool:
    """Does the text hold a word that may be of another language or end in a tone key (Ksor)?"""
    return way == "telex" and any(_ends_in_doubt(word) for word in _WORD.findall(text))


@lru_cache(maxsize=65_536)
def _ends_in_doubt(word: str) -> bool:
    if is_syllable(word) or _read(word, "telex") is not None:
        return False
    return _telex(word)[1] in _TONES_LIKE_LETTERS and len(word) > 1


def _says(words: Iterable[str], way: str) -> bool:
    odd = [w for w in words if _is_odd(w, way)]
    read = {w: r for w in odd if (r := _read(w, way)) is not None}
    common = sum(evidence(r) >= COMMON for r in read.values())
    bases = {unicodedata.normalize("NFD", r.lower())[:2] for r in read.values()}
    return (
        len(read) >= _LEAST_WORDS and common >= _LEAST_COMMON and len(bases) >= _LEAST_BASES
        and len(read) >= _LEAST_SHARE * len(odd)
    )  # fmt: skip


def _is_odd(word: str, way: str) -> bool:
    """Is it no syllable as it stands? With digits only VNI can mean it, and only beside two letters."""
    if _DIGITS.search(word):
        return way == "vni-typed" and sum(c.isalpha() for c in word) > 1
    return way == "telex" and len(word) > 1 and not is_syllable(word)


@lru_cache(maxsize=65_536)
def _read(word: str, way: str) -> str | None:
    """The syllable that a word of key strokes means; None if it means none."""
    letters, tone = _KEYS[way](word)
    if letters is None or (letters == list(word) and not tone):
        return None
    plain = _toned("".join(letters), tone)
    return plain if not plain.isascii() and evidence(plain) else None


@lru_cache(maxsize=65_536)
def _foreign(word: str, way: str) -> str:
    """A word of another language in such a column (Kpaw, Hlangj): read where its keys can be nothing but keys.

    The tone keys s, r and x of Telex end words of other languages too (Ksor): such a word stays as it is.
    """
    letters, tone = _KEYS[way](word)
    if letters is None or not _has_vowel(letters) or sum(c.isalpha() for c in word) < 2:
        return word
    if way == "telex" and (tone in _TONES_LIKE_LETTERS or is_syllable(word)):
        return word
    return _toned("".join(letters), tone)


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
    places = [at for at, c in enumerate(low) if c in _VOWELS]
    if low.startswith(("qu", "gi")) and len(places) > 1:
        places = places[1:]
    marked = [at for at in places if low[at] in _MARKED]
    if marked:
        return marked[-1]
    if len(places) < 2:
        return places[0] if places else None
    return places[1] if len(places) > 2 or places[-1] < len(low) - 1 else places[0]
