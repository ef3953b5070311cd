"""Lays a form of labelled blocks on a sheet: one block a person, one below the other."""

from collections.abc import Sequence

from data_samples.pages.look import Look
from data_samples.pages.pen import write
from data_samples.pages.printing import lay_field, lay_fields, print_title
from data_samples.pages.rosters import Entry
from data_samples.pages.rules import rule
from data_samples.pages.sheet import Sheet
from readers.forms import Form


def lay_blocks(sheet: Sheet, form: Form, look: Look, people: Sequence[Entry]) -> None:
    """Print the form and fill it; the people that do not fit are left out."""
    y = print_title(sheet, form, look, look.margin)
    y = lay_fields(sheet, [f for f in form.header if f.place == "above"], look, people[0], y)
    lines = 1 + max(f.line for f in form.block)
    has_signatures = look.mixed(41) < 0.6
    count = min(form.rows[1], form.rows[0] + int(look.mixed(42) * (form.rows[1] - form.rows[0] + 1)))
    whole = (sheet.height - look.margin - y) / count
    height = whole / (lines + (2.6 if has_signatures else 0.9))
    left, width = look.margin, sheet.width - 2 * look.margin
    for row in range(count):
        top = y + row * whole + height * 0.3
        person: Entry = people[row] if row < len(people) else {}
        if look.mixed(43) < 0.5:
            rule(
                sheet.rules, ((left, top - height * 0.2), (left + width, top - height * 0.2)), look.rules, sheet.stream
            )
        for field in form.block:
            bounds = (left + field.start * width, top + field.line * height, left + field.end * width,
                      top + (field.line + 1) * height)  # fmt: skip
            lay_field(sheet, field, look, person.get(field.name, ""), bounds, row)
        if has_signatures:
            _print_signatures(sheet, look, top + lines * height, height)


def _print_signatures(sheet: Sheet, look: Look, y: float, height: float) -> None:
    size = min(height * 0.42, 30.0)
    for share, text in ((0.12, "CÁN BỘ ĐĂNG KÝ"), (0.55, "Ngày ..... tháng ..... năm ........   TRƯỞNG CÔNG AN")):
        write(sheet.printed, text, (sheet.width * share, y + height * 0.7), size, look.press, sheet.stream)
