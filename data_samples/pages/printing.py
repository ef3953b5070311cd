"""Prints what surrounds a table or blocks, from the state's heading to signatures, and fills the labelled fields."""

from collections.abc import Sequence
from itertools import groupby

from data_samples.pages.boxes import TrueBox, rectangle
from data_samples.pages.entries import Cell, fill
from data_samples.pages.look import Look
from data_samples.pages.pen import write
from data_samples.pages.rosters import Entry
from data_samples.pages.rules import dotted
from data_samples.pages.sheet import Sheet
from readers.forms import Form, HeaderField
from readers.pages import Quad

Bounds = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the sheet."""


def print_title(sheet: Sheet, form: Form, look: Look, y: float) -> float:
    """What stands at the head of the sheet; where it ends."""
    middle = sheet.width / 2
    if look.mixed(21) < 0.3:
        centred(sheet, look, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", (middle, y + 40), 38)
        centred(sheet, look, "Độc lập - Tự do - Hạnh phúc", (middle, y + 90), 36)
        y += 110
    if look.mixed(22) < 0.25:
        write(
            sheet.printed,
            f"Mẫu HK{int(look.mixed(23) * 14) + 1:02d}",
            (look.margin, y + 36),
            30,
            look.press,
            sheet.stream,
        )
    size = 52 + 26 * look.mixed(24)
    title = look.chosen(form.titles, 1)
    ink = centred(sheet, look, title, (middle, y + size), size)
    sheet.headings.append(TrueBox("label", None, "title", title, ink, ink))
    return y + size * 1.6


def centred(sheet: Sheet, look: Look, text: str, at: tuple[float, float], size: float) -> Quad:
    """Print a line whose middle lies at `at`; the quad of its ink."""
    width = look.press.typeface.width(text, size)
    return write(sheet.printed, text, (at[0] - width / 2, at[1]), size, look.press, sheet.stream)


def lay_fields(sheet: Sheet, fields: Sequence[HeaderField], look: Look, person: Entry, y: float) -> float:
    """Print labels and write their values; where the last line ends."""
    height = max(70.0, look.clerk.size * (1.65 + 0.5 * look.mixed(25)))
    left, width = look.margin, sheet.width - 2 * look.margin
    for line, together in groupby(fields, key=lambda f: f.line):
        for field in together:
            bounds = (left + field.start * width, y + line * height, left + field.end * width, y + (line + 1) * height)
            lay_field(sheet, field, look, person.get(field.name, ""), bounds, None)
    return y + height * (1 + max((f.line for f in fields), default=-1)) + 24


def lay_field(sheet: Sheet, field: HeaderField, look: Look, text: str, bounds: Bounds, row: int | None) -> None:
    """One label and its value on its line; its box runs from the label's end to the field's."""
    left, top, right, bottom = bounds
    label = look.chosen(field.labels, int(field.start * 100) + field.line * 7)
    size = min(look.clerk.size * 0.95, (bottom - top) * 0.55)
    base = top + (bottom - top) * 0.68
    ink = write(sheet.printed, label, (left, base), size, look.press, sheet.stream)
    sheet.headings.append(TrueBox("label", row, field.name, label, ink, ink))
    begin = left + look.press.typeface.width(label, size) + 14
    if look.is_dotted:
        dotted(sheet.printed, base + 5, begin, right - 8, sheet.stream)
    box = TrueBox("header" if row is None else "cell", row, field.name, "", rectangle(begin, top, right, bottom))
    fill(sheet, Cell(box, "text"), text, look.clerk)


def print_foot(sheet: Sheet, look: Look, y: float) -> None:
    """Date, offices and names under the table, where there is room and the print has them."""
    room = sheet.height - look.margin - y
    if room < 320 or look.mixed(26) > 0.7:
        return
    for share, office in ((0.2, "CÁN BỘ ĐĂNG KÝ"), (0.78, "TRƯỞNG CÔNG AN XÃ")):
        at = sheet.width * share
        if share > 0.5:
            centred(sheet, look, "Ngày ..... tháng ..... năm ........", (at, y + 70), 32)
        centred(sheet, look, office, (at, y + 120), 34)
        centred(sheet, look, "(Ký, ghi rõ họ tên)", (at, y + 165), 28)
