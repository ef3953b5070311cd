"""Passwords as argon2id hashes, and what a new one must be; the only import of pwdlib."""

import secrets
import unicodedata
from functools import cache
from threading import BoundedSemaphore

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from pipeline import guessable
from schemas.errors import UsageError

SHORTEST, LONGEST = 12, 128
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_COMMON = ("password", "matkhau", "123456", "qwerty", "abcdef", "sohokhau", "sohoa", "admin", "vietnam", "111111")
_PLACES = BoundedSemaphore(2)
"""A hash takes 64 MiB and a tenth of a second of all cores: many at once would take the machine."""


def hashed(password: str) -> str:
    """The hash of a password, argon2id with the parameters of today."""
    with _PLACES:
        return _hasher().hash(_one_form(password))


def verified(password: str, password_hash: str) -> tuple[bool, str | None]:
    """Is this the password, and its hash anew where the old one was made with other parameters.

    Without a hash (no such account) the same time is spent for the answer no.
    """
    if len(password) > LONGEST:
        password = ""
    with _PLACES:
        if not password_hash:
            _hasher().verify(_one_form(password), _nobodys())
            return False, None
        return _hasher().verify_and_update(_one_form(password), password_hash)


def demand_good(password: str, name: str) -> None:
    """Refuse a new password that is short or easily guessed.

    Raises:
        UsageError: password.length; password.guessable: it is made of the name, a common word or a few letters;
            password.common: it is among those that guessers try first (`pipeline.guessable`).
    """
    if not SHORTEST <= len(_one_form(password)) <= LONGEST:
        raise UsageError("password.length", limit=f"{SHORTEST}-{LONGEST}")
    plain = "".join(c for c in unicodedata.normalize("NFKD", password).casefold() if c.isalnum())
    rest = plain.replace(name.casefold(), "")
    for word in _COMMON:
        rest = rest.replace(word, "")
    if len(set(rest)) < SHORTEST // 2:
        raise UsageError("password.guessable")
    if guessable.is_guessable(_one_form(password), (name,)):
        raise UsageError("password.common")


def demand_new(old: str, new: str, name: str) -> None:
    """Refuse a new password that is none, or not good. Raises UsageError password.same, and as `demand_good`."""
    if _one_form(old) == _one_form(new):
        raise UsageError("password.same")
    demand_good(new, name)


def temporary() -> str:
    """A password to be handed over once and changed at the first sign-in: 16 letters and digits in groups of four."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def _one_form(password: str) -> str:
    """Telex, a composed keyboard and a phone write one Vietnamese letter in several ways."""
    return unicodedata.normalize("NFKC", password)


@cache
def _hasher() -> PasswordHash:
    return PasswordHash((Argon2Hasher(),))


@cache
def _nobodys() -> str:
    return _hasher().hash(secrets.token_urlsafe(32))
