"""How page modules declare their routes: each with the action that it does, so that none is without a right."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from portal.guard import checked_form, guarded
from portal.rights import Action

Endpoint = Callable[..., Any]


class Routes:
    """The routes of a page module.

    A route of POST, PUT, PATCH or DELETE is refused without the token of `csrf_token` (field `csrf_token` of a form, or
    header X-CSRF-Token). An endpoint that is a plain `def` runs in a thread: it may ask the store.
    """

    def __init__(self, prefix: str = "", most_bytes: int = 0) -> None:
        """Args:
        prefix: of all paths, for example "/uploads".
        most_bytes: what a request below the prefix may carry; 0 = as everywhere (`portal.shield`).
        """  # noqa: D205
        self.router = APIRouter(prefix=prefix, default_response_class=HTMLResponse)
        self.prefix, self.most_bytes = prefix, most_bytes

    def get(self, path: str, action: Action) -> Callable[[Endpoint], Endpoint]:
        """A route that only shows."""
        return self._route(path, action, "GET")

    def post(self, path: str, action: Action) -> Callable[[Endpoint], Endpoint]:
        """A route that changes something."""
        return self._route(path, action, "POST")

    def put(self, path: str, action: Action) -> Callable[[Endpoint], Endpoint]:
        """A route that takes a part of something."""
        return self._route(path, action, "PUT")

    def _route(self, path: str, action: Action, method: str) -> Callable[[Endpoint], Endpoint]:
        needs = [Depends(guarded(action)), *([] if method == "GET" else [Depends(checked_form)])]

        def add(endpoint: Endpoint) -> Endpoint:
            self.router.add_api_route(
                path, endpoint, methods=[method], dependencies=needs, response_model=None,
                openapi_extra={"x-action": action.value},
            )  # fmt: skip
            return endpoint

        return add
