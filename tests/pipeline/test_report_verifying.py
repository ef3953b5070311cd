import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline import report_verifier
from pipeline.audit_keys import signing_key
from pipeline.cli import app
from pipeline.report_verifying import verified, write_verifier
from pipeline.settings import Settings, load_settings
from schemas.errors import UsageError
from tests.pipeline import sealed_reports


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("SOHOA_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return load_settings()


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return sealed_reports.write(tmp_path / "report")


def test_the_key_is_the_one_given_else_this_machine_s_else_the_one_beside(page: Path, home: Settings) -> None:
    key = page.with_name("audit.pub")
    assert verified(page, key, home).origin == "given"
    assert verified(page, None, home).origin == "beside"
    signing_key(home, may_make=True)
    found = verified(page, None, home)
    assert found.origin == "own"
    assert [f.kind for f in found.verdict.findings] == ["signature_false"]


def test_what_cannot_be_read_is_a_usage_error(page: Path, home: Settings) -> None:
    with pytest.raises(UsageError, match=r"audit\.no_key"):
        verified(page, page, home)
    with pytest.raises(UsageError, match=r"path\.not_found"):
        verified(page.parent / "khong_co.html", page.with_name("audit.pub"), home)
    page.with_name("audit.pub").unlink()
    with pytest.raises(UsageError, match=r"audit\.no_key"):
        verified(page, None, home)


@pytest.mark.parametrize(("way", "status"), [("sound", 0), ("changed", 1), ("no file", 2), ("no key", 2)])
def test_the_command_tells_it_by_its_exit_code(page: Path, home: Settings, way: str, status: int) -> None:
    if way == "changed":
        page.write_bytes(page.read_bytes() + b" ")
    arguments = ["report", "verify", str(page), "--key", str(page.with_name("audit.pub"))]
    if way == "no file":
        arguments[2] = str(page.with_name("x.html"))
    if way == "no key":
        arguments[4] = str(page)
    done = CliRunner().invoke(app, arguments)
    code = done.exception.exit_code if isinstance(done.exception, UsageError) else done.exit_code
    assert code == status
    if status == 0:
        assert "NGUYÊN VẸN" in done.output
    if status == 1:
        machine = CliRunner().invoke(app, [*arguments, "--json"])
        told = json.loads(machine.stdout)
        assert [f["kind"] for f in told["findings"]] == ["added"]
        assert told["key"] == "given"


def test_the_verifier_is_written_as_it_is(tmp_path: Path, home: Settings) -> None:
    done = CliRunner().invoke(app, ["report", "verifier", "--out", str(tmp_path / "kiem")])
    assert done.exit_code == 0
    written = tmp_path / "kiem" / "report_verifier.py"
    assert written.read_bytes() == Path(report_verifier.__file__).read_bytes()
    shutil.rmtree(tmp_path / "kiem")
    (tmp_path / "kiem").write_text("a file")
    with pytest.raises(UsageError, match=r"path\.cannot_write"):
        write_verifier(tmp_path / "kiem")
