import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_samples import spelling

NAMES = st.lists(st.sampled_from(["Nguyễn", "Đức", "Thị", "Hòa", "Y", "H'Bia", "Mlô", "Thuý", "LAN"]), min_size=1).map(
    " ".join
)


@pytest.mark.parametrize(
    ("change", "u", "text", "typed"),
    [
        (spelling.without_marks, 0, "Nguyễn Đức Hòa", "Nguyen Duc Hoa"),
        (spelling.without_marks, 0, "Ayŭn H'Brin", "Ayun H'Brin"),
        (spelling.retoned, 0, "Lê Hòa", "Lê Hoà"),
        (spelling.retoned, 0, "Lê Hoà", "Lê Hòa"),
        (spelling.retoned, 0, "Lê Thúy", "Lê Thuý"),
        (spelling.retoned, 0, "Lê Quý", "Lê Quý"),
        (spelling.retoned, 0, "Lê Toàn", "Lê Toàn"),
        (spelling.telex, 0.0, "Nguyễn Lan", "Nguyeenx Lan"),
        (spelling.telex, 0.0, "Đặng Lan", "DDawngj Lan"),
        (spelling.telex, 0.0, "NGUYỄN LAN", "NGUYEENX LAN"),
        (spelling.telex, 0.5, "Hoa Lan", "Hoa Lan"),
        (spelling.d_for_d, 0, "Đỗ Đức", "Dỗ Dức"),
        (spelling.i_for_y, 0, "Lê Mỹ Thuý", "Lê Mĩ Thuý"),
        (spelling.i_for_y, 0, "Lê Quý", "Lê Quí"),
        (spelling.as_spoken, 0.1, "Lê Dũng", "Lê Dủng"),
        (spelling.as_spoken, 0.9, "Lê Trang", "Lê Chang"),
        (spelling.without_middle, 0, "Nguyễn Thị Lan", "Nguyễn Lan"),
        (spelling.without_middle, 0, "Y Thơm Niê", "Y Thơm Niê"),
        (spelling.initials, 0.9, "Nguyễn Thị Kim Lan", "Nguyễn T. K. Lan"),
        (spelling.initials, 0.1, "Nguyễn Thị Lan", "Ng. Thị Lan"),
        (spelling.initials, 0.9, "Nguyễn Lan", "Nguyễn Lan"),
        (spelling.short_address, 0, "Số 4 phố Huế, phường Láng, quận Đống Đa", "4 phố Huế, P.Láng, Q.Đống Đa"),
        (spelling.wrong_digit, 0.0, "001090012345", "001090012346"),
        (spelling.wrong_digit, 0.5, "", ""),
    ],
)
def test_slips(change, u, text, typed):
    assert change(text, u) == typed


@given(NAMES, st.floats(0, 1, exclude_max=True))
def test_a_typing_error_leaves_a_name_of_as_many_words(name, u):
    for change in (spelling.mistyped, spelling.telex, spelling.as_spoken, spelling.i_for_y):
        typed = change(name, u)
        assert len(typed.split(" ")) == len(name.split(" "))
        assert all(typed.split(" "))


@given(st.integers(0, 10**12 - 1), st.floats(0, 1, exclude_max=True))
def test_a_wrong_digit_is_one_digit_among_the_last_six(number, u):
    right = f"{number:012d}"
    wrong = spelling.wrong_digit(right, u)
    assert [a != b for a, b in zip(right, wrong, strict=True)].count(True) == 1
    assert wrong[:6] == right[:6]
