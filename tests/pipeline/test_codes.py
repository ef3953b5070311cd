"""Codes: those of a minute around now and no others; what is no code is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import codes

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def test_the_codes_of_rfc_6238() -> None:
    assert [codes.code_at(SECRET, s) for s in (59, 1111111109, 1234567890)] == ["287082", "081804", "005924"]


@given(st.integers(30, 2**33), st.integers(-90, 90))
def test_a_code_is_taken_one_step_early_or_late_and_tells_its_step(now: int, off: int) -> None:
    then = max(0, now + off)
    found = codes.step_of(codes.code_at(SECRET, then), SECRET, now)
    if abs(then // 30 - now // 30) <= 1:
        assert found is not None
        assert codes.code_at(SECRET, found * 30) == codes.code_at(SECRET, then)
    else:
        assert found is None or abs(found - now // 30) <= 1


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "１２３４５６", "0" * 50, "28708２"])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert codes.step_of(typed, SECRET, 59) is None


def test_spaces_do_not_matter() -> None:
    assert codes.step_of(" 287 082 ", SECRET, 59) == 1


def test_a_secret_is_known_by_its_shape() -> None:
    assert codes.is_secret(codes.new_secret())
    assert not codes.is_secret("x" * 32)
    assert not codes.is_secret(codes.new_secret() + "A")
    assert codes.address(SECRET, "nga") == f"otpauth://totp/sohoa:nga?secret={SECRET}&issuer=sohoa"
