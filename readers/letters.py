"""Tables of the old Vietnamese encodings: TCVN3 (ABC fonts), VNI, VISCII; CP1258 is in the standard library.

Sources: TCVN 5712:1993 (third character set, the one of the ABC fonts), VNI-Windows, RFC 1456 (VISCII). TCVN3 has one
byte for both cases of a toned letter: capitals came from a second font (.VnTimeH).
"""

import re

_TCVN3 = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ",
    0xB5: "àảãáạ",
    0xBB: "ằẳẵắ",
    0xC6: "ặầẩẫấậè",
    0xCE: "ẻẽéẹềểễếệìỉ",
    0xDC: "ĩíịò",
    0xE1: "ỏõóọồổỗốộờởỡớợù",
    0xF1: "ủũúụừửữứựỳỷỹýỵ",
}
_VISCII_HIGH = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯ"
    "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"
)
_VISCII_LOW = {0x02: "Ẳ", 0x05: "Ẵ", 0x06: "Ẫ", 0x14: "Ỷ", 0x19: "Ỹ", 0x1E: "Ỵ"}
_VNI_MARKS = {
    "a": dict(zip("ùøûõïâáàåãäêéèúüë", "áàảãạâấầẩẫậăắằẳẵặ", strict=True)),
    "e": dict(zip("ùøûõïâáàåãä", "éèẻẽẹêếềểễệ", strict=True)),
    "o": dict(zip("ùøûõïâáàåãä", "óòỏõọôốồổỗộ", strict=True)),
    "u": dict(zip("ùøûõï", "úùủũụ", strict=True)),
    "y": dict(zip("ùøûõ", "ýỳỷỹ", strict=True)),
    "ô": dict(zip("ùøûõï", "ớờởỡợ", strict=True)),
    "ö": dict(zip("ùøûõï", "ứừửữự", strict=True)),
}
_VNI_ALONE = dict(zip("íìæóòôöîñ", "íìỉĩịơưỵđ", strict=True))


def _tcvn3() -> dict[int, str]:
    return {start + at: letter for start, letters in _TCVN3.items() for at, letter in enumerate(letters)}


def _vni() -> dict[str, str]:
    pairs = {base + mark: letter for base, marks in _VNI_MARKS.items() for mark, letter in marks.items()}
    # The capital is the base letter's; its mark is typed in either case.
    upper = {two[0].upper() + m: to.upper() for two, to in pairs.items() for m in (two[1], two[1].upper())}
    mixed = {two[0] + two[1].upper(): to for two, to in pairs.items()}
    alone = _VNI_ALONE | {given.upper(): to.upper() for given, to in _VNI_ALONE.items()}
    return alone | pairs | mixed | upper


TCVN3: dict[int, str] = _tcvn3()
"""Byte (as a latin-1 character) -> letter; toned letters are small ones whatever the font showed."""

VISCII: dict[int, str] = _VISCII_LOW | {0x80 + at: letter for at, letter in enumerate(_VISCII_HIGH)}
"""Byte -> letter."""

VNI: dict[str, str] = _vni()
"""One or two latin-1 characters -> letter."""

_VNI_TOKEN = re.compile("|".join(sorted((re.escape(k) for k in VNI), key=len, reverse=True)))


def from_tcvn3(text: str) -> str:
    """Latin-1 reading of TCVN3 text -> letters, before the capitals of a capital font."""
    return text.translate(TCVN3)


def from_viscii(text: str) -> str:
    """Latin-1 reading of VISCII text -> letters."""
    return text.translate(VISCII)


def from_vni(text: str) -> str:
    """Latin-1 reading of VNI text -> letters."""
    return _VNI_TOKEN.sub(lambda found: VNI[found.group()], text)
