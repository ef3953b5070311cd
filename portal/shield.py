"""The shield around all pages: known hosts only, bounded bodies, and headers that keep a browser from harm."""

from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 1 << 20
"""What a request may carry, where its pages do not say more."""

CSP = (
    "default-src 'none'; object-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with no-referrer a browser sends forms with the origin "null"
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}
"""Of every answer that does not set its own."""


class Shield:
    """ASGI middleware around the application."""

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...], limits: Mapping[str, int], *, is_secure: bool) -> None:
        """`hosts`: as `Portal.hosts`; `limits`: bytes of a body by the beginning of a path."""
        self._app, self._hosts, self._limits, self._is_secure = app, hosts, limits, is_secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        most = next(
            (n for prefix, n in self._limits.items() if f"{scope['path']}/".startswith(f"{prefix}/")), MOST_BYTES
        )
        sending = _Sending(send, self._is_secure)
        if self._hosts and headers.get("host", "") not in self._hosts:
            await PlainTextResponse("400", 400)(scope, receive, sending)
        elif _length(headers) > most:
            await PlainTextResponse("413", 413)(scope, receive, sending)
        else:
            await self._app(scope, _Bounded(receive, most), sending)


class TooMuchError(HTTPException):
    """A body is longer than it may be. What reads bodies passes errors of HTTP on and hides all others."""

    def __init__(self) -> None:
        """413."""
        super().__init__(413)


class _Bounded:
    def __init__(self, receive: Receive, most: int) -> None:
        self._receive, self._left = receive, most

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise TooMuchError
        return message


class _Sending:
    def __init__(self, send: Send, is_secure: bool) -> None:
        self._send, self._is_secure = send, is_secure

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if self._is_secure:
                headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        await self._send(message)


def _length(headers: Headers) -> int:
    given = headers.get("content-length", "0")
    return int(given) if given.isdigit() else 0
