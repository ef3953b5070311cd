"""The door for a ministry's identity provider: OpenID Connect, authorization code with PKCE.

It tells who somebody is, never what the person may do: that stands in the account which was linked to the identity
here. Nothing is asked of the network before somebody signs in that way.
Sources: OpenID Connect Core and Discovery 1.0, RFC 7636 (PKCE), RFC 9207 (issuer of an answer).
"""

import base64
import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from urllib.parse import quote, urlencode

from pipeline import identity_tokens, provider_http
from pipeline.identity_tokens import Expected, KeyUnknownError, refused
from pipeline.provider_http import ProviderDown
from pipeline.settings import Settings
from pipeline.vault import read_secret
from schemas.errors import SettingsError

_OK = 200
_KEPT_SECONDS = 3600.0
_AGAIN_SECONDS = 30.0
_WAITS_SECONDS = 600.0
_MOST_WAITING = 1_000
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True)
class Begun:
    """Somebody goes to the provider: `url`, and what the browser keeps meanwhile."""

    url: str
    kept: str = field(repr=False)


@dataclass(frozen=True)
class Identity:
    """Who came back: the hash of issuer and subject, whether a second factor was asked there, where to go on."""

    key: str
    has_factor: bool
    back: str


@dataclass(frozen=True)
class _Waiting:
    nonce: str
    verifier: str
    redirect: str
    back: str
    kept: str
    until: float


