"""Alerts over a real webhook and a real conversation of mail, on loopback."""

import json
import socketserver
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from pipeline import alerts, landing, landing_zones, run, tasks
from pipeline.alerts import Alert
from pipeline.settings import Settings
from schemas.errors import SettingsError
from tests.pipeline.deliveries import FAMILY, NAMELESS, ledger

NOW = datetime.now(UTC)


@pytest.fixture
def posted() -> Iterator[tuple[str, list[dict[str, object]]]]:
    heard: list[dict[str, object]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(500 if heard[-1]["subject"] == "refused" else 204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/hook", heard
        server.shutdown()


@pytest.fixture
def mailed() -> Iterator[tuple[int, list[str]]]:
    letters: list[str] = []

    class Post(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 here\r\n")
            for line in self.rfile:
                if line.upper().startswith(b"DATA"):
                    self.wfile.write(b"354 go on\r\n")
                    letters.append("".join(part.decode() for part in iter(self.rfile.readline, b".\r\n")))
                if line.upper().startswith(b"QUIT"):
                    self.wfile.write(b"221 bye\r\n")
                    return
                self.wfile.write(b"250 ok\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Post) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], letters
        server.shutdown()


def told(settings: Settings, text: str) -> None:
    settings.home.mkdir(exist_ok=True)
    path = settings.home / alerts.FILE
    path.write_text(text, "utf-8")
    path.chmod(0o600)


def test_nobody_is_told_without_rules(tmp_path: Path) -> None:
    assert alerts.rules(Settings(tmp_path)) == alerts.Rules()
    assert alerts.send([Alert("failed", "x")], Settings(tmp_path)) == 0


def test_a_webhook_hears_each_in_words_and_figures(
    posted: tuple[str, list[dict[str, object]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, heard = posted
    settings = Settings(tmp_path)
    told(settings, f'webhook = "{address}"')
    assert alerts.send([Alert("late", "ha-noi/1f incomplete", 13), Alert("failed", "refused")], settings) == 1
    assert (heard[0]["kind"], heard[0]["count"]) == ("late", 13)
    assert "13 giờ" in str(heard[0]["text"])
    monkeypatch.setattr(tasks, "load_settings", lambda: settings)
    assert tasks.failed("ingest_batch", "land__01") == 1
    assert heard[-1]["subject"] == "ingest_batch land__01"


def test_a_letter_is_sent(mailed: tuple[int, list[str]], tmp_path: Path) -> None:
    port, letters = mailed
    told(Settings(tmp_path), f'[mail]\nhost = "127.0.0.1"\nport = {port}\nsender = "a@b.vn"\nto = ["c@d.vn", "e@f.vn"]')
    assert alerts.send([Alert("silent", "ha-noi", 20)], Settings(tmp_path)) == 1
    assert len(letters) == 1
    assert "To: c@d.vn, e@f.vn" in letters[0]


def test_what_cannot_be_sent_ends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(tmp_path)
    told(settings, 'webhook = "http://127.0.0.1:9/"\n[mail]\nhost = "127.0.0.1"\nport = 9\nsender = "a"\nto = ["b"]')
    assert alerts.send([Alert("failed", "x")], settings) == 0
    told(settings, "nonsense")
    monkeypatch.setattr(tasks, "load_settings", lambda: settings)
    assert tasks.failed("ingest_batch", "r") == 0


@pytest.mark.parametrize(
    "text", ["= 1", "other = 1", 'webhook = "file:///etc/passwd"', '[mail]\nhost = "x"', "mail = 1"]
)
def test_wrong_rules_are_told(text: str, tmp_path: Path) -> None:
    told(Settings(tmp_path), text)
    with pytest.raises(SettingsError) as wrong:
        alerts.rules(Settings(tmp_path))
    assert wrong.value.code == "alerts.unreadable"


def test_rules_that_others_may_read_are_refused(tmp_path: Path) -> None:
    told(Settings(tmp_path), "late_hours = 1")
    (tmp_path / alerts.FILE).chmod(0o644)
    with pytest.raises(SettingsError) as wrong:
        alerts.rules(Settings(tmp_path))
    assert wrong.value.code == "alerts.readable_by_others"


@pytest.mark.store
def test_late_silent_and_kept_out_are_found_and_what_is_well_is_not(settings: Settings, tmp_path: Path) -> None:
    place = tmp_path / "in"
    ledger(place / "so.csv", FAMILY)
    settings.home.mkdir(exist_ok=True)
    table = f'[[zone]]\nname = "ha-noi"\nprovince = "01"\nurl = "{place.as_uri()}"\nwhole = "manifest"\n'
    (settings.home / "landing.toml").write_text(table, "utf-8")
    (zone,) = landing_zones.zones(settings)
    landing.look(zone, settings, NOW)
    run.run_batch([ledger(tmp_path / "good.csv", FAMILY)], "01", settings)
    assert alerts.found(settings, NOW) == []
    late = alerts.found(settings, NOW + timedelta(hours=13))
    assert [(alert.kind, alert.count) for alert in late] == [("late", 13)]
    assert {alert.kind for alert in alerts.found(settings, NOW + timedelta(days=15))} == {"late", "silent"}
    bad = run.run_batch([ledger(tmp_path / "bad.csv", [("7", *FAMILY[0][1:]), NAMELESS])], "01", settings)
    found = [alert for alert in alerts.found(settings, NOW) if alert.kind in ("kept_out", "stopped")]
    assert [alert.subject for alert in found] == [bad.batch_id]
