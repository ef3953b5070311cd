"""Forms are read from files, and a wrong file is told with its place."""

import pytest

from readers.forms import KINDS, form_texts, known_form, load_forms, parse_form
from readers.heading_words import meanings
from schemas.errors import UsageError
from schemas.tables import RAW_COLUMNS

FORMS = load_forms()
SMALL = 'titles: SỔ\ncolumns:\n  - {name: full_name_raw, width: 3, headings: "Họ tên"}\n'


def test_the_forms_of_the_package():
    wanted = {"household_register", "household_register_10", "household_book_member", "register_1980s", "register"}
    assert wanted <= {f.form_id for f in FORMS}
    assert len(known_form("household_register").columns) == 12
    assert len(known_form("household_register_10").columns) == 10
    assert known_form("household_book_member").layout == "blocks"
    assert {f.landscape for f in FORMS} == {True, False}


@pytest.mark.parametrize("form", FORMS, ids=lambda f: f.form_id)
def test_a_form_of_the_package_hangs_together(form):
    if form.columns:
        assert sum(c.share for c in form.columns) == pytest.approx(1)
    for entry in (*form.columns, *form.header, *form.block):
        assert form.kind_of(entry.name) in KINDS
        assert not entry.name.endswith("_raw") or entry.name in RAW_COLUMNS
    for field in (*form.header, *form.block):
        assert 0 <= field.start < field.end <= 1


@pytest.mark.parametrize("form", [f for f in FORMS if f.columns], ids=lambda f: f.form_id)
def test_the_first_heading_of_a_raw_column_is_known_to_the_word_lists(form):
    for column in form.columns:
        if column.raw_column is not None and not column.part:
            whole = " ".join((*column.group[:1], column.headings[0]))
            assert column.raw_column in {m.raw_column for m in (*meanings(whole), *meanings(column.headings[0]))}


def test_parts_of_a_value_stand_behind_a_slash():
    columns = {c.name: c for c in known_form("register_two_levels").columns}
    assert (columns["birth_date_raw/male"].raw_column, columns["birth_date_raw/male"].part) == (
        "birth_date_raw",
        "male",
    )
    assert columns["birth_date_raw/male"].kind == "date"
    assert (columns["previous_residence"].raw_column, columns["previous_residence"].part) == (None, "")


def test_a_small_form_needs_three_lines():
    form = parse_form("small", SMALL)
    assert (form.columns[0].kind, form.columns[0].share, form.titles) == ("name", 1.0, ("SỔ",))


def test_a_folder_adds_forms_and_replaces_ours(tmp_path):
    (tmp_path / "of_our_town.yml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "register.yml").write_text(SMALL, encoding="utf-8-sig")
    forms = {f.form_id: f for f in load_forms(tmp_path)}
    assert set(forms) == {f.form_id for f in FORMS} | {"of_our_town"}
    assert len(forms["register"].columns) == 1


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[]", "-"),
        ("titles: A", "columns"),
        ("titles: A\nlayout: blocks", "block"),
        ("titles: A\nlayout: round\n", "layout"),
        (SMALL + "colour: red", "colour"),
        (SMALL + "rows: [3]", "rows"),
        (SMALL + "rows: [3, 2]", "rows"),
        (SMALL + "landscape: 3", "landscape"),
        (SMALL + "header: {left: []}", "header.left"),
        (SMALL + "header: {above: [[{name: a, labels: x, from: 50, to: 20}]]}", "header.above.1.1.to"),
        (SMALL + "header: {above: [{name: a}]}", "header.above.1"),
        (SMALL.replace("width: 3", "width: wide"), "columns.1.width"),
        (SMALL.replace("width: 3", "width: 3, kind: money"), "columns.1.kind"),
        (SMALL.replace('"Họ tên"', "[]"), "columns.1.headings"),
        (SMALL.replace("name: full_name_raw", "name: 7"), "columns.1.name"),
        (SMALL + '  - {name: full_name_raw, width: 3, headings: "Họ tên"}\n', "full_name_raw"),
    ],
)
def test_a_wrong_entry_is_told_with_its_place(text, place):
    with pytest.raises(UsageError) as caught:
        parse_form("mine", text)
    assert caught.value.code == "forms.wrong"
    assert caught.value.details == {"file": "mine", "place": place}


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"x" * 300_000])
def test_a_file_that_cannot_be_read(tmp_path, content):
    (tmp_path / "mine.yml").write_bytes(content)
    with pytest.raises(UsageError, match=r"forms\.unreadable"):
        load_forms(tmp_path)


@pytest.mark.parametrize("text", ["a: [", "a: b: c", "!!python/object:os.system {}", "\x00"])
def test_a_file_that_is_no_yaml(text):
    with pytest.raises(UsageError, match=r"forms\.no_yaml"):
        parse_form("mine", text)


def test_a_folder_that_is_none_is_told(tmp_path):
    assert form_texts(None) == ()
    with pytest.raises(UsageError) as error:
        form_texts(tmp_path / "nowhere")
    assert error.value.code == "forms.unreadable"
