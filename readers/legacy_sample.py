"""What a text of an old encoding looks like where its font is missing: the sample before, beside the sample after."""

from collections.abc import Mapping
from functools import cache

from readers import letters

_BYTES: Mapping[str, Mapping[int, str]] = {
    "tcvn3": letters.TCVN3, "viscii": letters.VISCII, "vps": letters.VPS, "bkhcm1": letters.BKHCM1,
}  # fmt: skip
_SIGNS: Mapping[str, Mapping[str, str]] = {"vni": letters.VNI, "bkhcm2": letters.BKHCM2}


def as_written(text: str, encoding: str) -> str | None:
    """The text as a program shows it that does not know the encoding; None for encodings without such letters."""
    names = [name for name in encoding.split("+") if name in _BYTES or name in _SIGNS]
    if not names:
        return None
    signs = _signs(names[0])
    return "".join(signs.get(letter, signs.get(letter.lower(), letter)) for letter in text)


@cache
def _signs(encoding: str) -> Mapping[str, str]:
    """Letter -> the characters that stand for it; of several the first."""
    table = {chr(byte): letter for byte, letter in _BYTES.get(encoding, {}).items()} | dict(_SIGNS.get(encoding, {}))
    found: dict[str, str] = {}
    for given, letter in table.items():
        found.setdefault(letter, given)
    return found
