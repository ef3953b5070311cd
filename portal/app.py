"""Put the portal together: the pages, the static files, what becomes of errors, the shield around all of it."""

from collections.abc import Iterable

from fastapi import FastAPI

from portal import (
    accounts,
    across,
    batches,
    desk,
    failures,
    forms,
    identity,
    months,
    own_account,
    pairs,
    prepare,
    releasing,
    revealing,
    rows,
    scans,
    signing_in,
    start,
    static_files,
    undoing,
    unmerging,
    uploads,
    verdicts,
)  # fmt: skip
from portal.context import Portal
from portal.routes import Routes
from portal.shield import Shield

PAGES: tuple[Routes, ...] = (
    static_files.routes,
    signing_in.routes,
    identity.routes,
    start.routes,
    own_account.routes,
    batches.routes,
    months.routes,
    accounts.routes,
    uploads.routes,
    uploads.whole,
    desk.routes,
    prepare.routes,
    verdicts.routes,
    forms.routes,
    pairs.routes,
    across.routes,
    scans.routes,
    rows.routes,
    unmerging.routes,
    undoing.routes,
    releasing.routes,
    revealing.routes,
)
"""The page modules, each with its routes."""


def create_app(portal: Portal, pages: Iterable[Routes] = PAGES) -> FastAPI:
    """The ASGI application of a portal. It opens nothing: what it needs is in `portal`."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.state.portal = portal
    limits = {}
    for routes in pages:
        app.include_router(routes.router)
        if routes.most_bytes:
            limits[routes.prefix] = routes.most_bytes
    failures.handle(app)
    app.add_middleware(Shield, hosts=portal.hosts, is_secure=portal.is_secure, limits=limits)
    return app
