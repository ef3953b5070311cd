"""Passwords: argon2id, one form of Vietnamese letters, re-hashed when parameters change, no answer without a hash."""

import unicodedata

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from pipeline import passwords
from schemas.errors import UsageError

SAID = "Một câu dài dễ nhớ"


def test_a_hash_is_argon2id_of_64_mebibytes_and_takes_its_password_alone() -> None:
    kept = passwords.hashed(SAID)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.verified(unicodedata.normalize("NFD", SAID), kept) == (True, None)
    assert passwords.verified(SAID + "x", kept) == (False, None)
    assert passwords.hashed(SAID) != kept


def test_a_hash_of_other_parameters_is_made_anew() -> None:
    is_right, anew = passwords.verified(SAID, Argon2Hasher(1, 64, 1).hash(unicodedata.normalize("NFKC", SAID)))
    assert is_right
    assert anew is not None
    assert anew.startswith("$argon2id$v=19$m=65536")


def test_without_a_hash_nothing_is_right() -> None:
    assert passwords.verified("", "") == (False, None)
    assert passwords.verified("x" * 10_000, "") == (False, None)


@pytest.mark.parametrize(
    ("new", "code"),
    [
        ("ngắn quá", "password.length"), ("x" * 129, "password.length"), ("aaaaaaaaaaaa", "password.guessable"),
        ("nga.nga.nga.nga", "password.guessable"), ("MatKhau123456!", "password.guessable"),
        ("123456123456", "password.guessable"), ("Sohoa-Vietnam-1", "password.guessable"),
        ("anh yêu em 1990", "password.common"), ("football12345", "password.common"),
    ],
)  # fmt: skip
def test_what_is_short_or_guessable_is_refused(new: str, code: str) -> None:
    with pytest.raises(UsageError) as error:
        passwords.demand_good(new, "nga")
    assert error.value.code == code


@pytest.mark.parametrize("new", [SAID, "correct horse battery", "8fJ2-kQ9x-Lm3p-Zt7w"])
def test_a_sentence_and_random_letters_are_good(new: str) -> None:
    passwords.demand_good(new, "nga")
    with pytest.raises(UsageError, match=r"password\.same"):
        passwords.demand_new(new, unicodedata.normalize("NFD", new), "nga")


def test_temporary_passwords_are_never_the_same_and_easily_read_out() -> None:
    made = {passwords.temporary() for _ in range(200)}
    assert len(made) == 200
    assert {len(each) for each in made} == {19}
    assert set("".join(made)) <= set("abcdefghjkmnpqrstuvwxyz23456789-")
