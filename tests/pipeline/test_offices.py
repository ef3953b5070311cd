"""Decisions of people, from the command line to the reader and back to the next delivery."""

from pathlib import Path

import pytest

from pipeline import offices, run
from pipeline.offices import Reading
from pipeline.settings import Settings
from schemas.decisions import Decision
from schemas.errors import SettingsError, UsageError
from tests.pipeline.deliveries import FAMILY, HEADINGS, MENDED, ledger


def test_options_become_decisions() -> None:
    said = Reading(["TCVN3", "full_name=VNI", "Họ tên cha=abc"], ["Cột X=full_name", "Tổ=aside"]).decisions

    assert said == (
        Decision("encoding", "", "tcvn3"), Decision("encoding", "full_name", "vni"),
        Decision("encoding", "ho ten cha", "tcvn3"), Decision("heading", "cot x", "full_name"),
        Decision("heading", "to", "aside"),
    )  # fmt: skip


def test_the_last_of_two_decisions_about_one_thing_counts() -> None:
    assert Reading(["vni", "tcvn3"]).decisions == (Decision("encoding", "", "tcvn3"),)


@pytest.mark.parametrize(
    "reading",
    [Reading(["ebcdic"]), Reading(["=vni"]), Reading((), ["Cột X"]), Reading((), ["=full_name"]), Reading((), ["X=y"])],
)
def test_what_cannot_be_read_is_refused(reading: Reading) -> None:
    with pytest.raises(UsageError, match=r"decision\.unreadable"):
        _ = reading.decisions


def test_a_run_without_decisions_follows_none(tmp_path: Path) -> None:
    assert offices.of_run(tmp_path, bytes(32)) == ()


def test_what_people_read_in_cells_lies_sealed_with_the_run(tmp_path: Path) -> None:
    read = Decision("cell", "1/2/full_name_raw", "Quách Thị Nhình")  # type: ignore[arg-type]
    offices.keep_with_run(tmp_path, [read], bytes(32))
    assert not [p for p in tmp_path.iterdir() if "Quách" in p.read_text("utf-8")]
    assert offices.of_run(tmp_path, bytes(32)) == (read,)
    with pytest.raises(SettingsError):
        offices.of_run(tmp_path, bytes(31) + b"1")


@pytest.mark.store
def test_a_refused_file_is_read_once_its_heading_is_explained_and_the_next_ones_by_themselves(
    settings: Settings, tmp_path: Path
) -> None:
    headings = ["Cột X" if h == "Họ và tên" else h for h in HEADINGS]
    first = ledger(tmp_path / "a" / "so.csv", FAMILY, headings=headings)
    assert run.run_batch([first], "01", settings).counts["rejected"] == len(FAMILY)

    said = Reading((), ["Cột X=full_name"], remember=True)
    assert run.run_batch([first], "01", settings, reading=said).counts["loaded"] == len(FAMILY)
    [kept] = offices.listed("01", settings)
    assert (kept["match"], kept["value"]) == ("cot x", "full_name")

    following = ledger(tmp_path / "b" / "so.csv", [MENDED], headings=headings)
    assert run.run_batch([following], "01", settings).counts["loaded"] == 1

    told = offices.forget("01", Reading((), ["Cột X"]), "đã sửa mẫu", settings)
    assert told == ["Đã bỏ quyết định của tỉnh 01: nghĩa của tiêu đề “cot x”."]
    assert offices.listed(None, settings) == []
    with pytest.raises(UsageError, match=r"decision\.nothing"):
        offices.remember("01", Reading(), "", settings)


@pytest.mark.store
def test_what_is_kept_and_withdrawn_is_told(settings: Settings) -> None:
    reading = Reading(["vni", "full_name=tcvn3"], ["Cột X=full_name"], "Minh Châu")
    assert offices.remember("01", reading, "thử", settings) == [
        "Đã nhớ cho Minh Châu, tỉnh 01: mọi cột viết bằng bảng mã vni.",
        "Đã nhớ cho Minh Châu, tỉnh 01: cột “full_name” viết bằng bảng mã tcvn3.",
        "Đã nhớ cho Minh Châu, tỉnh 01: tiêu đề “cot x” nghĩa là full_name.",
    ]
    gone = offices.forget("01", Reading(["vni"], (), "Minh Châu"), "thử", settings)
    assert gone == ["Đã bỏ quyết định của Minh Châu, tỉnh 01: bảng mã của mọi cột."]
