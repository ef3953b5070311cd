"""The letters that the network knows: Vietnamese in both cases, digits, and the signs of ledgers."""

import unicodedata

_VOWELS = "aăâeêioôơuưy"
_TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
_TONED = "".join(unicodedata.normalize("NFC", vowel + tone) for vowel in _VOWELS for tone in _TONES)
_SMALL = "".join(sorted(set("abcdefghijklmnopqrstuvwxyzđ" + _TONED)))
_SIGNS = " .,-/()'\":;+&%*?!=_"

LETTERS = "".join(dict.fromkeys("0123456789" + _SIGNS + _SMALL + _SMALL.upper()))
"""Letter n of the network is LETTERS[n - 1]; 0 is the blank of connectionist temporal classification."""

_NUMBERS = {letter: number for number, letter in enumerate(LETTERS, 1)}
_ALIKE = str.maketrans({"–": "-", "—": "-", "’": "'", "‘": "'", "”": '"', "“": '"', "\u00a0": " "})


def numbers_of(text: str) -> list[int] | None:
    """The numbers of a text's letters; None where one of them is not known."""
    found = [_NUMBERS.get(c) for c in unicodedata.normalize("NFC", text).translate(_ALIKE)]
    return None if None in found else [n for n in found if n is not None]
