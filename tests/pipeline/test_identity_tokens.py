"""Tokens: whatever text comes is refused in one way, or a key is asked for; the rest is tried over real HTTP."""

import contextlib

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from pipeline.identity_tokens import Expected, KeyUnknownError, claims
from schemas.errors import UsageError

_KEY = rsa.generate_private_key(65537, 2048)
_TOLD = {**jwt.get_algorithm_by_name("RS256").to_jwk(_KEY.public_key(), as_dict=True), "kid": "a"}  # type: ignore[call-overload]
_EXPECTED = Expected("https://id", "us", "n", 1000.0)


@given(st.text() | st.from_regex(r"[\w-]*\.[\w-]*\.[\w-]*", fullmatch=True))
def test_law_any_text_is_refused(token: str) -> None:
    with pytest.raises(UsageError, match=r"identity\.refused"), contextlib.suppress(KeyUnknownError):
        claims(token, [_TOLD], _EXPECTED)
        raise AssertionError


@pytest.mark.parametrize("keys", [[], [{**_TOLD, "use": "enc"}], [{**_TOLD, "kid": "b"}], [_TOLD, _TOLD], [{}]])
def test_a_key_that_is_not_there_or_not_the_only_one_is_asked_for(keys: list[dict[str, str]]) -> None:
    token = jwt.encode({"sub": "s"}, _KEY, "RS256", headers={"kid": "a"})
    with pytest.raises(KeyUnknownError):
        claims(token, keys, _EXPECTED)
