"""Ways by which bytes became the wrong letters before a file was saved, and back: the bytes of a text, or none.

A text that was read in the wrong encoding and saved in Unicode still holds its bytes, one a letter: as latin-1 or
cp1252 (Western Windows: € ‚ ƒ ...), as cp1258 (Vietnamese Windows: Ă for 0xC3, marks for 0xCC 0xD2 ...), or as the
letters of TCVN3.
"""

import unicodedata

from readers.letters import TCVN3

_UNDEFINED = frozenset((0x81, 0x8D, 0x8F, 0x90, 0x9D))
_CP1252 = {ord(bytes([b]).decode("cp1252")): chr(b) for b in range(0x80, 0xA0) if b not in _UNDEFINED}
_CP1258 = {ord(bytes([b]).decode("cp1258")): chr(b) for b in range(0xC0, 0x100)}
_NOT_IN_CP1258 = frozenset("ÃÌÐÒÕÝÞãìðòõýþ")
"""Letters of latin-1 at whose places cp1258 has others."""
_LETTERS_BACK = {ord(byte): chr(letter) for letter, byte in _CP1252.items()}
_TONES = "\u0300\u0309\u0303\u0301\u0323"
_TCVN3_BACK = {ord(letter): chr(byte) for byte, letter in TCVN3.items()}


def bytes_view(text: str) -> str:
    """The latin-1 view of text that passed through cp1252: € ‚ ƒ ... back to the bytes they were."""
    return text.translate(_CP1252)


def with_signs(text: str) -> str:
    """The signs of cp1252 again for the bytes that no letter took."""
    return text.translate(_LETTERS_BACK)


def checked_view(text: str) -> str:
    """The latin-1 view of a text.

    Raises:
        UnicodeError: it holds letters that no byte became.
    """
    view = bytes_view(text)
    view.encode("latin-1")
    return view


def cp1258_view(text: str) -> str:
    """The latin-1 view of text whose bytes were read as cp1258, with its marks apart or joined.

    Raises:
        UnicodeError: it holds letters that no byte became.
    """
    if any(letter in _NOT_IN_CP1258 for letter in text):
        raise UnicodeError("no text of cp1258")
    return checked_view("".join(map(_apart, text)).translate(_CP1258))


def _apart(letter: str) -> str:
    """A letter that cp1258 has no byte for as its base and its tone, which it has."""
    if ord(letter) < 0xC0 or ord(letter) in _CP1258:
        return letter
    parts = unicodedata.normalize("NFD", letter)
    tone = next((p for p in parts if p in _TONES), "")
    return unicodedata.normalize("NFC", parts.replace(tone, "")) + tone if tone and len(parts) > 1 else letter


def from_utf8(text: str) -> str:
    """Text whose UTF-8 bytes were read as latin-1, cp1252 or cp1258.

    Raises:
        UnicodeError: it was not.
    """
    try:
        view = checked_view(text)
    except UnicodeError:
        view = cp1258_view(text)
    return view.encode("latin-1").decode("utf-8")


def from_utf8_twice(text: str) -> str:
    """The same, done twice."""
    return from_utf8(from_utf8(text))


def from_utf8_as_tcvn3(text: str) -> str:
    """Text whose UTF-8 bytes were taken for TCVN3 by a converter of fonts.

    Raises:
        UnicodeError: it was not.
    """
    return checked_view(text.translate(_TCVN3_BACK)).encode("latin-1").decode("utf-8")
