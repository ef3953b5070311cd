"""The globals of an old binary workbook: sheets, shared texts, number formats, calendar, code page.

Source: [MS-XLS].
"""

import struct
from dataclasses import dataclass, field

from readers.biff_records import CONTINUE, Records, shared_texts, short_text
from readers.cell_values import PLAIN, NumberFormat, number_format
from schemas.errors import FileRefused

BOF, EOF = 0x0809, 0x000A
_FILE_PASS, _BOUND_SHEET, _SST, _FORMAT, _XF, _DATE_MODE, _CODE_PAGE, _SUP_BOOK = (
    0x2F, 0x85, 0xFC, 0x41E, 0xE0, 0x22, 0x42, 0x1AE,
)  # fmt: skip
_BIFF5, _BIFF8 = 0x0500, 0x0600
_WORKSHEET, _MACRO_SHEET = 0, 1
_OLD_BOFS = (0x0009, 0x0209, 0x0409)
_MOST_TEXT_PARTS = 100_000
_OWN_BOOK, _ADD_IN = 0x0401, 0x3A01


@dataclass(frozen=True)
class OldSheet:
    """A worksheet: name, offset of its records in the stream, whether it is hidden."""

    name: str
    place: int
    is_hidden: bool


@dataclass
class OldWorkbook:
    """What the sheets need. `code_page` is that of the bytes of BIFF 5; `texts` the shared texts of BIFF 8."""

    is_biff8: bool
    code_page: int = 0
    is_1904: bool = False
    has_links: bool = False
    sheets: list[OldSheet] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    _codes: dict[int, str] = field(default_factory=dict)
    _styles: list[int] = field(default_factory=list)

    def format_of(self, style: int) -> NumberFormat:
        """The number format of a cell style."""
        if style >= len(self._styles):
            return PLAIN
        return number_format(self._styles[style], self._codes.get(self._styles[style]))

    def take(self, number: int, data: bytes) -> None:
        """One record of the globals."""
        if number == _FORMAT and len(data) > 3:
            size = 2 if self.is_biff8 else 1
            self._codes[_u16(data, 0)] = short_text(data, 2, is_biff8=self.is_biff8, length_bytes=size)
        elif number == _XF and len(data) >= 4:
            self._styles.append(_u16(data, 2))
        elif number == _BOUND_SHEET and len(data) > 7:
            self._add_sheet(data)
        elif number == _DATE_MODE and len(data) >= 2:
            self.is_1904 = _u16(data, 0) == 1
        elif number == _CODE_PAGE and len(data) >= 2:
            self.code_page = _u16(data, 0)
        elif number == _SUP_BOOK and len(data) >= 4:
            self.has_links |= _u16(data, 2) not in (_OWN_BOOK, _ADD_IN)

    def _add_sheet(self, data: bytes) -> None:
        place, state, kind = struct.unpack_from("<IBB", data)
        if kind == _MACRO_SHEET:
            raise FileRefused("file.macro")
        if kind == _WORKSHEET:
            name = short_text(data, 6, is_biff8=self.is_biff8, length_bytes=1).replace("\x00", "")
            self.sheets.append(OldSheet(name, place, (state & 3) != 0))


def read_globals(records: Records) -> OldWorkbook:
    """The globals at the start of the stream.

    Raises:
        FileRefused: file.damaged, file.password, file.macro, file.unsupported_kind (Excel 4 and older).
    """
    stream = iter(records)
    workbook = _opened(*next(stream, (0, b"")))
    texts: list[bytes] = []
    last = 0
    for number, data in stream:
        if number == EOF:
            break
        if number == _FILE_PASS:
            raise FileRefused("file.password")
        if number == _SST or (number == CONTINUE and last == _SST):
            texts.append(data)
            number = _SST
        else:
            workbook.take(number, data)
        if len(texts) > _MOST_TEXT_PARTS:
            raise FileRefused("file.damaged", found="XLS texts")
        last = number
    if not workbook.sheets:
        raise FileRefused("file.damaged", found="XLS sheets")
    workbook.texts = shared_texts(texts) if texts else []
    return workbook


def _opened(number: int, data: bytes) -> OldWorkbook:
    if number in _OLD_BOFS:
        raise FileRefused("file.unsupported_kind", found="Excel 4")
    version = _u16(data, 0) if number == BOF and len(data) >= 4 else 0
    if version not in (_BIFF5, _BIFF8):
        raise FileRefused("file.damaged", found="XLS")
    return OldWorkbook(version == _BIFF8)


def _u16(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "little")
