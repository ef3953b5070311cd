import cv2
import numpy as np

from readers.forms import known_form
from readers.page_header import header_bounds
from readers.page_rules import Family, Rules


def test_lines_of_writing_are_counted_from_the_table() -> None:
    form = known_form("household_register")
    dark = np.zeros((700, 1300), np.uint8)
    count = 1 + max(f.line for f in form.header)
    bases = [300 - 50 * (count - line) for line in range(count)]
    for base in (60, *bases):
        cv2.putText(dark, "Ho va ten chu ho", (60, base), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 200, 2)
    dark[320:650, 50:1250] = 0
    dark[320:324, 50:1250] = 200
    family = Family(np.zeros(1), np.ones(1), np.zeros((1, 40)), np.ones(1, dtype=bool), np.zeros((2, 2), dtype=bool))
    rules = Rules(family, family, (50.0, 1250.0), (320.0, 650.0))
    cv2.putText(dark, "An", (80, 400), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 200, 2)
    for field, (left, top, right, bottom) in header_bounds(form, dark, rules, (50.0, 1250.0)):
        assert top < bases[field.line] - 16 < bases[field.line] < bottom, field.name
        assert 50 <= left < right <= 1250
