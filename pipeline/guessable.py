"""How easily a password is guessed: the commonest of leaked ones, words of here, names, dates, keys in a row.

The only import of zxcvbn, which ships the 30 000 commonest passwords of leaked collections, without network. What
people in Viet Nam choose often, and what belongs to this place, is added to them.
"""

import unicodedata
from collections.abc import Iterable
from threading import Lock

_ENOUGH = 1e9
"""Guesses that a password has to withstand: the check of one costs a tenth of a second, and five failures lock."""
_LONGEST = 72
_COMMON = (
    "matkhau", "matkhaumoi", "matma", "khongbiet", "khongcho", "khongcomatkhau", "khongcopass", "vietnam",
    "vietnamvodich", "vietnamtoiyeu", "hanoi", "saigon", "hochiminh", "bacho", "dienbienphu", "tuyetmat", "bimat",
    "anhyeuem", "emyeuanh", "yeuem", "yeuanh", "yeuemnhieu", "yeuanhnhieu", "anhnhoem", "emnhoanh", "maimaiyeuem",
    "maimai", "conheo", "conmeo", "concho", "conga", "conlon", "toiyeuban", "toiyeuem", "toiyeuvietnam", "giadinh",
    "bome", "mebo", "changtrai", "cogai", "hoahong", "hoamai", "hoadao", "hoasen", "sontung", "nguyen", "nguyenvan",
    "nguyenthi", "tranvan", "tranthi", "levan", "lethi", "phamvan", "phamthi", "hoangvan", "hoangthi", "xinchao",
    "chaoban", "xincamon", "camon", "hanhphuc", "mayman", "phattai", "locphat", "thinhvuong", "chucmungnammoi",
    "tetnguyendan", "hocsinh", "sinhvien", "giaovien", "congan", "congantinh", "congannhandan", "uyban", "ubnd",
    "ubndxa", "ubndtinh", "hokhau", "sohokhau", "hotich", "tuphap", "canbo", "dancu", "cancuoc", "cccd", "cmnd",
    "sohoa", "admin", "quantri", "quanly", "congdan", "taikhoan", "dangnhap", "password", "passwordmoi", "p@ssw0rd",
    "abc123", "qwerty", "123456", "1234567890", "0123456789", "987654321", "111111", "000000", "123123", "abcdef",
    "asdfgh", "zxcvbn",
)  # fmt: skip
_LOCK = Lock()
"""zxcvbn keeps the words of a question in a table that all questions share."""


def is_guessable(password: str, own_words: Iterable[str] = ()) -> bool:
    """Is this found among the first thousand million that a patient guesser tries?

    Args:
        password: as it was typed; it is looked at as that, without its marks, and without what parts its words.
        own_words: what belongs to the person: name of the account, office.
    """
    from zxcvbn import zxcvbn  # its tables take a moment, and most commands never ask

    words = [plain(word) for own in own_words for word in (own, *own.replace("-", ".").replace("_", ".").split("."))]
    given = [*_COMMON, *(word for word in words if word)]
    bare = plain(password)
    forms = {form[:_LONGEST] for form in (password, bare, "".join(filter(str.isalnum, bare)))}
    with _LOCK:
        return any(float(zxcvbn(form, given)["guesses"]) < _ENOUGH for form in forms if form)


def plain(text: str) -> str:
    """Small letters without marks, d for đ."""
    decomposed = unicodedata.normalize("NFKD", text.replace("Đ", "D").replace("đ", "d"))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()
