import pytest

from transforms.name_notes import (
    is_surname,
    names_nobody,
    other_name,
    says_dead,
    take_code,
    take_saint,
    take_title,
)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Ông Nguyễn Văn An", "Nguyễn Văn An"),
        ("Đ/c Lê Văn An", "Lê Văn An"),
        ("=Lê Văn An", "Lê Văn An"),
        ("Liệt sĩ Lê Văn An", "Lê Văn An"),
        ("Ong Nguyen Van An", "Nguyen Van An"),
        ("Ông Kim Long", "Ông Kim Long"),
        ("Ông Ích Khiêm", "Ông Ích Khiêm"),
        ("=SUM(A1)", "=SUM(A1)"),
        ("Cô Ba", "Cô Ba"),
    ],
)
def test_titles_stand_before_a_known_surname(text: str, rest: str) -> None:
    notes: list[str] = []
    assert take_title(text, notes) == rest
    assert bool(notes) == (text != rest)


def test_saints_are_other_names() -> None:
    notes: list[str] = []
    others: list[str] = []
    assert take_saint("Gioan Baotixita Phạm Văn Dũng", notes, others) == "Phạm Văn Dũng"
    assert others == ["Gioan Baotixita"]
    assert take_saint("An Thị Hoa", notes, others) == "An Thị Hoa"
    assert take_saint("Maria Lan", notes, others) == "Maria Lan"


@pytest.mark.parametrize(
    ("note", "name"),
    [("tức Sáu Lùn", "Sáu Lùn"), ("bí danh: Hồng", "Hồng"), ("chết", None), ("tức là", None), ("tên khác: 123", None)],
)
def test_other_names_in_notes(note: str, name: str | None) -> None:
    assert other_name(note) == name


@pytest.mark.parametrize("note", ["chết", "đã chết 1985", "mất năm 2001", "mất", "liệt sĩ", "mất tích", "da chet", "†"])
def test_notes_of_death(note: str) -> None:
    assert says_dead(note)


@pytest.mark.parametrize("note", ["chồng chết", "mất CMND", "đã chuyển đi", "vợ đã mất", "con nuôi", "nam"])
def test_notes_of_other_things(note: str) -> None:
    assert not says_dead(note)


@pytest.mark.parametrize("text", ["không tên", "con bà Lan", "Bé trai", "vô danh", "chưa đặt tên"])
def test_cells_that_name_nobody(text: str) -> None:
    assert names_nobody(text)


def test_code_is_cut_only_from_a_name() -> None:
    notes: list[str] = []
    assert take_code("<b>Lê Văn An</b>", notes) == "Lê Văn An"
    assert take_code("Lê Văn An'; DROP TABLE x;--", notes) == "Lê Văn An"
    assert len(notes) == 2
    for text in ("=cmd|' /C calc'!A0", "<script>alert(1)</script>", "Robert'); DROP TABLE x;--", "Lê Văn An"):
        assert take_code(text, notes) == text
    assert len(notes) == 2


def test_surnames_with_and_without_marks() -> None:
    assert is_surname("NGUYỄN")
    assert is_surname("nguyen")
    assert not is_surname("Nguyên")
