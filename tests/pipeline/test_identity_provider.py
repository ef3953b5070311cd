"""The identity provider over real HTTP with real keys: who comes back, and everything that is no proof of it."""

import base64
import hmac
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pipeline import identity_provider
from pipeline.identity_provider import Identity, IdentityProvider, key_of, of_settings
from pipeline.provider_http import ProviderDown
from pipeline.settings import Settings, load_settings
from schemas.errors import SettingsError, UsageError
from tests.pipeline.identity_server import CLIENT, SECRET, Provider, provider

BACK = "http://127.0.0.1:8080/sign-in/provider/back"


@pytest.fixture
def there() -> Iterator[Provider]:
    with provider() as found:
        yield found


def at(there: Provider, factor: str = "", clock: Any = time.time) -> IdentityProvider:
    return IdentityProvider(there.issuer, CLIENT, there.secret, factor, clock)


def answer_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def signed_in(door: IdentityProvider, there: Provider) -> Identity:
    begun = door.begin(BACK, "/batches")
    answer = answer_of(there.authorized(begun.url))
    return door.finish(answer["state"], answer["code"], begun.kept, answer["iss"])


def test_who_comes_back_is_known_by_a_hash_of_issuer_and_subject(there: Provider) -> None:
    found = signed_in(at(there), there)
    assert found == Identity(key_of(there.issuer, "s-0001"), has_factor=False, back="/batches")
    assert "s-0001" not in found.key
    asked = answer_of(at(there).begin(BACK, "/").url)
    assert (asked["response_type"], asked["scope"], asked["code_challenge_method"]) == ("code", "openid", "S256")


@pytest.mark.parametrize("kind", ["RS256", "ES256"])
def test_its_keys_may_change_at_any_time(there: Provider, kind: str) -> None:
    moments = [0.0]
    door = at(there, clock=lambda: time.time() + moments[0])
    assert signed_in(door, there)
    there.new_key("k2", kind)
    with pytest.raises(UsageError):
        signed_in(door, there)  # asked for just now: a stranger's tokens do not make us ask again and again
    moments[0] += 31
    assert signed_in(door, there)
    assert there.asked.count("/realm/keys") == 2
    assert there.asked.count("/realm/.well-known/openid-configuration") == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "http://127.0.0.1:1/realm"}, {"aud": "another"}, {"aud": [CLIENT, "another"]},
        {"aud": [CLIENT, "another"], "azp": "another"}, {"azp": "another"}, {"nonce": "x"}, {"nonce": None},
        {"exp": 1}, {"exp": timedelta(minutes=-2)}, {"iat": timedelta(hours=-1)}, {"iat": timedelta(hours=1)},
        {"nbf": timedelta(hours=1)}, {"sub": ""}, {"sub": None}, {"sub": 7}, {"iat": "x"},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_that_is_not_for_this_is_refused(there: Provider, wrong: dict[str, Any]) -> None:
    now = time.time()  # of the test and not of its name, which is made in several processes
    wrong = {
        claim: int(now + value.total_seconds()) if isinstance(value, timedelta) else value
        for claim, value in wrong.items()
    }
    there.change = lambda claims: {k: v for k, v in {**claims, **wrong}.items() if v is not None}
    with pytest.raises(UsageError, match=r"identity\.refused"):
        signed_in(at(there), there)
    there.change = lambda claims: claims
    assert signed_in(at(there), there)


def _none(_: Provider, claims: dict[str, Any]) -> str:
    return jwt.encode(claims, None, "none", headers={"kid": "k1"})


def _by_public_key(there: Provider, claims: dict[str, Any]) -> str:
    """The public key of the provider taken for a shared secret."""
    ((_, (_, key)),) = there.keys.items()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    parts = ({"alg": "HS256", "typ": "JWT", "kid": "k1"}, claims)
    said = b".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts)
    mark = base64.urlsafe_b64encode(hmac.digest(public, said, "sha256")).rstrip(b"=")
    return (said + b"." + mark).decode()


def _by_secret(_: Provider, claims: dict[str, Any]) -> str:
    return jwt.encode(claims, SECRET.ljust(32), "HS256", headers={"kid": "k1"})


