import json
import zipfile
from pathlib import Path

import pytest

from pipeline import holding, intake, workplace
from pipeline.context import opened_run
from pipeline.settings import Settings
from schemas.errors import SettingsError, UsageError


def write(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")


def test_a_folder_is_searched_and_equal_files_are_told_apart_by_content(tmp_path: Path) -> None:
    write(tmp_path / "in", a__csv="1", b__csv="2", c__csv="1")
    write(tmp_path / "in" / "deep", d__csv="3")
    write(tmp_path / "in" / ".hidden", e__csv="4")
    plan = intake.plan_batch([tmp_path / "in"], "01", Settings(tmp_path))
    assert [Path(f.given).name for f in plan.files] == ["a.csv", "b.csv", "d.csv"]
    assert [Path(f.given).name for f in plan.repeats] == ["c.csv"]


def test_the_batch_is_known_by_its_files_not_by_their_names(tmp_path: Path) -> None:
    write(tmp_path / "x", a__csv="1", b__csv="2")
    write(tmp_path / "y", q__csv="2", r__csv="1")
    settings = Settings(tmp_path)
    first, second = (intake.plan_batch([tmp_path / n], "01", settings) for n in "xy")
    assert first.batch_id == second.batch_id
    assert first.batch_id != intake.plan_batch([tmp_path / "x"], "79", settings).batch_id


def test_files_of_one_name_or_one_content_stay_apart(tmp_path: Path) -> None:
    write(tmp_path / "x", so__csv="1")
    write(tmp_path / "y", so__csv="2")
    plan = intake.plan_batch([tmp_path / "x" / "so.csv", tmp_path / "y" / "so.csv"], "01", Settings(tmp_path))
    assert len({f.name for f in plan.files}) == 2
    (tmp_path / "x" / "lai.csv").write_text("1", encoding="utf-8")
    plan = intake.plan_batch([tmp_path / "x"], "01", Settings(tmp_path))
    assert [f.name for f in plan.repeats] == [plan.files[0].name + " (2)"]


@pytest.mark.parametrize(
    ("given", "code", "code_63"),
    [("01", "01", None), ("001", "01", None), ("02", "08", "02"), ("79", "79", None), (" 40 ", "40", None)],
)
def test_a_province_code_of_either_list_is_understood(given: str, code: str, code_63: str | None) -> None:
    assert intake.resolve_province(given) == (code, code_63)


@pytest.mark.parametrize("given", ["", "00", "99", "Hà Nội", "1", "101"])
def test_another_code_is_refused(given: str) -> None:
    with pytest.raises(UsageError):
        intake.resolve_province(given)


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"path\.not_found"):
        intake.plan_batch([tmp_path / "nothing.csv"], "01", Settings(tmp_path))
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match=r"path\.no_files"):
        intake.plan_batch([tmp_path / "empty"], "01", Settings(tmp_path))


def test_each_attempt_has_its_own_folder_and_reads_its_plan_back(tmp_path: Path) -> None:
    write(tmp_path / "in", a__csv="1")
    settings = Settings(tmp_path / "home")
    plan = intake.plan_batch([tmp_path / "in"], "01", settings)
    first, second = intake.open_run(plan, settings), intake.open_run(plan, settings)
    assert first != second
    assert intake.read_plan(second, settings) == plan


def test_what_a_killed_planning_unpacked_is_removed_and_what_a_living_one_unpacks_stays(tmp_path: Path) -> None:
    write(tmp_path / "in", a__csv="1")
    settings = Settings(tmp_path / "home")
    before, killed = settings.home / intake.UNPACKED / "old", settings.home / workplace.FOLDER / "killed"
    for folder in (before, killed):  # of an older version, of this one
        folder.mkdir(parents=True)
    living = holding.new_held(settings.home / workplace.FOLDER)
    intake.plan_batch([tmp_path / "in"], "01", settings)
    assert (before.exists(), killed.exists(), living.exists()) == (False, False, True)
    holding.let_go(living)
    assert list((settings.home / workplace.FOLDER).iterdir()) == [living], "a plan without archives leaves nothing"


def test_what_was_unpacked_goes_sealed_into_the_run_or_away(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "so.zip", "w") as archive:
        archive.writestr("so.csv", "Nguyen Thi An")
    settings = Settings(tmp_path / "home")
    first, second = (intake.plan_batch([tmp_path / "so.zip"], "01", settings) for _ in range(2))
    assert len(list((settings.home / workplace.FOLDER).iterdir())) == 2
    with opened_run(intake.open_run(first, settings), settings) as run:
        (file,) = run.plan.files
        assert run.lies(file.path).read_text() == "Nguyen Thi An"
    intake.forget_plan(second)
    assert not list((settings.home / workplace.FOLDER).iterdir())
    assert not [p for p in settings.home.rglob("*") if p.is_file() and b"Nguyen" in p.read_bytes()]


def test_a_plan_at_rest_names_nobody_and_opens_only_unchanged(tmp_path: Path) -> None:
    write(tmp_path / "in", **{"Hộ ông Nguyễn Văn A__csv": "1", "Bà Trần Thị B__csv": "2"})
    settings = Settings(tmp_path / "home")
    folder = intake.open_run(intake.plan_batch([tmp_path / "in"], "01", settings), settings)
    text = (folder / "plan.json").read_text(encoding="utf-8")
    assert "Nguy" not in text
    assert str(tmp_path) not in text
    plan = json.loads(text)
    one, other = plan["files"]
    one["given"], other["given"] = other["given"], one["given"]
    (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    with pytest.raises(SettingsError, match=r"key\.damaged"):
        intake.read_plan(folder, settings)
