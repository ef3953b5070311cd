import pytest

from schemas import messages
from transforms.word_meanings import hint, meanings


@pytest.mark.parametrize(
    ("text", "field", "labels"),
    [
        ("Thổ", "ethnic_group", {"Tày", "Khơ-me", "Thổ"}),
        ("Xá", "ethnic_group", {"Khơ-mú", "Kháng", "La Ha", "Xinh-mun", "La Hủ"}),
        ("con dau", "household", {"Con đẻ", "Con dâu"}),
        ("Kinh", "ethnic_group", {"Kinh"}),
        ("Sao Hỏa", "ethnic_group", set()),
    ],
)
def test_meanings_are_the_labels_of_all_codes(text: str, field: str, labels: set[str]) -> None:
    assert set(meanings(text, field)) == labels


def test_hints_help_and_do_not_decide() -> None:
    assert "Nghệ An" in hint("Thổ", "ethnic_group", "vi")
    assert "grandchild" in hint("CHÁU", "household", "en")
    assert hint("Sao Hỏa", "ethnic_group", "vi") == ""


def test_every_hint_speaks_of_an_ambiguous_word() -> None:
    for key in messages.catalogue("vi"):
        if key.startswith("hint.") and key != "hint.meanings":
            _, stem, word = key.split(".")
            written = {"paco": "Pa Cô", "condau": "con dau", "mien": "Miên", "man": "Mán", "tho": "Thổ", "xa": "Xá"}
            field = "household" if stem == "relation" else stem
            assert len(meanings(written.get(word, word), field)) > 0, key
