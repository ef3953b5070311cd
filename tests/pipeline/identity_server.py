"""An identity provider for tests: a real HTTP server with real keys that answers as OpenID Connect has it."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

CLIENT, SECRET = "sohoa-portal", "mot bi mat/dai:lam"
Change = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass
class Provider:
    """What it knows: keys by name, codes with what was asked, who signs in; `change` spoils what a token says."""

    port: int = 0
    keys: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    subject: str = "s-0001"
    more: dict[str, Any] = field(default_factory=dict)
    change: Change = lambda claims: claims
    encode: Callable[["Provider", dict[str, Any]], str] | None = None
    document: dict[str, Any] = field(default_factory=dict)
    secret: str = SECRET
    host: str = "127.0.0.1"

    @property
    def issuer(self) -> str:
        return f"http://{self.host}:{self.port}/realm"

    def new_key(self, name: str, kind: str = "RS256") -> None:
        """Another key takes the place of the others."""
        made = rsa.generate_private_key(65537, 2048) if kind == "RS256" else ec.generate_private_key(ec.SECP256R1())
        self.keys = {name: (kind, made)}

    def authorized(self, url: str) -> str:
        """Somebody signs in at the address that the portal sent the browser to: where the browser is sent back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        code = f"code-{len(self.codes)}-{time.monotonic_ns()}"
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], 'iss': self.issuer})}"

    def token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        said = self.change({
            "iss": self.issuer, "aud": asked["client_id"], "sub": self.subject, "iat": now, "exp": now + 300,
            "nonce": asked["nonce"], **self.more,
        })  # fmt: skip
        if self.encode is not None:
            return self.encode(self, said)
        ((name, (kind, key)),) = self.keys.items()
        return jwt.encode(said, key, kind, headers={"kid": name})


@contextmanager
def provider(host: str = "127.0.0.1") -> Iterator[Provider]:
    """It answers while the block runs."""
    known = Provider(host=host)
    known.new_key("k1")
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"known": known}))
    known.port = int(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield known
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


class _Handler(BaseHTTPRequestHandler):
    known: Provider

    def log_message(self, *_: Any) -> None:
        """Tests say enough."""

    def do_GET(self) -> None:
        self.known.asked.append(urlsplit(self.path).path)
        path, at = urlsplit(self.path).path, self.known.issuer
        if path == "/realm/.well-known/openid-configuration":
            self._answer(200, {
                "issuer": at, "authorization_endpoint": f"{at}/authorize", "token_endpoint": f"{at}/token",
                "jwks_uri": f"{at}/keys", "end_session_endpoint": f"{at}/end", **self.known.document,
            })  # fmt: skip
        elif path == "/realm/keys":
            self._answer(200, {"keys": [_public(name, *key) for name, key in self.known.keys.items()]})
        elif path == "/realm/authorize":
            self.send_response(302)
            self.send_header("Location", self.known.authorized(self.path))
            self.end_headers()
        else:
            self._answer(200, {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        asked = self.known.codes.pop(form.get("code", ""), None)
        self.known.asked.append(urlsplit(self.path).path)
        if asked is None or not self._is_client(form) or not _is_asker(asked, form):
            self._answer(400, {"error": "invalid_grant"})
        else:
            self._answer(200, {"access_token": "x", "token_type": "Bearer", "id_token": self.known.token(asked)})

    def _is_client(self, form: dict[str, str]) -> bool:
        if not self.known.secret:
            return form.get("client_id") == CLIENT
        wanted = "Basic " + base64.b64encode(b"sohoa-portal:mot%20bi%20mat%2Fdai%3Alam").decode()
        both = (form.get("client_id"), form.get("client_secret"))
        return self.headers.get("Authorization") == wanted or both == (CLIENT, SECRET)

    def _answer(self, status: int, content: Any) -> None:
        data = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _is_asker(asked: dict[str, str], form: dict[str, str]) -> bool:
    made = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=")
    same = asked["redirect_uri"] == form.get("redirect_uri") and form.get("grant_type") == "authorization_code"
    return asked.get("code_challenge_method") == "S256" and made.decode() == asked["code_challenge"] and same


def _public(name: str, kind: str, key: Any) -> dict[str, Any]:
    algorithm = jwt.get_algorithm_by_name(kind)
    told: dict[str, Any] = algorithm.to_jwk(key.public_key(), as_dict=True)  # type: ignore[call-overload]
    return {**told, "kid": name, "use": "sig", "alg": kind}
