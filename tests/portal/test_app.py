"""The application as a whole: every route declares what it does, answers carry the headers, forms need their token."""

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from pipeline.settings import Settings
from portal.rights import Action
from portal.shield import HEADERS
from store.engine import Store, open_store
from tests.portal.clients import Client, app_of


@pytest.fixture
def store(settings: Settings) -> Store:
    return open_store(settings.store_url, settings.home)


@pytest.fixture
def app(store: Store, settings: Settings) -> FastAPI:
    return app_of(store, settings)


def test_every_route_declares_what_it_does(app: FastAPI) -> None:
    assert app.routes
    for route in app.routes:
        assert isinstance(route, APIRoute)
        assert (route.openapi_extra or {})["x-action"] in set(Action)


@pytest.mark.parametrize("path", ["/", "/no-such-page", "/static/portal.css", "/static/../app.py"])
def test_every_answer_carries_the_headers(app: FastAPI, path: str) -> None:
    headers = Client(app).get(path).headers
    assert {name: headers[name] for name in HEADERS if name != "Cache-Control"} == {
        name: value for name, value in HEADERS.items() if name != "Cache-Control"
    }


def test_who_is_not_signed_in_is_led_to_the_sign_in_page(app: FastAPI) -> None:
    answer = Client(app).get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/")


def test_a_form_without_its_token_changes_nothing(app: FastAPI) -> None:
    client = Client(app, "nga")
    assert client.ask("POST", "/language", data={"language": "en"}).status_code == 403
    assert client.post("/language", {"language": "en"}).status_code == 303
    assert client.cookies["sohoa_language"] == "en"


def test_another_host_is_not_answered(app: FastAPI) -> None:
    assert Client(app).get("/", headers={"host": "evil.example"}).status_code == 400
