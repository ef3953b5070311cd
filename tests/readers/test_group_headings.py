"""Upper headings over several columns, cut apart where the columns are."""

from readers.forms import known_form, load_forms
from readers.group_headings import levels_of
from readers.learned_forms import settle_form

FORM = known_form("register_two_levels")
READ = (
    ["Số TT"], ["Họ tên nhân khẩu"], ["Ngày, thán", "Nam"], ["g. năm sinh", "Nữ"], ["Quan hệ với", "chủ hộ"],
    ["Nguyên quán"], ["Dân tộc"], ["Chưng mir", "Số"], ["h nhân dân", "", "Ngày cấp"], ["Nghề nghiệp"],
    ["Đăng ký nhập", "Nơi ở trước khi chuyển đến"], ["Ngày đến"],
)  # fmt: skip


def test_words_over_two_columns_are_put_together_and_stand_over_both() -> None:
    upper, lower = levels_of(READ, load_forms())
    assert upper[2:4] == ["Ngày, tháng, năm sinh"] * 2
    assert lower[2:4] == ["Nam", "Nữ"]
    assert (upper[7], lower[8]) == ("Chứng minh nhân dân", "Ngày cấp")
    assert (upper[4], lower[4]) == ("Quan hệ với chủ hộ", None), "a heading of one level in two lines stays whole"
    assert lower[10:] == ["Nơi ở trước khi chuyển đến", "Ngày đến"]


def test_the_form_is_known_by_them() -> None:
    form = settle_form(load_forms(), levels_of(READ, load_forms()), [c.share for c in FORM.columns])
    assert form is not None
    assert [c.name for c in form.columns] == [c.name for c in FORM.columns]


def test_headings_of_one_level_stay_as_they_are() -> None:
    plain = [["STT"], ["Họ và", "tên"], [], ["Quê quán"]]
    assert levels_of(plain, load_forms()) == [["STT", "Họ và tên", None, "Quê quán"]]


def test_other_words_over_columns_are_not_taken_for_those_of_the_form() -> None:
    other = [*READ[:2], ["Nghĩa vụ", "Nam"], ["quân sự", "Nữ"], *READ[4:]]
    upper, lower = levels_of(other, load_forms())
    assert upper[2] == "Nghĩa vụ Nam"
    assert lower[2] is None


def test_two_columns_of_any_register_may_stand_under_one_heading() -> None:
    read = [["Họ tên"], ["Năm s", "Nam"], ["inh", "Nữ"], ["Quê quán"], ["Ghi chú"]]
    upper, lower = levels_of(read, load_forms())
    assert (upper[1], lower[1], upper[2], lower[2]) == ("Năm sinh", "Nam", "Năm sinh", "Nữ")
    form = settle_form(load_forms(), [upper, lower], [0.3, 0.1, 0.1, 0.3, 0.2])
    assert form is not None
    assert [c.name for c in form.columns][1:3] == ["birth_date_raw/male", "birth_date_raw/female"]