def _by_stranger(_: Provider, claims: dict[str, Any]) -> str:
    return jwt.encode(claims, rsa.generate_private_key(65537, 2048), "RS256", headers={"kid": "k1"})


def _unknown_key(_: Provider, claims: dict[str, Any]) -> str:
    return jwt.encode(claims, rsa.generate_private_key(65537, 2048), "RS256", headers={"kid": "k9"})


def _with_own_key(_: Provider, claims: dict[str, Any]) -> str:
    """A token that brings the key that it was signed with."""
    key = rsa.generate_private_key(65537, 2048)
    own = jwt.get_algorithm_by_name("RS256").to_jwk(key.public_key(), as_dict=True)  # type: ignore[call-overload]
    return jwt.encode(claims, key, "RS256", headers={"jwk": own, "jku": "http://127.0.0.1:1/keys"})


def _short_key(there: Provider, claims: dict[str, Any]) -> str:
    key = rsa.generate_private_key(65537, 1024)  # noqa: S505 - that is what is tried
    there.keys = {"k1": ("RS256", key)}
    return jwt.encode(claims, key, "RS256", headers={"kid": "k1"})


def _changed(there: Provider, claims: dict[str, Any]) -> str:
    there.encode = None
    head, _, tail = there.token({"client_id": CLIENT, "nonce": claims["nonce"]}).split(".")
    other = jwt.encode({**claims, "sub": "s-0002"}, "x" * 32).split(".")[1]
    return f"{head}.{other}.{tail}"


def _nonsense(_: Provider, _claims: dict[str, Any]) -> str:
    return "a.b"


@pytest.mark.filterwarnings("ignore:The RSA key")
@pytest.mark.parametrize(
    "encode",
    [_none, _by_public_key, _by_secret, _by_stranger, _unknown_key, _with_own_key, _short_key, _changed, _nonsense],
)
def test_what_the_provider_did_not_sign_is_refused(there: Provider, encode: Any) -> None:
    there.encode = encode
    with pytest.raises(UsageError, match=r"identity\.refused"):
        signed_in(at(there), there)


def test_an_answer_is_taken_once_from_the_browser_that_went_and_not_too_late(there: Provider) -> None:
    moments = [0.0]
    door = at(there, clock=lambda: time.time() + moments[0])
    begun = door.begin(BACK, "/")
    answer = answer_of(there.authorized(begun.url))
    assert door.finish(answer["state"], answer["code"], begun.kept)
    there.codes[answer["code"]] = answer_of(begun.url)  # even if the provider took its code twice
    for state, kept in ((answer["state"], begun.kept), ("x", begun.kept), ("", "")):
        with pytest.raises(UsageError, match=r"identity\.refused"):
            door.finish(state, answer["code"], kept)
    begun = door.begin(BACK, "/")
    answer = answer_of(there.authorized(begun.url))
    with pytest.raises(UsageError):
        door.finish(answer["state"], answer["code"], "of another browser")
    with pytest.raises(UsageError):
        door.finish(answer["state"], answer["code"], begun.kept)  # a wrong try uses the answer up
    begun = door.begin(BACK, "/")
    answer = answer_of(there.authorized(begun.url))
    moments[0] += 601
    with pytest.raises(UsageError):
        door.finish(answer["state"], answer["code"], begun.kept)


def test_a_replayed_code_another_verifier_another_issuer_are_refused(there: Provider) -> None:
    door = at(there)
    begun = door.begin(BACK, "/")
    first = answer_of(there.authorized(begun.url))
    other = door.begin(BACK, "/")
    second = answer_of(there.authorized(other.url))
    with pytest.raises(UsageError):
        door.finish(first["state"], second["code"], begun.kept)  # the code of another way: its verifier does not fit
    third = door.begin(BACK, "/")
    answer = answer_of(there.authorized(third.url))
    with pytest.raises(UsageError):
        door.finish(answer["state"], answer["code"], third.kept, "http://127.0.0.1:9/realm")


