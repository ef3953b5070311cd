"""The door to Airflow against a server that answers as its REST API does: tokens, conflicts, faults, lost answers."""

import socket
from pathlib import Path

import pytest

from pipeline.airflow_api import AirflowApi, of_settings
from pipeline.airflow_rest import AirflowDown, AirflowRefused
from pipeline.settings import Settings, load_settings
from schemas.errors import SettingsError, SohoaError
from tests.pipeline.airflow_server import PASSWORD, USER, Airflow, airflow

_TOKEN, _RUNS = ("POST", "/auth/token"), ("POST", "/api/v2/dags/ingest_batch/dagRuns")


def api_of(known: Airflow, password: str = PASSWORD) -> AirflowApi:
    return AirflowApi(known.url, USER, password)


def test_a_run_is_started_once_under_its_id_with_one_token() -> None:
    with airflow() as known:
        api = api_of(known)
        assert api.state("a__1") is None
        api.trigger("a__1", {"draft": "x"})
        api.trigger("a__1", {"draft": "y"})
        assert (known.runs, known.confs) == ({"a__1": "queued"}, {"a__1": {"draft": "x"}})
        assert api.state("a__1") == "queued"
        known.end("a__1", "success")
        assert api.state("a__1") == "success"
        assert known.asked.count(_TOKEN) == 1


def test_a_token_that_ran_out_is_taken_anew() -> None:
    with airflow() as known:
        api = api_of(known)
        api.trigger("a__1", {})
        known.tokens.clear()
        api.trigger("a__2", {})
        assert set(known.runs) == {"a__1", "a__2"}
        assert known.given == 2


def test_an_answer_that_was_lost_does_not_start_it_twice() -> None:
    with airflow() as known:
        known.loses_answers = 1
        api = api_of(known)
        with pytest.raises(AirflowDown):
            api.trigger("a__1", {"draft": "x"})
        api.trigger("a__1", {"draft": "x"})
        assert list(known.runs) == ["a__1"]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_passes_with_time_is_told_as_down(status: int) -> None:
    with airflow() as known:
        known.broken = [status]
        with pytest.raises(AirflowDown) as wrong:
            api_of(known).trigger("a__1", {})
        assert wrong.value.details == {"found": status}
        assert known.runs == {}


@pytest.mark.parametrize("status", [301, 400, 403, 404, 422])
def test_what_an_engineer_has_to_mend_is_told_as_refused(status: int) -> None:
    with airflow() as known:
        api = api_of(known)
        api.state("warm")
        known.broken = [status]
        with pytest.raises(AirflowRefused) as wrong:
            api.trigger("a__1", {})
        assert wrong.value.details == {"status": status}


def test_a_conflict_that_is_not_about_our_run_is_no_success() -> None:
    with airflow() as known:
        api = api_of(known)
        api.state("warm")
        known.broken = [409]
        with pytest.raises(AirflowRefused):
            api.trigger("a__1", {})
        assert known.runs == {}


def test_a_wrong_password_is_refused_and_never_said() -> None:
    with airflow() as known, pytest.raises(AirflowRefused) as wrong:
        api_of(known, "sai mat khau").trigger("a__1", {})
    assert "sai mat khau" not in str(wrong.value) + repr(api_of(known, "sai mat khau"))


def test_nobody_answers_or_something_else_does() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(AirflowDown):
        AirflowApi(f"http://127.0.0.1:{port}", USER, PASSWORD).state("a")


@pytest.mark.parametrize("said", [b"", b"\x00\xff rubbish\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"])
def test_what_is_no_answer_is_told_as_down_or_refused(said: bytes) -> None:
    import threading

    with socket.create_server(("127.0.0.1", 0)) as server:

        def once() -> None:
            line, _ = server.accept()
            with line:
                line.recv(65536)
                line.sendall(said)

        thread = threading.Thread(target=once)
        thread.start()
        with pytest.raises(SohoaError) as wrong:
            AirflowApi(f"http://127.0.0.1:{server.getsockname()[1]}", USER, PASSWORD).state("a")
        thread.join(10)
    assert isinstance(wrong.value, AirflowDown | AirflowRefused)


def test_the_settings_name_it_with_an_account_or_not_at_all(tmp_path: Path) -> None:
    assert of_settings(Settings(tmp_path)) is None
    secret = tmp_path / "p"
    secret.write_text(f"{PASSWORD}\n")
    secret.chmod(0o600)
    given = {
        "SOHOA_HOME": str(tmp_path), "SOHOA_AIRFLOW_URL": "http://127.0.0.1:8080/airflow", "SOHOA_AIRFLOW_USER": USER,
        "SOHOA_AIRFLOW_PASSWORD_FILE": str(secret),
    }  # fmt: skip
    api = of_settings(load_settings(given))
    assert api is not None
    assert (api.url, api.user, api.password) == ("http://127.0.0.1:8080/airflow", USER, PASSWORD)
    secret.chmod(0o644)
    with pytest.raises(SettingsError) as wrong:
        of_settings(load_settings(given))
    assert wrong.value.code == "airflow.password.readable_by_others"
    for name in ("USER", "PASSWORD_FILE"):
        with pytest.raises(SettingsError) as wrong:
            of_settings(load_settings({k: v for k, v in given.items() if not k.endswith(name)}))
        assert wrong.value.code == "airflow.account"
    secret.write_text(" \n")
    secret.chmod(0o600)
    with pytest.raises(SettingsError) as wrong:
        of_settings(load_settings(given))
    assert wrong.value.code == "airflow.password.wrong_size"


@pytest.mark.parametrize(
    "url", ["http://airflow.example/", "ftp://127.0.0.1/", "https://", "https://a:b@x/", "http://127.0.0.1:99999/"]
)
def test_a_url_that_a_password_may_not_go_to_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as wrong:
        load_settings({"SOHOA_HOME": str(tmp_path), "SOHOA_AIRFLOW_URL": url})
    assert url not in str(wrong.value)
