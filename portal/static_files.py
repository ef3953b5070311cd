"""The files that pages carry: style sheet, scripts, fonts, all from the package; none is a user's."""

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import Annotated

from fastapi import Path, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from portal.rights import Action
from portal.routes import Routes
from quality import fonts

routes = Routes("/static")
_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml; charset=utf-8"}
_FONTS = {f"be-vietnam-pro-{weight.lower()}.woff2": weight for weight in fonts.WEIGHTS}
_SECONDS = 3600


@routes.get("/{name}", Action.STATIC)
def static_file(request: Request, name: Annotated[str, Path(pattern=r"^[a-z0-9-]+\.[a-z0-9]+$")]) -> Response:
    """A file of the package, to be kept for an hour."""
    found = _content(name)
    if found is None:
        raise HTTPException(404)
    content, kind, mark = found
    headers = {"Cache-Control": f"public, max-age={_SECONDS}", "ETag": mark}
    if request.headers.get("if-none-match") == mark:
        return Response(None, 304, headers)
    return Response(content, 200, headers, kind)


@cache
def _content(name: str) -> tuple[bytes, str, str] | None:
    ending = name.rpartition(".")[2]
    if name in _FONTS:
        content, kind = base64.b64decode(fonts.embedded(_FONTS[name])), "font/woff2"
    elif ending in _TYPES and (file := files("portal").joinpath("static", name)).is_file():
        content, kind = file.read_bytes(), _TYPES[ending]
    else:
        return None
    return content, kind, f'"{hashlib.sha256(content).hexdigest()[:16]}"'
