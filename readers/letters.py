"""Tables of the old Vietnamese encodings: TCVN3 (ABC fonts), VNI, VISCII, VPS, BK HCM 1 and 2.

CP1258 is in the standard library. Sources: TCVN 5712:1993 (third character set, the one of the ABC fonts), VNI-Windows,
RFC 1456 (VISCII); VPS and BK HCM as the converters of the time (UniKey, recode) agree on them. TCVN3 has one byte for
both cases of a toned letter: capitals came from a second font (.VnTimeH). BK HCM 1 has two bytes that stand for two
capitals each.
"""

import re
import unicodedata

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
_VPS = {
    0x02: "ẠẬẶẸỆ",
    0x10: "ỊỌỘỢỤỰ",
    0x19: "Ỵ",
    0x1C: "ẪỮ",
    0x80: "ÀẢÃẤẦẨọỗĂếềểệẮẰẲẾ",
    0x93: "ỀỂỄỐỒỔỖýỷỵỚỜỞ",
    0xA1: "ắằẳẵặỠớÙờởỡŨỨợỪổỬỲỸÍÌộỈĨÓửữÒỎÕựầÁÂấẩẫậđẻÉÊẹỉễịỹƯỦồốÔỏơÈừứÚũưÝẺ",
    0xE0: "àáâãảạă",
    0xE8: "èéêẽìí",
    0xEF: "ĩẴĐòóôõ",
    0xF7: "Ơụùúủ",
    0xFD: "ỶẼỳ",
}
_BKHCM1_ROWS = ("áàảãạéèẻẽẹíìỉĩịóòỏõọúùủũụ", "ăắằẳẵặ", "âấầẩẫậ", "êếềểễệôốồổỗộơớờởỡợưứừửữự", "ýỳỷỹỵ")
_BKHCM1_ASCII = dict(zip("}~{^`|", "ĐẤÝỲỶỸ", strict=True))
BKHCM1_DOUBTFUL = {"\x8e": ("Ị", "Ỵ"), "\x98": ("Ụ", "Ặ")}
"""Bytes of BK HCM 1 that stand for two letters each."""
_BKHCM2_MARKS = {
    "aeouyúû": dict(zip("áâãäå", "\u0301\u0300\u0309\u0303\u0323", strict=True)),
    "êïö": dict(zip("ëìíîå", "\u0301\u0300\u0309\u0303\u0323", strict=True)),
    "ù": dict(zip("æçèéå", "\u0301\u0300\u0309\u0303\u0323", strict=True)),
}
_BKHCM2_ALONE = dict(zip("àùêïöúûñòóôõ", "đăâêôơưíìỉĩị", strict=True))


def _tcvn3() -> dict[int, str]:
    return {start + at: letter for start, letters in _TCVN3.items() for at, letter in enumerate(letters)}


def _two_letters(alone: dict[str, str], marked: dict[str, dict[str, str]]) -> dict[str, str]:
    """Letters of one or two characters; the capital is the base letter's, its mark is typed in either case."""
    pairs = {base + mark: letter for base, marks in marked.items() for mark, letter in marks.items()}
    upper = {two[0].upper() + m: to.upper() for two, to in pairs.items() for m in (two[1], two[1].upper())}
    mixed = {two[0] + two[1].upper(): to for two, to in pairs.items()}
    return alone | {given.upper(): to.upper() for given, to in alone.items()} | pairs | mixed | upper


def _bkhcm1() -> dict[int, str]:
    """The capitals from 0x80, the small letters from 0xBD; Đ and some capitals took the place of ASCII signs."""
    capitals, _, circumflexes, more, _ = (row.upper() for row in _BKHCM1_ROWS)
    high = capitals + "ĂẮẰẲẴ" + "\x9e" + circumflexes[0] + "\xa0" + circumflexes[2:] + more + "đ"
    table = {0x80 + at: letter for at, letter in enumerate(high + "".join(_BKHCM1_ROWS))}
    table |= {ord(sign): letter for sign, letter in _BKHCM1_ASCII.items()}
    return {byte: letter for byte, letter in table.items() if ord(letter) != byte}


def _bkhcm2() -> dict[str, str]:
    marked = {
        base: {mark: unicodedata.normalize("NFC", _BKHCM2_ALONE.get(base, base) + tone) for mark, tone in marks.items()}
        for bases, marks in _BKHCM2_MARKS.items()
        for base in bases
    }
    return _two_letters(_BKHCM2_ALONE, marked)


TCVN3: dict[int, str] = _tcvn3()
"""Byte (as a latin-1 character) -> letter; toned letters are small ones whatever the font showed."""

VISCII: dict[int, str] = _VISCII_LOW | {0x80 + at: letter for at, letter in enumerate(_VISCII_HIGH)}
"""Byte -> letter."""

VPS: dict[int, str] = {start + at: letter for start, row in _VPS.items() for at, letter in enumerate(row)}
"""Byte -> letter."""

BKHCM1: dict[int, str] = _bkhcm1()
"""Byte -> letter; of the two letters of a doubtful byte the commoner."""

VNI: dict[str, str] = _two_letters(_VNI_ALONE, _VNI_MARKS)
"""One or two latin-1 characters -> letter."""

BKHCM2: dict[str, str] = _bkhcm2()
"""One or two latin-1 characters -> letter."""


def _tokens(table: dict[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(sorted((re.escape(k) for k in table), key=len, reverse=True)))


_VNI_TOKEN, _BKHCM2_TOKEN = _tokens(VNI), _tokens(BKHCM2)
_BKHCM1_HIGH = {byte: letter for byte, letter in BKHCM1.items() if byte > 0x7F}
_BKHCM1_SIGN = re.compile(r"[\^`{|}~](?=[^\W\d_]|\ufffd)|(?<=[^\W\d_])[\^`{|}~]|^[\^`{|}~]$")


def from_tcvn3(text: str) -> str:
    """Latin-1 reading of TCVN3 text -> letters, before the capitals of a capital font."""
    return text.translate(TCVN3)


def from_viscii(text: str) -> str:
    """Latin-1 reading of VISCII text -> letters."""
    return text.translate(VISCII)


def from_vni(text: str) -> str:
    """Latin-1 reading of VNI text -> letters."""
    return _VNI_TOKEN.sub(lambda found: VNI[found.group()], text)


def from_vps(text: str) -> str:
    """Latin-1 reading of VPS text -> letters."""
    return text.translate(VPS)


def from_bkhcm1(text: str) -> str:
    """Latin-1 reading of BK HCM 1 text -> letters; the ASCII signs that stand for capitals only beside a letter.

    A doubtful byte is given as U+FFFD: which letter it is, only its word can say (`readers.encoding`).
    """
    for byte in BKHCM1_DOUBTFUL:
        text = text.replace(byte, "\ufffd")
    return _BKHCM1_SIGN.sub(lambda found: _BKHCM1_ASCII[found.group()], text.translate(_BKHCM1_HIGH))


def from_bkhcm2(text: str) -> str:
    """Latin-1 reading of BK HCM 2 text -> letters."""
    return _BKHCM2_TOKEN.sub(lambda found: BKHCM2[found.group()], text)
