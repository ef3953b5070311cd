"""Folder, first initialisation, settings and socket of the embedded server."""

import os
from pathlib import Path

import pytest

from schemas.errors import StoreUnavailable
from store import binaries, cluster
from store.cluster import Home

PASSWORD_LINE = "*:*:*:postgres:"


@pytest.mark.parametrize("sign", ["it's", 'a"b', "a$b", "a`b", "a\\b", "a\nb"])
def test_signs_that_a_shell_would_read_are_refused(tmp_path: Path, sign: str) -> None:
    with pytest.raises(StoreUnavailable) as error:
        cluster.at(tmp_path / sign)
    assert error.value.code == "store.path_signs"
    assert not (tmp_path / sign).exists()


@pytest.mark.parametrize("name", ["a b", "Kho dữ liệu", "100%", "a,b", "#1", "a&b?"])
def test_other_signs_are_fine(tmp_path: Path, name: str) -> None:
    home = cluster.at(tmp_path / name)
    assert home.path == tmp_path / name / "store"
    assert home.path.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable) as error:
        cluster.at(tmp_path / "file" / "home")
    assert error.value.code == "store.folder_unusable"


def test_a_folder_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster.at(tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(StoreUnavailable) as error:
        cluster.at(tmp_path)
    assert error.value.code == "store.wrong_owner"
    assert error.value.details["user"] == 12345


def test_the_socket_lies_inside_a_short_plain_path(short_folder: Path) -> None:
    home = Home(short_folder / "store")
    assert cluster.socket_folder(home) == home.data


@pytest.mark.parametrize("name", ["x" * 120, "a b", "a,b", "Kho", "a%b", "a@b", "a#b", "a?b", "a&b", "ô"])
def test_a_long_or_odd_path_gets_a_private_folder_of_its_own(short_folder: Path, name: str) -> None:
    home = Home(short_folder / name / "store")
    folder = cluster.socket_folder(home)
    if name == "Kho":
        assert folder == home.data
        return
    try:
        assert folder == cluster.socket_folder(home)
        assert folder.stat().st_mode & 0o777 == 0o700
        assert len(f"{folder}/.s.PGSQL.{cluster.PORT}") < 100
        assert str(folder).isascii()
    finally:
        folder.rmdir()


@pytest.mark.parametrize("trap", ["link", "open"])
def test_a_socket_folder_that_others_prepared_is_refused(short_folder: Path, trap: str) -> None:
    home = Home(short_folder / "a b" / "store")
    folder = cluster.socket_folder(home)
    folder.rmdir()
    if trap == "link":
        folder.symlink_to(short_folder)
    else:
        folder.mkdir()
        folder.chmod(0o755)
    try:
        with pytest.raises(StoreUnavailable) as error:
            cluster.socket_folder(home)
        assert error.value.code == "store.socket_not_private"
    finally:
        folder.unlink() if trap == "link" else folder.rmdir()


def test_settings_keep_row_values_out_of_the_log_and_strangers_out(tmp_path: Path) -> None:
    home = cluster.at(tmp_path)
    home.data.mkdir()
    cluster.write_settings(home, home.data, {})
    lines = dict(line.split(" = ", 1) for line in (home.data / "sohoa.conf").read_text().splitlines())
    assert lines["listen_addresses"] == "''"
    assert lines["unix_socket_permissions"] == "'0700'"
    assert lines["log_min_error_statement"] == "'panic'"
    assert lines["log_error_verbosity"] == "'terse'"
    assert lines["password_encryption"] == "'scram-sha-256'"
    assert "fsync" not in lines
    assert 128 <= int(lines["shared_buffers"].strip("'MB")) <= 1024


def test_passwords_are_written_whole_and_private(tmp_path: Path) -> None:
    home = cluster.at(tmp_path)
    for word in ("first", "second"):
        cluster.write_passfile(home, "sohoa", word)
        assert home.passfile("sohoa").read_text() == f"*:*:*:sohoa:{word}\n"
        assert home.passfile("sohoa").stat().st_mode & 0o777 == 0o600
    assert sorted(p.name for p in home.path.iterdir()) == ["sohoa.pgpass"]


@pytest.mark.store
class TestInitialise:
    @pytest.fixture(autouse=True)
    def _without_sync(self, monkeypatch: pytest.MonkeyPatch) -> None:
        real = binaries.run
        monkeypatch.setattr(binaries, "run", lambda program, *given: real(program, *given, "--no-sync"))

    def test_it_is_made_once(self, tmp_path: Path) -> None:
        home = cluster.at(tmp_path)
        cluster.initialise(home)
        word = home.passfile(cluster.SUPERUSER).read_text()
        assert word.startswith(PASSWORD_LINE)
        assert len(word.strip()) > len(PASSWORD_LINE) + 30
        cluster.initialise(home)
        assert home.passfile(cluster.SUPERUSER).read_text() == word

    @pytest.mark.parametrize("left", ["half a cluster", "no password"])
    def test_what_was_cut_off_is_put_aside_never_deleted(self, tmp_path: Path, left: str) -> None:
        home = cluster.at(tmp_path)
        home.data.mkdir()
        (home.data / ("PG_VERSION" if left == "no password" else "base")).write_text("18")
        cluster.initialise(home)
        [aside] = home.path.glob("data.incomplete.*")
        assert any(aside.iterdir())
        assert (home.data / "PG_VERSION").exists()

    def test_a_failed_initialisation_leaves_no_cluster_and_no_password_in_the_open(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        home = cluster.at(tmp_path)

        def fails(*given: object, **named: object) -> None:
            raise StoreUnavailable("store.start_failed")

        with monkeypatch.context() as patch, pytest.raises(StoreUnavailable):
            patch.setattr(binaries, "run", fails)
            cluster.initialise(home)
        assert not home.data.exists()
        assert not (home.path / "password.new").exists()
