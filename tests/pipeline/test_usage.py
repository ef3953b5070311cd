"""The usual slips of typing, told in Vietnamese first."""

import pytest

from pipeline.usage import complaint
from schemas.messages import LANGUAGES


@pytest.mark.parametrize(
    ("said", "vi"),
    [
        ("Missing option '--province'.", "Thiếu tùy chọn --province."),
        ("Missing argument 'PATHS...'.", "Thiếu PATHS...."),
        ("Missing command.", "Thiếu tên lệnh."),
        ("No such option: --provinc (Possible options: --province)", "Không có tùy chọn --provinc."),
        ("No such command 'nothing'.", "Không có lệnh nothing."),
        ("No such command 'rn'. Did you mean 'run'?", "Không có lệnh rn."),
        ("Invalid value for '--out': 'x' is a file.", "Giá trị của --out không hợp lệ: 'x' is a file."),
        ("Got unexpected extra argument(s) (a b)", "Thừa a b."),
        ("Option '--office' requires an argument.", "Tùy chọn --office cần một giá trị."),
        ("Option '--json' does not take a value.", "Tùy chọn --json không nhận giá trị."),
        ("Something else {odd}", "Lệnh chưa đúng: Something else {odd}"),
    ],
)
def test_each_complaint_has_words(said: str, vi: str) -> None:
    assert complaint(said, "vi") == vi
    assert complaint(said, "en") != vi
    assert all("{name}" not in complaint(said, language) for language in LANGUAGES)
