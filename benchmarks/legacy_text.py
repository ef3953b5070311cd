"""Text written in the old ways, for measurements: each writer gives the characters that a reader of the file sees.

The tables are those of `readers.letters` turned round; what a table cannot say (typed marks, wrong readings) is
written out here.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType
from zlib import crc32

from readers import letters

_TONES = "\u0300\u0309\u0303\u0301\u0323"
_LONG_O = re.compile("(?i)o[\u0300-\u0323]?o")
_VIQR = dict(zip(_TONES, "`?~'.", strict=True)) | {"\u0302": "^", "\u0306": "(", "\u031b": "+"}
_TELEX = dict(zip(_TONES, "frxsj", strict=True))
_VNI_KEYS = dict(zip(_TONES, "23415", strict=True)) | {"\u0302": "6", "\u031b": "7", "\u0306": "8"}


def _turned(table: Mapping[int, str]) -> Callable[[str], str]:
    back = {letter: chr(byte) for byte, letter in table.items()}
    back |= {letter.upper(): byte for letter, byte in back.items() if letter.upper() not in back}
    return lambda text: "".join(back.get(c, c) for c in text)


def _turned_pairs(table: Mapping[str, str]) -> Callable[[str], str]:
    back: dict[str, str] = {}
    for code, letter in table.items():
        if letter not in back or _is_even(code):
            back[letter] = code
    return lambda text: "".join(back.get(c, c) for c in text)


def _is_even(code: str) -> bool:
    return code.isupper() or code.islower()


def _cp1258(text: str) -> str:
    out = []
    for letter in text:
        try:
            out.append(letter.encode("cp1258"))
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
            tone = next(p for p in parts if p in _TONES)
            out.append((unicodedata.normalize("NFC", parts.replace(tone, "")) + tone).encode("cp1258"))
    return b"".join(out).decode("latin-1")


def _misread(text: str, rounds: int) -> str:
    for _ in range(rounds):
        text = "".join(
            bytes([b]).decode("cp1252") if b not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(b) for b in text.encode()
        )
    return text


def _bkhcm1(text: str) -> str:
    back = {letter: chr(byte) for byte, letter in letters.BKHCM1.items()} | {"Ặ": "\x98", "Ỵ": "\x8e"}
    return "".join(back.get(c, c) for c in text)


def _viqr(text: str) -> str:
    out = []
    for letter in text.replace("đ", "dd").replace("Đ", "DD"):
        base, *marks = unicodedata.normalize("NFD", letter)
        out.append(base + "".join(_VIQR[m] for m in sorted(marks, key=lambda m: m in _TONES)))
    return "".join(out)


def _typed(text: str, word: Callable[[str], str]) -> str:
    return " ".join(word(w) for w in text.split(" "))


def _telex(word: str) -> str:
    out, tone = "", ""
    for letter in _LONG_O.sub(r"\g<0>o", unicodedata.normalize("NFD", word.replace("đ", "dd").replace("Đ", "DD"))):
        if letter in _TELEX:
            tone = _TELEX[letter]
        elif letter in "\u0302":
            out += out[-1].lower()
        elif letter in "\u0306\u031b":
            out += "w"
        else:
            out += letter
    return out + (tone.upper() if word.isupper() else tone)


def _vni_keys(word: str) -> str:
    out, tone = "", ""
    for letter in unicodedata.normalize("NFD", word.replace("đ", "d9").replace("Đ", "D9")):
        if letter in _TONES:
            tone = _VNI_KEYS[letter]
        else:
            out += _VNI_KEYS.get(letter, letter)
    return out + tone


def _is_of_one_half(text: str) -> bool:
    return crc32(text.encode()) % 2 == 0


BYTES: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "tcvn3": _turned(letters.TCVN3),
        "tcvn3-capitals": lambda text: _turned(letters.TCVN3)(text.upper()),
        "vni": _turned_pairs(letters.VNI),
        "viscii": _turned(letters.VISCII),
        "vps": _turned(letters.VPS),
        "cp1258": _cp1258,
        "bkhcm1": _bkhcm1,
        "bkhcm2": _turned_pairs(letters.BKHCM2),
    }
)
"""Writers of 8-bit text, as latin-1."""

IN_UNICODE: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "utf-8": lambda text: text,
        "nfd": lambda text: unicodedata.normalize("NFD", text),
        "mojibake": lambda text: _misread(text, 1),
        "mojibake-twice": lambda text: _misread(text, 2),
        "tcvn3-in-unicode": BYTES["tcvn3"],
        "vni-in-unicode": BYTES["vni"],
        "tcvn3-cp1258": lambda text: BYTES["tcvn3"](text).encode("latin-1").decode("cp1258", "replace"),
        "viqr": _viqr,
        "telex": lambda text: _typed(text, _telex),
        "vni-typed": lambda text: _typed(text, _vni_keys),
        "telex-and-letters": lambda text: _typed(text, _telex) if _is_of_one_half(text) else text,
        "vni-and-letters": lambda text: _typed(text, _vni_keys) if _is_of_one_half(text) else text,
    }
)
"""Writers of what stands in a Unicode file; the last two write half of the names with keys, the others with letters."""
TYPED = ("telex", "vni-typed", "telex-and-letters", "vni-and-letters")