class IdentityProvider:
    """A provider; who is on the way to it is known in the memory of this process for ten minutes."""

    def __init__(
        self, issuer: str, client: str, secret: str = "", factor: str = "", clock: Callable[[], float] = time.time
    ) -> None:  # fmt: skip
        """Args:
        issuer: its URL, exactly as it calls itself.
        client: what it calls us.
        secret: what we prove that with; "" = nothing but PKCE.
        factor: "acr=VALUE" or "amr=VALUE,VALUE": what a token has to say of a second factor; "" = ours is asked.
        clock: that of tests.
        """  # noqa: D205
        self.issuer, self._client, self._secret, self._factor, self._clock = issuer, client, secret, factor, clock
        self._lock = Lock()
        self._waiting: OrderedDict[str, _Waiting] = OrderedDict()
        self._known: tuple[float, Mapping[str, Any]] = (0.0, {})
        self._keys: tuple[float, Sequence[Mapping[str, Any]]] = (0.0, ())

    def begin(self, redirect: str, back: str) -> Begun:
        """Where to send somebody.

        Args:
            redirect: the address of ours that the provider sends the browser back to.
            back: the path that the person wanted.

        Raises:
            ProviderDown: its description cannot be read.
        """
        state, nonce, verifier, kept = (secrets.token_urlsafe(32) for _ in range(4))
        asked = {
            "response_type": "code", "client_id": self._client, "redirect_uri": redirect, "scope": "openid",
            "state": state, "nonce": nonce, "code_challenge": _challenge(verifier), "code_challenge_method": "S256",
        }  # fmt: skip
        kind, _, value = self._factor.partition("=")
        if kind == "acr":
            asked["acr_values"] = value
        at = self._document()["authorization_endpoint"]
        with self._lock:
            self._waiting[state] = _Waiting(nonce, verifier, redirect, back, kept, self._clock() + _WAITS_SECONDS)
            while len(self._waiting) > _MOST_WAITING:
                self._waiting.popitem(last=False)
        return Begun(f"{at}{'&' if '?' in at else '?'}{urlencode(asked)}", kept)

    def finish(self, state: str, code: str, kept: str, issuer: str = "") -> Identity:
        """Who came back with an answer; each answer is taken once, from the browser that went.

        Args:
            state: of the answer.
            code: of the answer.
            kept: what the browser kept.
            issuer: of the answer, where the provider names itself in it.

        Raises:
            UsageError: identity.refused.
            ProviderDown: it does not answer.
        """
        with self._lock:
            waits = self._waiting.pop(state, None)
        if waits is None or waits.until < self._clock() or not hmac.compare_digest(waits.kept.encode(), kept.encode()):
            raise refused("state")
        if issuer not in ("", self.issuer):
            raise refused("issuer")
        said = self._claims(self._token(code, waits), waits.nonce)
        return Identity(key_of(self.issuer, str(said["sub"])), self._has_factor(said), waits.back)

    def end_url(self, back: str) -> str | None:
        """Where the session at the provider is ended; None where it does not say, or does not answer."""
        try:
            at = self._document().get("end_session_endpoint")
        except ProviderDown:
            return None
        if not isinstance(at, str) or not provider_http.is_safe(at):
            return None
        asked = urlencode({"client_id": self._client, "post_logout_redirect_uri": back})
        return f"{at}{'&' if '?' in at else '?'}{asked}"

    def _token(self, code: str, waits: _Waiting) -> str:
        document = self._document()
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": waits.redirect,
                "code_verifier": waits.verifier}  # fmt: skip
        headers = {}
        if not self._secret:
            form["client_id"] = self._client
        elif "client_secret_basic" in document.get("token_endpoint_auth_methods_supported", ("client_secret_basic",)):
            both = f"{quote(self._client, safe='')}:{quote(self._secret, safe='')}"
            headers["Authorization"] = "Basic " + base64.b64encode(both.encode()).decode()
        else:
            form |= {"client_id": self._client, "client_secret": self._secret}
        status, answer = provider_http.asked(document["token_endpoint"], form, headers)
        token = answer.get("id_token")
        if status != _OK or not isinstance(token, str):
            raise refused(f"token {status}")
        return token

    def _claims(self, token: str, nonce: str) -> Mapping[str, Any]:
        expected = Expected(self.issuer, self._client, nonce, self._clock())
        try:
            return identity_tokens.claims(token, self._key_set(_KEPT_SECONDS), expected)
        except KeyUnknownError:
            pass
        try:  # the provider may have changed its keys since they were asked for
            return identity_tokens.claims(token, self._key_set(_AGAIN_SECONDS), expected)
        except KeyUnknownError:
            raise refused("key") from None

    def _has_factor(self, said: Mapping[str, Any]) -> bool:
        """Did the provider ask for a second factor? Refused where it has to, and did not."""
        kind, _, wanted = self._factor.partition("=")
        if not kind:
            return False
        told = said.get(kind)
        values = told if isinstance(told, list) else [told]
        if not set(wanted.split(",")) & {v for v in values if isinstance(v, str)}:
            raise refused("factor")
        return True

    def _document(self) -> Mapping[str, Any]:
        """The description of the provider, by its own well-known address."""
        with self._lock:
            at, found = self._known
            if found and at > self._clock() - _KEPT_SECONDS:
                return found
        status, found = provider_http.asked(self.issuer.rstrip("/") + "/.well-known/openid-configuration")
        is_whole = all(isinstance(found.get(e), str) and provider_http.is_safe(found[e]) for e in _ENDPOINTS)
        if status != _OK or found.get("issuer") != self.issuer or not is_whole:
            raise ProviderDown("identity.down", found="document")
        with self._lock:
            self._known = (self._clock(), found)
        return found

    def _key_set(self, most_seconds: float) -> Sequence[Mapping[str, Any]]:
        """The keys of the provider, as they were asked for at most so many seconds ago."""
        with self._lock:
            at, keys = self._keys
            if keys and at > self._clock() - most_seconds:
                return keys
        status, found = provider_http.asked(self._document()["jwks_uri"])
        listed = found.get("keys")
        if status != _OK or not isinstance(listed, list):
            raise ProviderDown("identity.down", found="keys")
        keys = tuple(key for key in listed if isinstance(key, dict))
        with self._lock:
            self._keys = (self._clock(), keys)
        return keys


def of_settings(settings: Settings) -> IdentityProvider | None:
    """The provider that the settings name; None where they name none.

    Raises:
        SettingsError: oidc.client (an issuer and no client); oidc.secret.missing, oidc.secret.readable_by_others,
            oidc.secret.wrong_size.
    """
    if settings.oidc_issuer is None:
        return None
    if not settings.oidc_client:
        raise SettingsError("oidc.client")
    secret = read_secret(settings.oidc_secret_file, "oidc.secret.") if settings.oidc_secret_file else ""
    return IdentityProvider(settings.oidc_issuer, settings.oidc_client, secret, settings.oidc_second_factor or "")


def key_of(issuer: str, subject: str) -> str:
    """What the store knows an identity by: a hash, because a subject may be a number of the person."""
    return hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest()


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
