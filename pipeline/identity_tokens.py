"""Tokens of an identity provider: signed by one of its keys, meant for us, fresh, answering our question; the only jwt.

Source: OpenID Connect Core 1.0, 3.1.3.7. Only signatures by a pair of keys are taken: neither none nor a shared secret.
"""

import hmac
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from schemas.errors import UsageError

_LOG = logging.getLogger(__name__)
_KEY_TYPES: Mapping[str, str] = {
    "RS256": "RSA", "RS384": "RSA", "RS512": "RSA", "PS256": "RSA", "PS384": "RSA", "PS512": "RSA", "ES256": "EC",
    "ES384": "EC", "EdDSA": "OKP",
}  # fmt: skip
_SHORTEST_RSA = 2048
_LEEWAY_SECONDS = 60
_OLDEST_SECONDS = 600
_NEEDED = ["exp", "iat", "iss", "aud", "sub", "nonce"]


class KeyUnknownError(Exception):
    """No key of the set is the one that signed: the provider may have changed its keys."""


@dataclass(frozen=True)
class Expected:
    """What a token has to say: by whom it is, for which client, which question it answers, and the time now."""

    issuer: str
    client: str
    nonce: str
    now: float


def claims(token: str, keys: Sequence[Mapping[str, Any]], expected: Expected) -> Mapping[str, Any]:
    """What a token says.

    Args:
        token: as the provider gave it.
        keys: its keys, as its JWKS document lists them.
        expected: what it has to say.

    Raises:
        KeyUnknownError: signed by a key that is not among them.
        UsageError: identity.refused, whatever is wrong with it.
    """
    try:
        header = jwt.get_unverified_header(token)
        key = _key(keys, header)
        found = jwt.decode(
            token, key, algorithms=[str(header["alg"])], audience=expected.client, issuer=expected.issuer,
            leeway=_LEEWAY_SECONDS, options={"require": _NEEDED},
        )  # fmt: skip
    except jwt.PyJWTError as wrong:
        raise refused(type(wrong).__name__) from None
    _demand_ours(found, expected)
    return found


def refused(why: str) -> UsageError:
    """The one refusal of what a provider said; why goes to the log, as a code of ours or the name of an error."""
    _LOG.warning("an identity was refused: %s", why)
    return UsageError("identity.refused")


def _demand_ours(found: Mapping[str, Any], expected: Expected) -> None:
    if not isinstance(found["nonce"], str) or not hmac.compare_digest(found["nonce"].encode(), expected.nonce.encode()):
        raise refused("nonce")
    audiences = found["aud"] if isinstance(found["aud"], list) else [found["aud"]]
    if found.get("azp", expected.client) != expected.client or (len(audiences) > 1 and "azp" not in found):
        raise refused("azp")
    if not isinstance(found["sub"], str) or not found["sub"]:
        raise refused("sub")
    if float(found["iat"]) < expected.now - _OLDEST_SECONDS:
        raise refused("iat")


def _key(keys: Sequence[Mapping[str, Any]], header: Mapping[str, Any]) -> Any:
    """The key that the header names; without a name the only one that fits."""
    kind, name = _KEY_TYPES.get(str(header.get("alg"))), header.get("kid")
    if kind is None:
        raise refused("alg")
    fit = [k for k in keys if k.get("kty") == kind and k.get("use", "sig") == "sig" and name in (None, k.get("kid"))]
    if len(fit) != 1:
        raise KeyUnknownError
    key = jwt.PyJWK.from_dict(dict(fit[0]), str(header["alg"])).key
    if isinstance(key, RSAPublicKey) and key.key_size < _SHORTEST_RSA:
        raise refused("short_key")
    return key
