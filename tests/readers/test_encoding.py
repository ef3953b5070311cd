import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.legacy_text import BYTES
from readers import encoding
from readers.letters import (
    BKHCM1,
    BKHCM2,
    TCVN3,
    VISCII,
    VNI,
    VPS,
    from_bkhcm1,
    from_bkhcm2,
    from_tcvn3,
    from_viscii,
    from_vni,
    from_vps,
)
from tests.readers.files import csv_text, read_bytes, to_cp1258, to_tcvn3, to_viscii, to_vni

TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
ACCENTED = sorted(
    {unicodedata.normalize("NFC", v + t) for v in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY" for t in TONES} - set("aeiouyAEIOUY")
    | set("đĐ")
)
NAMES = (
    "Nguyễn Văn Bình", "Trần Thị Tuyết", "Lê Đức Thắng", "Phạm Hữu Phước", "Đỗ Thị Ngoãn", "Vũ Quỳnh Như",
    "Hoàng Mỹ Duyên", "Đặng Kiều Oanh", "Bùi Tấn Phát", "Huỳnh Ngọc Ẩn", "Ngô Thế Kỷ", "Dương Khởi Nghĩa",
)  # fmt: skip
WORDS = st.lists(st.sampled_from(" ".join(NAMES).split()), min_size=1, max_size=6).map(" ".join)


def test_there_are_134_accented_letters() -> None:
    assert len(ACCENTED) == 134


@pytest.mark.parametrize("letter", ACCENTED)
def test_every_letter_survives_every_old_encoding(letter: str) -> None:
    assert from_vni(to_vni(letter).decode("latin-1")) == letter
    assert from_viscii(to_viscii(letter).decode("latin-1")) == letter
    assert encoding.decode(to_cp1258(letter).decode("latin-1"), "cp1258") == letter
    assert from_vps(BYTES["vps"](letter)) == letter
    assert from_bkhcm2(BYTES["bkhcm2"](letter)) == letter
    assert from_bkhcm1(BYTES["bkhcm1"](letter)) in (letter, "\ufffd" if letter in "ỊỴỤẶ" else letter)
    assert from_tcvn3(to_tcvn3(letter).decode("latin-1")) in (letter, letter.lower())


def test_the_tables_are_one_to_one() -> None:
    assert len(set(TCVN3.values())) == len(TCVN3)
    assert len(set(VISCII.values())) == len(VISCII) == 134
    assert len(set(VPS.values())) == len(VPS) == 134
    assert len(set(VNI.values())) == len(set(BKHCM2.values())) == 134
    assert len(set(BKHCM1.values())) == len(BKHCM1) == 132


@pytest.mark.parametrize(
    ("code", "letter"),
    [(0xB5, "à"), (0xB8, "á"), (0xA2, "Â"), (0xAE, "đ"), (0xA7, "Đ"), (0xD5, "ế"), (0xF9, "ự"), (0xFE, "ỵ")],
)
def test_tcvn3_bytes_against_the_published_table(code: int, letter: str) -> None:
    assert TCVN3[code] == letter


@pytest.mark.parametrize(("code", "letter"), [(0x02, "Ẳ"), (0x1E, "Ỵ"), (0xD5, "ạ"), (0xF0, "đ"), (0xFF, "Ữ")])
def test_viscii_bytes_against_rfc_1456(code: int, letter: str) -> None:
    assert VISCII[code] == letter


@given(WORDS)
def test_text_of_a_clerk_comes_back_through_tcvn3_and_vni(text: str) -> None:
    assert encoding.decode(to_tcvn3(text).decode("latin-1"), "tcvn3").lower() == text.lower()
    assert encoding.decode(to_vni(text).decode("latin-1"), "vni") == text


@pytest.mark.parametrize(
    ("code", "letter"),
    [(0x02, "Ạ"), (0x19, "Ỵ"), (0x1C, "Ẫ"), (0x89, "ế"), (0xC6, "ậ"), (0xC7, "đ"), (0xF1, "Đ"), (0xFF, "ỳ")],
)
def test_vps_bytes_against_the_tables_of_its_converters(code: int, letter: str) -> None:
    assert VPS[code] == letter


@pytest.mark.parametrize(
    ("code", "letter"), [(0x7D, "Đ"), (0x80, "Á"), (0xBD, "đ"), (0xBE, "á"), (0xDC, "ặ"), (0xFF, "ỵ")]
)
def test_bkhcm1_bytes_against_the_tables_of_its_converters(code: int, letter: str) -> None:
    assert BKHCM1[code] == letter


def test_a_doubtful_byte_of_bkhcm1_is_the_letter_that_makes_a_syllable_or_none() -> None:
    assert encoding.decode(BYTES["bkhcm1"]("ĐẶNG THỊ NGUYỆT"), "bkhcm1") == "ĐẶNG THỊ NGUYỆT"
    assert encoding.decode(BYTES["bkhcm1"]("HỤP VĂN"), "bkhcm1") == "H\ufffdP VĂN"


@given(WORDS)
def test_capital_text_comes_back_from_a_capital_font(text: str) -> None:
    text = text.upper()
    assert encoding.decode(to_tcvn3(text).decode("latin-1"), "tcvn3", capitals=True) == text


@pytest.mark.parametrize(
    ("write", "name"), [(to_tcvn3, "tcvn3"), (to_vni, "vni"), (to_viscii, "viscii"), (to_cp1258, "cp1258")]
)
def test_the_words_say_the_encoding(write, name: str) -> None:  # type: ignore[no-untyped-def]
    words = encoding.words_of(write(n).decode("latin-1") for n in NAMES)

    assert encoding.judge_bytes(words).encoding == name
    assert encoding.judge_unicode(words).encoding == name


def test_plain_vietnamese_is_left_alone() -> None:
    assert encoding.judge_unicode(encoding.words_of(NAMES)).encoding == "utf-8"


def test_words_of_no_language_have_no_verdict() -> None:
    assert encoding.judge_bytes(encoding.words_of(["\xa4\xa6zzq", "q\xbfw\xd7x", "w\xb0\xb1q"])).encoding is None


@given(st.text(max_size=40), st.sampled_from(sorted(encoding.DECODERS)))
def test_no_text_breaks_a_decoder(text: str, name: str) -> None:
    assert isinstance(encoding.decode(text, name), str)


def test_text_that_passed_through_cp1252_is_the_same_bytes() -> None:
    through = to_viscii("Ạ Ằ Ặ Nguyễn").decode("cp1252")

    assert through.startswith("€ ‚ ƒ")
    assert encoding.decode(through, "viscii") == "Ạ Ằ Ặ Nguyễn"


@pytest.mark.parametrize(
    ("said", "known"),
    [("ABC", "tcvn3"), ("TCVN 3", "tcvn3"), ("UTF_8", "utf-8"), ("Windows-1258", "cp1258"), ("x", None)],
)
def test_names_that_people_give_encodings(said: str, known: str | None) -> None:
    assert encoding.known_name(said) == known


@pytest.mark.parametrize("name", sorted(BYTES))
@pytest.mark.parametrize("where", ["start", "end"])
def test_letters_that_look_like_blanks_or_controls_survive_a_file(tmp_path: Path, name: str, where: str) -> None:
    letters = [c for c in ACCENTED if c.isupper() and not (name == "bkhcm1" and c in "ỊỴỤẶĐẤÝỲỶỸ")]
    cells = [(f"{c}N VĂN AN" if where == "start" else f"LÊ THỊ H{c}") for c in letters]
    people = [(str(n), c, "05/03/1960", "Nam") for n, c in enumerate(cells)]
    people += [(str(n), c.upper(), "05/03/1960", "Nam") for n, c in enumerate(NAMES * 3, 200)]
    text = csv_text(people, ("STT", "Họ và tên", "Ngày sinh", "Giới tính"))
    read = read_bytes(tmp_path, BYTES[name](text).encode("latin-1"))

    found = read.column("full_name_raw")[: len(cells)]
    waiting = {line for line, rule in read.rules if rule == "row.encoding_unclear"}
    wrong = {n + 2 for n, (f, c) in enumerate(zip(found, cells, strict=True)) if (f or "").upper() != c}
    assert wrong <= waiting
    assert len(waiting) < 5


def test_a_cell_of_millions_of_letters_is_no_word() -> None:
    assert encoding.odd_words("ạ" * 8_000_000 + " Nguyễn") == ["Nguyễn"]
