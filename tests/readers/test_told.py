"""Decisions of people: what a heading means, in which encoding a column is."""

from pathlib import Path

import pytest

from benchmarks.legacy_text import BYTES, IN_UNICODE
from readers.told import meaning_of
from schemas.decisions import Decision
from tests.readers.files import HEADINGS, PEOPLE, csv_text, read_bytes, to_tcvn3, to_vni

NAMES = tuple(p[1] for p in PEOPLE)


@pytest.mark.parametrize(
    ("said", "raw", "part"),
    [("full_name", "full_name_raw", ""), ("birth_date.year", "birth_date_raw", "year"), ("sex.male", "sex_raw", "male"),
     ("father_name", "father_name_raw", ""), ("household", "household_id_raw", ""), ("aside", "other_raw", ""),
     ("Serial", "serial_raw", "")],
)  # fmt: skip
def test_what_people_may_name(said: str, raw: str, part: str) -> None:
    found = meaning_of(said)
    assert found is not None
    assert found.role == (raw, part)


@pytest.mark.parametrize("said", ["", "name?", "full_name.year", "birth_date.", "x.y"])
def test_what_nobody_means(said: str) -> None:
    assert meaning_of(said) is None or said == "birth_date."


def test_a_heading_that_nobody_knows_is_explained(tmp_path: Path) -> None:
    content = csv_text(headings=("STT", "Cột X", *HEADINGS[2:])).encode()
    assert read_bytes(tmp_path, content).code == "header.missing_required"

    read = read_bytes(tmp_path, content, decisions=[Decision("heading", "cot x", "full_name", "remembered")])
    assert read.column("full_name_raw") == list(NAMES)
    assert ("decision.used", "Cột X", "full_name (remembered)") in found_notes(read)
    assert [c.confidence for c in read.reading.columns if c.heading == "Cột X"] == [1.0]


def test_a_person_is_believed_before_the_words(tmp_path: Path) -> None:
    said = [Decision("heading", "que quan", "permanent_residence"), Decision("heading", "dan toc", "aside")]
    read = read_bytes(tmp_path, csv_text().encode(), decisions=said)

    assert read.column("permanent_residence_raw") == [p[5] for p in PEOPLE]
    assert read.column("ethnic_group_raw") == [None] * len(PEOPLE)


def test_a_decision_that_meets_no_column_is_told(tmp_path: Path) -> None:
    read = read_bytes(tmp_path, csv_text().encode(), decisions=[Decision("heading", "cot y", "full_name")])
    assert ("decision.unused", "cot y", "full_name") in found_notes(read)


def test_an_encoding_of_one_column(tmp_path: Path) -> None:
    lines = [to_tcvn3(csv_text(()))[:-1]]
    lines += [
        b",".join(to_vni(c) if at == 1 else to_tcvn3(c.replace(",", " ")) for at, c in enumerate(p)) for p in PEOPLE
    ]
    content = b"\n".join(lines)
    said = Decision("encoding", "full_name", "vni")

    assert read_bytes(tmp_path, content, decisions=[said]).column("full_name_raw") == list(NAMES)
    wrong = read_bytes(tmp_path, content, decisions=[Decision("encoding", "full_name", "viscii")])
    assert "decision.contradicted" in wrong.notes


def test_a_remembered_encoding_answers_a_question_and_no_more(tmp_path: Path) -> None:
    hint = Decision("encoding", "", "vps", "remembered")
    two = [("1", "Lê Văn Hồ", "1/1/1960", "Nam"), ("2", "Mã Hạ", "1/1/1961", "Nam")]
    asked = csv_text(two, ("STT", "Ho ten", "Ngay sinh", "Gioi tinh"))
    as_vps = "".join(BYTES["vps"](c) for c in asked).encode("latin-1")
    read = read_bytes(tmp_path, as_vps, decisions=[hint])
    assert read.column("full_name_raw") == ["Lê Văn Hồ", "Mã Hạ"]

    clear = read_bytes(tmp_path, to_tcvn3(csv_text()), decisions=[hint])
    assert clear.reading.encoding == "tcvn3"
    assert read_bytes(tmp_path, csv_text().encode(), decisions=[hint]).people == list(PEOPLE)


def test_an_option_that_contradicts_the_file_is_followed_and_told(tmp_path: Path) -> None:
    read = read_bytes(tmp_path, to_tcvn3(csv_text()), encoding="viscii")
    assert {"decision.used", "decision.contradicted"} <= read.notes
    assert "decision.contradicted" not in read_bytes(tmp_path, to_tcvn3(csv_text()), encoding="tcvn3").notes


@pytest.mark.parametrize("way", ["telex", "vni-typed", "viqr"])
def test_a_way_of_typing_may_be_named(tmp_path: Path, way: str) -> None:
    rows = [[IN_UNICODE[way](c) for c in row] for row in (HEADINGS, *(p[:5] for p in PEOPLE[:2]))]
    read = read_bytes(tmp_path, csv_text(rows[1:], rows[0][:5]).encode(), encoding=way)
    assert read.column("full_name_raw") == list(NAMES[:2])


def test_an_answer_settles_what_keys_left_in_doubt(tmp_path: Path) -> None:
    names = ["Nguyeenx Vawn Bas", "Traanf Thij Hoaf", "Leej Quoocs Huwng", "DDoox Thij Myx", "Thachj Ros"]
    content = csv_text([(str(n), name, "1/1/1960", "Nam") for n, name in enumerate(names)], HEADINGS[:4]).encode()

    assert [rule for _, rule in read_bytes(tmp_path, content).rules] == ["row.encoding_unclear"]
    for value, last in (("telex", "Thạch Ró"), ("utf-8", "Thachj Ros")):
        said = Decision("encoding", "full_name", value, "remembered")
        read = read_bytes(tmp_path, content, decisions=[said])
        assert read.column("full_name_raw")[-1] == last
        assert not {rule for _, rule in read.rules}


def found_notes(read) -> set[tuple[str, str | None, str]]:  # type: ignore[no-untyped-def]
    return {(f.rule_id, f.column, f.detail) for f in read.reading.findings}