@pytest.mark.parametrize(
    ("factor", "more", "has"),
    [
        ("amr=mfa,otp", {"amr": ["pwd", "otp"]}, True), ("amr=mfa", {"amr": ["pwd"]}, None), ("amr=mfa", {}, None),
        ("acr=urn:two", {"acr": "urn:two"}, True), ("acr=urn:two", {"acr": "urn:one"}, None),
        ("acr=urn:two", {"acr": {"x": 1}}, None), ("", {"amr": ["mfa"]}, False),
    ],
)  # fmt: skip
def test_a_second_factor_is_one_where_the_setting_says_so(
    there: Provider, factor: str, more: dict[str, Any], has: bool | None
) -> None:
    there.more = more
    door = at(there, factor)
    if has is None:
        with pytest.raises(UsageError):
            signed_in(door, there)
    else:
        assert signed_in(door, there).has_factor is has
    if factor.startswith("acr="):
        assert answer_of(door.begin(BACK, "/").url)["acr_values"] == "urn:two"


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "http://127.0.0.1:1/realm"}, {"token_endpoint": None}, {"jwks_uri": "http://example.org/keys"},
        {"token_endpoint": "ftp://127.0.0.1/x"}, {"authorization_endpoint": "https://user@example.org/"},
    ],
    ids=str,
)  # fmt: skip
def test_a_description_that_is_not_its_own_is_none(there: Provider, document: dict[str, Any]) -> None:
    there.document = document
    with pytest.raises(ProviderDown):
        at(there).begin(BACK, "/")


def test_a_client_says_its_secret_as_the_provider_takes_it_or_has_none(there: Provider) -> None:
    there.document = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert signed_in(at(there), there)
    there.secret = ""
    assert signed_in(at(there), there)
    with pytest.raises(UsageError):
        signed_in(IdentityProvider(there.issuer, "another"), there)


def test_where_the_session_there_is_ended(there: Provider) -> None:
    url = at(there).end_url("http://127.0.0.1:8080/sign-in")
    assert url is not None
    assert url.startswith(f"{there.issuer}/end?")
    assert answer_of(url)["post_logout_redirect_uri"] == "http://127.0.0.1:8080/sign-in"
    there.document = {"end_session_endpoint": None}
    assert at(there).end_url("x") is None
    assert IdentityProvider("http://127.0.0.1:9/x", CLIENT).end_url("x") is None


def test_only_so_many_are_on_the_way(there: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity_provider, "_MOST_WAITING", 3)
    door = at(there)
    ways = [door.begin(BACK, "/") for _ in range(5)]
    answer = answer_of(there.authorized(ways[0].url))
    with pytest.raises(UsageError):
        door.finish(answer["state"], answer["code"], ways[0].kept)
    answer = answer_of(there.authorized(ways[-1].url))
    assert door.finish(answer["state"], answer["code"], ways[-1].kept)


def test_settings_name_it_or_nothing_is_asked(tmp_path: Path) -> None:
    assert of_settings(Settings(tmp_path)) is None
    named = {"SOHOA_HOME": str(tmp_path), "SOHOA_OIDC_ISSUER": "https://id.example.gov.vn/realm/"}
    with pytest.raises(SettingsError, match=r"oidc\.client"):
        of_settings(load_settings(named))
    secret = tmp_path / "secret"
    secret.write_text("x")
    secret.chmod(0o644)
    named |= {"SOHOA_OIDC_CLIENT": CLIENT, "SOHOA_OIDC_SECRET_FILE": str(secret)}
    with pytest.raises(SettingsError, match=r"oidc\.secret\.readable_by_others"):
        of_settings(load_settings(named))
    secret.chmod(0o600)
    found = of_settings(load_settings({**named, "SOHOA_OIDC_SECOND_FACTOR": "amr=mfa"}))
    assert found is not None
    assert found.issuer == "https://id.example.gov.vn/realm/", "letter by letter"
    for name, value in (("ISSUER", "http://id.example.gov.vn"), ("SECOND_FACTOR", "mfa"), ("SECOND_FACTOR", "amr=")):
        with pytest.raises(SettingsError, match=r"settings\.wrong_value"):
            load_settings({**named, f"SOHOA_OIDC_{name}": value})
