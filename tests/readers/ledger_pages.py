"""Ruled ledger pages as an office program prints them: rows as high as their writing, lines between households."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from readers.pages import Picture
from tests.readers.written import font

WIDTHS = (110, 420, 250, 140, 260, 520)
HEADINGS = ("STT", "Họ và tên", "Ngày sinh", "Giới tính", "Quan hệ với chủ hộ", "Quê quán")
_LEFT, _TOP, _LINE, _PAD = 110, 300, 40, 14
Row = Sequence[str] | str
"""A text for each column, lines parted by a line feed; or one text as wide as the table."""


def person(number: int, place: str = "Kiến Xương, Thái Bình") -> tuple[str, ...]:
    """A row of the table."""
    names = ("Trần Văn Bình", "Lê Thị Hoa", "Trần Minh Phúc", "Trần Thị Lan", "Phạm Văn Sơn", "Trần Ngọc Yến")
    relations = ("Chủ hộ", "Vợ", "Con", "Con", "Cháu", "Con")
    sexes = ("Nam", "Nữ", "Nam", "Nữ", "Nam", "Nữ")
    at = (number - 1) % 6
    return str(number), names[at], f"{number:02d}/03/19{50 + number}", sexes[at], relations[at], place


def page(
    rows: Sequence[Row], headings: Sequence[str] = HEADINGS, upright: Sequence[int] = (), top: bool = False
) -> Picture:
    """A page with that table. `upright`: columns whose heading is printed from below; `top`: cells begin at the top."""
    heights = [190 if upright else 110, *(_height(row) for row in rows)]
    size = (2 * _LEFT + sum(WIDTHS), _TOP + sum(heights) + 300)
    sheet = Image.new("L", size, 250)
    pen = ImageDraw.Draw(sheet)
    pen.text((_LEFT + 400, 90), "SỔ ĐĂNG KÝ HỘ KHẨU", font=font(44), fill=25)
    y = _TOP
    for number, (row, height) in enumerate(zip((headings, *rows), heights, strict=True)):
        widths = (sum(WIDTHS),) if isinstance(row, str) else WIDTHS
        x = _LEFT
        for column, (text, width) in enumerate(zip((row,) if isinstance(row, str) else row, widths, strict=True)):
            pen.rectangle((x, y, x + width, y + height), outline=40, width=2)
            stands = number == 0 and column in upright
            _write(sheet, text, (x, y, width, height), stands, top and number > 0)
            x += width
        y += height
    return np.asarray(sheet, np.uint8).copy()


def without_line_under(picture: Picture, rows: Sequence[Row], number: int) -> Picture:
    """The page with the line under that row worn away; the writing stays."""
    y = _TOP + 110 + sum(_height(row) for row in rows[: number + 1])
    x, gone = _LEFT, picture.copy()
    for width in WIDTHS:
        gone[y - 3 : y + 4, x + 5 : x + width - 4] = 250
        x += width
    return gone


def _height(row: Row) -> int:
    lines = 1 if isinstance(row, str) else max(text.count("\n") + 1 for text in row)
    return lines * _LINE + 2 * _PAD


def _write(sheet: Image.Image, text: str, box: tuple[int, int, int, int], stands: bool, top: bool) -> None:
    x, y, width, height = box
    lines = text.split("\n")
    piece = Image.new("L", (int(max(font(28).getlength(line) for line in lines)) + 4, len(lines) * _LINE), 250)
    for number, line in enumerate(lines):
        ImageDraw.Draw(piece).text((1, number * _LINE), line, font=font(28), fill=25)
    piece = piece.rotate(90, expand=True) if stands else piece
    down = _PAD if top else (height - piece.height) // 2
    sheet.paste(piece, (x + (max(8, (width - piece.width) // 2) if stands else 12), y + down))
