"""The shield: bodies are bounded however they come, hosts are known, cookies and headers keep their flags."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response

from pipeline.settings import Settings
from portal.app import PAGES, create_app
from portal.rights import Action
from portal.routes import Routes
from portal.shield import MOST_BYTES
from store.engine import Store
from tests.portal.clients import HOST, Client, app_of

pytestmark = pytest.mark.store
wide = Routes("/wide", most_bytes=2 * MOST_BYTES)


@wide.post("/echo", Action.PUBLIC)
async def echo(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


@wide.get("/fail", Action.PUBLIC)
def fail() -> Response:
    raise ValueError("Nguyễn Văn Bách")


@pytest.fixture(scope="module")
def app(opened: Store, home: Settings) -> FastAPI:
    return app_of(opened, home, pages=(*PAGES, wide))


async def parts(sizes: Iterable[int]) -> AsyncIterator[bytes]:
    for size in sizes:
        yield b"x" * size


@pytest.mark.parametrize("sizes", [(MOST_BYTES + 1,), (MOST_BYTES, 1), (1,) * 3 + (MOST_BYTES,)])
def test_too_long_a_body_is_refused_with_or_without_its_length(app: FastAPI, sizes: tuple[int, ...]) -> None:
    client = Client(app, "nga")
    headers = {"X-CSRF-Token": client.csrf(), "content-type": "application/x-www-form-urlencoded"}
    declared = client.ask("POST", "/account/password", content=b"x" * sum(sizes), headers=headers)
    streamed = client.ask("POST", "/account/password", content=parts(sizes), headers=headers)
    assert (declared.status_code, streamed.status_code) == (413, 413)


def test_a_page_that_takes_more_takes_more_and_no_more(app: FastAPI) -> None:
    client = Client(app, "nga")
    token = {"X-CSRF-Token": client.csrf()}
    taken = client.ask("POST", "/wide/echo", content=b"x" * (2 * MOST_BYTES), headers=token)
    assert (taken.status_code, taken.text) == (200, str(2 * MOST_BYTES))
    assert client.ask("POST", "/wide/echo", content=b"x" * (2 * MOST_BYTES + 1), headers=token).status_code == 413
    assert client.ask("POST", "/widely", content=b"x" * (MOST_BYTES + 1), headers=token).status_code == 413


def test_what_failed_inside_is_not_told(app: FastAPI, caplog: pytest.LogCaptureFixture) -> None:
    answer = Client(app, "nga").get("/wide/fail")
    assert answer.status_code == 500
    assert "Thử lại sau" in answer.text
    said = answer.text + caplog.text
    assert "Bách" not in answer.text
    assert "ValueError" not in answer.text
    assert "a page failed: ValueError" in said


@pytest.mark.parametrize("host", ["", "evil.example", f"{HOST}.evil.example", "127.0.0.1:80"])
def test_only_known_hosts_are_answered(app: FastAPI, host: str) -> None:
    assert Client(app).get("/sign-in", headers={"host": host}).status_code == 400


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303), ({"origin": f"http://{HOST}"}, 303), ({"origin": "null", "sec-fetch-site": "same-origin"}, 403),
        ({"origin": "null"}, 403), ({"origin": "http://evil.example"}, 403), ({"sec-fetch-site": "cross-site"}, 403),
        ({"origin": f"http://{HOST}", "sec-fetch-site": "cross-site"}, 403), ({"sec-fetch-site": "same-site"}, 403),
    ],
)  # fmt: skip
def test_a_form_of_another_site_is_refused_even_with_the_token(
    app: FastAPI, headers: dict[str, str], status: int
) -> None:
    assert Client(app, "nga").post("/language", {"language": "en"}, headers=headers).status_code == status


def test_cookies_are_for_this_site_and_no_script_and_behind_tls_for_tls_alone(app: FastAPI) -> None:
    here = Client(app).get("/sign-in").headers["set-cookie"].lower()
    assert {"httponly", "samesite=strict", "path=/"} <= {part.strip() for part in here.split(";")}
    assert "secure" not in here
    behind = create_app(replace(app.state.portal, is_secure=True))
    answer = Client(behind).get("/sign-in")
    cookie = answer.headers["set-cookie"]
    assert "secure" in cookie.lower()
    assert cookie.startswith("__Host-sohoa_session=")
    assert "domain" not in cookie.lower()
    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


def test_behind_tls_a_session_is_that_of_the_cookie_with_the_prefix_alone(app: FastAPI) -> None:
    behind = create_app(replace(app.state.portal, is_secure=True))
    with_prefix, without = Client(behind), Client(behind, "nga")
    with_prefix.cookies = {"__Host-sohoa_session": "nga"}
    assert with_prefix.get("/account").status_code == 200
    assert without.get("/account").status_code == 303


def test_a_method_that_no_page_has_is_refused(app: FastAPI) -> None:
    for method in ("TRACE", "DELETE", "PATCH", "OPTIONS"):
        assert Client(app, "nga").ask(method, "/batches").status_code == 405


def test_no_page_is_kept_and_files_are_for_an_hour(app: FastAPI) -> None:
    client = Client(app, "nga")
    assert client.get("/account").headers["cache-control"] == "no-store"
    sheet = client.get("/static/portal.css")
    assert sheet.headers["cache-control"] == "public, max-age=3600"
    assert client.get("/static/portal.css", headers={"if-none-match": sheet.headers["etag"]}).status_code == 304


@pytest.mark.parametrize(
    "name", ["app.py", "..%2Fapp.py", "portal.css%00", "page.html", ".css", "be-vietnam-pro-black.woff2"]
)
def test_nothing_but_the_files_of_the_package_is_served(app: FastAPI, name: str) -> None:
    assert Client(app).get(f"/static/{name}").status_code == 404


def test_templates_and_scripts_hold_nothing_that_the_policy_forbids() -> None:
    from importlib.resources import files

    for folder in ("templates", "static"):
        for file in files("portal").joinpath(folder).iterdir():
            text = file.read_text("utf-8")
            for forbidden in (" style=", "<style", " onclick", " onload", "innerHTML", "eval(", "http://", "https://"):
                assert forbidden not in text.replace("http://www.w3.org/2000/svg", ""), (file.name, forbidden)
            assert "<script>" not in text
