"""What a worksheet is called: a clerk may name it after the head of a household, so not every name is passed on.

A name made of words that name sheets ("Sổ hộ khẩu thôn 3", "Sheet1", "DS 1995") says nothing of a person and stands.
Any other goes by its place among the sheets: #2 is the second one, hidden ones counted.
"""

import re
import unicodedata

_NUMBERS_OR_WORDS = re.compile(r"\d+|[^\W\d_]+")
_PLACE = re.compile(r"#[1-9]\d{0,3}")
_SHEETS = (
    "sheet", "trang", "tính", "danh", "sách", "ds", "sổ", "khẩu", "hk", "hkgđ", "nk", "bảng", "biểu", "mẫu", "quyển",
    "tập", "thôn", "xóm", "ấp", "tổ", "khu", "phường", "xã", "huyện", "quận", "tỉnh", "dữ", "liệu", "data", "table",
    "page", "list", "ledger", "household", "households", "worksheet", "book",
)  # fmt: skip
_WHOLE = frozenset({"cũ", "mới", "gốc", "ẩn", "nháp", "ghi chú", "danh mục", "hướng dẫn", "tổng hợp", "thống kê"})
_AROUND = (
    "hộ", "nhân", "gia", "đình", "dân", "cư", "phố", "bản", "buôn", "làng", "năm", "tháng", "đợt", "kỳ", "số", "tờ",
    "cũ", "mới", "gốc", "tổng", "hợp", "cộng", "chi", "tiết", "kê", "khai", "đăng", "ký", "thường", "tạm", "trú",
    "vắng", "ghi", "chú", "hướng", "dẫn", "danh", "mục", "nhập", "sửa", "in", "copy", "of", "final", "new", "old",
    "the", "and", "và", "từ", "đến",
)  # fmt: skip


def shown_name(name: str | None, place: int) -> str | None:
    """The name of a sheet as it may be passed on.

    Args:
        name: its name; None where sheets have none.
        place: its place in the file, from 1.
    """
    if name is None:
        return None
    plain = unicodedata.normalize("NFC", name).lower().strip()
    words = _NUMBERS_OR_WORDS.findall(plain)
    named = [w for w in words if not w.isdigit() and len(w) > 1]
    says_sheet = any(w in _SHEET_WORDS for w in named) or (not named and bool(words))
    is_plain = says_sheet and all(w in _KNOWN for w in named) and not name.startswith("#")
    return name if is_plain or plain in _WHOLE else f"#{place}"


class SheetNames:
    """The names of the sheets of one file, in their order.

    An error file names a sheet by its place in the original (#2), and holds only sheets with rows to mend: its tabs
    keep those names, and its guide takes no place.
    """

    def __init__(self) -> None:
        self._place = 0
        self._is_returned = False
        self._taken: set[str | None] = set()

    def pass_guide(self) -> None:
        """The sheet is the guide of an error file."""
        self._is_returned = True

    def next(self, name: str | None) -> str | None:
        """The name of the next sheet as it may be passed on; no two sheets of a file share one."""
        self._place += 1
        if self._is_returned and name and _PLACE.fullmatch(name) and name not in self._taken:
            shown: str | None = name
        else:
            shown = self._free(shown_name(name, self._place))
        self._taken.add(shown)
        return shown

    def _free(self, shown: str | None) -> str | None:
        place = self._place
        while shown is not None and self._is_returned and shown in self._taken:
            place += 1
            shown = f"#{place}"
        return shown


def _plain(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", word.replace("đ", "d")) if not unicodedata.combining(c))


_SHEET_WORDS = frozenset(_SHEETS) | frozenset(map(_plain, _SHEETS))
_KNOWN = _SHEET_WORDS | frozenset(_AROUND) | frozenset(map(_plain, _AROUND))
