"""`sohoa portal` as a process: prints its address and the accounts to try it with, answers, stops when told."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx
import pytest

from pipeline.settings import Settings
from store import embedded
from store.engine import stop_store
from tests.portal.worlds import free_port

pytestmark = pytest.mark.store
ROLES = {"uploader", "reviewer", "lead", "engineer", "auditor", "privacy-officer", "db-admin"}


def test_it_starts_with_accounts_to_try_answers_and_stops(settings: Settings) -> None:
    port = free_port()
    environment = {"SOHOA_HOME": str(settings.home), "SOHOA_STORE_URL": str(settings.store_url), "COLUMNS": "400"}
    command = [sys.executable, "-m", "portal.command", "portal", "--port", str(port), "--demo", "--local"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        told = ""
        for line in running.stdout:
            told += line
            if "http://" in line:
                break
        passwords = dict(re.findall(r"demo\.([a-z-]+).*: ([a-z0-9-]{19})", told))
        assert set(passwords) == ROLES
        address = f"http://127.0.0.1:{port}"
        assert address in told
        with httpx.Client(base_url=address, transport=httpx.HTTPTransport(retries=20)) as client:
            page = client.get("/sign-in").text
            token = page.partition('name="csrf-token" content="')[2].partition('"')[0]
            form = {"csrf_token": token, "name": "demo.uploader", "password": passwords["uploader"]}
            assert client.post("/sign-in", data=form).headers["location"] == "/"
            assert "Hà Nội" in client.get("/batches").text
            assert httpx.get(address + "/sign-in", headers={"host": "evil.example"}).status_code == 400
        running.send_signal(signal.SIGTERM)
        _, said = running.communicate(timeout=30)
    assert (running.returncode, said) == (0, "")


def test_the_embedded_server_that_it_started_stops_with_it() -> None:
    home, port = Path(tempfile.mkdtemp(prefix="sop-")), free_port()
    environment = {"SOHOA_HOME": str(home), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-m", "portal.command", "portal", "--port", str(port)]
    try:
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as running:
            assert running.stdout is not None
            assert str(port) in running.stdout.readline()
            assert embedded.is_running(home)
            with httpx.Client(transport=httpx.HTTPTransport(retries=20)) as client:
                assert client.get(f"http://127.0.0.1:{port}/sign-in").status_code == 200
            running.send_signal(signal.SIGTERM)
            assert running.wait(timeout=30) == 0
        assert not embedded.is_running(home)
    finally:
        stop_store(home)
        shutil.rmtree(home, ignore_errors=True)
