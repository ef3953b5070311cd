"""Binary workbooks of before 2007, written by xlwt and bent afterwards."""

import io
from collections.abc import Collection, Mapping, Sequence
from datetime import date

import xlwt

_OLE_NAME = "Workbook"


def as_xls(
    rows: Sequence[Sequence[str]],
    *,
    numbers: Collection[int] = (),
    dates: Mapping[int, Sequence[date]] | None = None,
    sheet: str = "Sheet1",
) -> bytes:
    """A .xls of text; columns in `numbers` as numbers, columns in `dates` as date cells (row 0 is the heading)."""
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet(sheet)
    style = xlwt.XFStyle()
    style.num_format_str = "DD/MM/YYYY"
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if r and dates and c in dates:
                page.write(r, c, dates[c][r - 1], style)
            elif r and c in numbers and text:
                page.write(r, c, int(text))
            else:
                page.write(r, c, text)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def sealed_package() -> bytes:
    """A compound file that holds an encrypted package, as Excel seals an .xlsx with a password."""
    data = as_xls([["x"] * 40] * 60)
    return _renamed(data, _OLE_NAME, "EncryptedPackage")


def with_password(xls: bytes) -> bytes:
    """The record FILEPASS behind the first BOF: what follows is encrypted."""
    at = xls.index(b"\x09\x08\x10\x00") + 20
    record = b"\x2f\x00\x36\x00\x01\x00\x01\x00\x01\x00" + bytes(range(48))
    return xls[:at] + record + xls[at + len(record) :]


def _renamed(data: bytes, old: str, new: str) -> bytes:
    name = old.encode("utf-16-le")
    at = data.index(name + b"\0\0")
    field = new.encode("utf-16-le").ljust(64, b"\0") + (2 * len(new) + 2).to_bytes(2, "little")
    return data[:at] + field + data[at + len(field) :]
