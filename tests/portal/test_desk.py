"""The desk through its routes: rows, marks, the next error, corrections with undo, how files are read, sending."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline import draft_check, drafts
from pipeline.settings import Settings
from portal import desk_room
from schemas.errors import UsageError
from store.engine import Store
from tests.pipeline.deliveries import FAMILY, HEADINGS, NAMELESS, NO_SUCH_DAY, ledger
from tests.portal.clients import Client, app_of
from tests.portal.test_uploads import uploaded

_ROWS = [*FAMILY, NAMELESS, NO_SUCH_DAY]
_NAME, _BORN, _HOME = 1, 3, 7


@pytest.fixture(scope="module")
def client(opened: Store, home: Settings) -> Client:
    return Client(app_of(opened, home), "nga")


@pytest.fixture
def draft_id(client: Client, home: Settings, tmp_path: Path) -> Iterator[str]:
    made = uploaded(client, ledger(tmp_path / "a.csv", _ROWS))
    yield made
    if drafts.standing_of(made, home).state == "open":
        drafts.discard(drafts.open_draft(made, home))


def asked(client: Client, path: str) -> Any:
    answer = client.get(path, headers={"accept": "application/json"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def told(client: Client, path: str, **values: Any) -> Any:
    headers = {"accept": "application/json", "X-CSRF-Token": client.csrf(), "content-type": "application/json"}
    answer = client.ask("POST", path, content=json.dumps(values), headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def checked(client: Client, draft_id: str) -> Any:
    for _ in range(400):
        found = asked(client, f"/desk/{draft_id}/state?wait=15")
        if not found["checking"]:
            return found
        time.sleep(0.05)
    raise AssertionError("still checking")


def correct(client: Client, draft_id: str, line: int, position: int, text: str, *, everywhere: bool = False) -> Any:
    return told(
        client, f"/desk/{draft_id}/correct", sheet=0, line=line, position=position, text=text, everywhere=everywhere
    )


def texts(client: Client, draft_id: str, position: int) -> list[str]:
    return [row[4][position] for row in asked(client, f"/desk/{draft_id}/rows?sheet=0")["rows"]]


def test_the_state_tells_sums_columns_and_causes(client: Client, draft_id: str) -> None:
    found = checked(client, draft_id)
    totals = found["totals"]
    assert (totals["read"], totals["fit"], totals["blocked"], totals["known"]) == (7, 5, 2, 0)
    (sheet,) = found["sheets"]
    assert [c["heading"] for c in sheet["columns"]] == list(HEADINGS)
    assert sheet["columns"][_BORN]["meaning"] == "Ngày sinh"
    assert {c["rule"] for c in found["causes"]} >= {"birth_date.impossible"}
    assert found["first"] == {"sheet": 0, "row": 5, "position": 1}, "the grid opens where there is something to do"
    assert found["files"] == [{"name": "a.csv", "outcome": "read", "batch": None, "day": "", "by": "", "said": []}]


def test_rows_are_sorted_as_vietnamese_names_are(client: Client, draft_id: str) -> None:
    checked(client, draft_id)
    found = asked(client, f"/desk/{draft_id}/rows?sheet=0&order=name&find=5")
    names = [row[4][1] for row in found["rows"]]
    given = [name.split()[-1] for name in names if name]
    assert given == ["Bách", "Bưởi", "Khoa", "Mận", "Nhình", "Thạch"]
    assert names[-1] == "", "who has no name stands at the end"
    assert found["rows"][found["at"]][0] == 5
    by_surname = [row[4][1] for row in asked(client, f"/desk/{draft_id}/rows?sheet=0&order=surname")["rows"]]
    assert [name.split()[0] for name in by_surname if name] == ["Lê", "Lê", "Nguyễn", "Nguyễn", "Quách", "Trần"]
    wrong = asked(client, f"/desk/{draft_id}/rows?sheet=0&order=name&only=wrong&find=3")
    assert wrong["total"] < found["total"]
    assert {row[0] for row in wrong["rows"]} >= {7, 8}
    assert asked(client, f"/desk/{draft_id}/rows?sheet=0&find=99")["at"] == -1


def test_rows_are_shown_all_wrong_or_of_a_household(client: Client, draft_id: str) -> None:
    checked(client, draft_id)
    every = asked(client, f"/desk/{draft_id}/rows?sheet=0")
    assert (every["total"], [row[4] for row in every["rows"]]) == (7, [list(row) for row in _ROWS])
    assert asked(client, f"/desk/{draft_id}/rows?sheet=0&start=5&count=1")["rows"] == every["rows"][5:6]
    wrong = asked(client, f"/desk/{draft_id}/rows?sheet=0&only=wrong")["rows"]
    assert {row[0] for row in wrong} >= {7, 8}
    assert [at for row in wrong if row[0] == 8 for at, mark in row[5] if mark == "b"] == [_BORN]
    home = asked(client, f"/desk/{draft_id}/rows?sheet=0&only=household&line=3")["rows"]
    assert [row[0] for row in home] == [2, 3, 4]
    assert [row[3] for row in home] == [1, 0, 0]  # the head


def test_the_next_error_goes_round_and_back(client: Client, draft_id: str) -> None:
    checked(client, draft_id)
    seen, at = [], {"sheet": 0, "line": 0, "position": -2}
    for _ in range(30):
        query = "&".join(f"{k}={v}" for k, v in at.items())
        at = asked(client, f"/desk/{draft_id}/next?{query}")
        if (at["line"], at["position"]) in seen:
            break
        seen.append((at["line"], at["position"]))
    assert seen == sorted(seen)
    assert (8, _BORN) in seen
    assert (at["line"], at["position"]) == seen[0]
    back = asked(client, f"/desk/{draft_id}/next?sheet=0&line={seen[0][0]}&position={seen[0][1]}&back=true")
    assert (back["line"], back["position"]) == seen[-1]


def test_a_cell_says_what_is_wrong_what_to_do_and_how_often_it_stands(client: Client, draft_id: str) -> None:
    checked(client, draft_id)
    found = asked(client, f"/desk/{draft_id}/cell?sheet=0&line=8&position={_BORN}")
    assert "không có trong lịch" in found["said"][0]["wrong"]
    assert found["said"][0]["do"]
    assert found["equal"] == 1
    assert asked(client, f"/desk/{draft_id}/cell?sheet=0&line=3&position={_HOME}")["equal"] == 7


def test_a_correction_is_seen_at_once_checked_and_taken_back(client: Client, draft_id: str) -> None:
    checked(client, draft_id)
    found = correct(client, draft_id, 8, _BORN, " 21/02/1978 ")
    assert (found["cells"], found["undo"]) == (1, 1)
    assert texts(client, draft_id, _BORN)[6] == "21/02/1978"
    assert checked(client, draft_id)["totals"]["blocked"] == 1
    back = told(client, f"/desk/{draft_id}/move", where="undo")
    assert (back["undo"], back["redo"], back["at"]) == (0, 1, {"sheet": 0, "line": 8, "position": _BORN})
    assert texts(client, draft_id, _BORN)[6] == "31/02/1978"
    assert checked(client, draft_id)["totals"]["blocked"] == 2
    told(client, f"/desk/{draft_id}/move", where="redo")
    assert checked(client, draft_id)["totals"]["blocked"] == 1


def test_one_correction_for_all_equal_cells_is_one_step(client: Client, draft_id: str) -> None:
    checked(client, draft_id)
    new = "Thôn 3, xã Minh Châu, huyện Ba Vì, Hà Nội"
    assert correct(client, draft_id, 2, _HOME, new, everywhere=True)["cells"] == 7
    assert texts(client, draft_id, _HOME) == [new] * 7
    assert told(client, f"/desk/{draft_id}/move", where="undo")["cells"] == 7
    assert texts(client, draft_id, _HOME) == [row[_HOME] for row in _ROWS]


def test_what_is_not_there_is_not_corrected(client: Client, draft_id: str) -> None:
    checked(client, draft_id)
    assert correct(client, draft_id, 999, _BORN, "x")["cells"] == 0
    assert correct(client, draft_id, 8, 99, "x")["cells"] == 0
    assert correct(client, draft_id, 8, _BORN, "31/02/1978")["cells"] == 0
    assert client.get(f"/desk/{draft_id}/rows?sheet=5").status_code == 404
    assert client.get(f"/desk/{draft_id}/rows?sheet=0&count=100000").status_code == 400


def test_corrections_made_during_a_check_stand_after_it(
    client: Client, draft_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked(client, draft_id)
    real: Callable[..., Any] = draft_check.check

    def slow(*given: Any) -> Any:
        found = real(*given)
        time.sleep(0.3)
        return found

    monkeypatch.setattr(desk_room.draft_check, "check", slow)
    correct(client, draft_id, 8, _BORN, "21/02/1978")
    time.sleep(0.05)
    correct(client, draft_id, 7, _NAME, "Lê Văn Bát")
    found = checked(client, draft_id)
    assert found["checked"] == found["entries"] == 2
    assert found["totals"]["blocked"] == 0
    assert (texts(client, draft_id, _BORN)[6], texts(client, draft_id, _NAME)[5]) == ("21/02/1978", "Lê Văn Bát")


@pytest.mark.parametrize("wrong", [UsageError("path.no_files"), RuntimeError("Lê Thị Bưởi")])
def test_a_check_that_fails_says_so_and_nothing_of_the_inside(
    client: Client, draft_id: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, wrong: Exception
) -> None:
    def fails(*_: Any) -> Any:
        raise wrong

    monkeypatch.setattr(desk_room.draft_check, "check", fails)
    client._app.state.desk_room.forget(draft_id)
    found = checked(client, draft_id)
    assert found["failed"]["wrong"]
    assert "Bưởi" not in str(found) + caplog.text
    assert client.get(f"/desk/{draft_id}/rows?sheet=0").status_code == 404


def test_what_columns_are_read_as_is_shown_and_changed(client: Client, home: Settings, tmp_path: Path) -> None:
    odd = ("Số sổ hộ khẩu", "Họ và tên", "Quan hệ với chủ hộ", "Ngày sinh", "Cột lạ", *HEADINGS[5:])
    draft_id = uploaded(client, ledger(tmp_path / "a.csv", FAMILY, headings=odd))
    checked(client, draft_id)
    page = client.get(f"/desk/{draft_id}/prepare").text
    assert "Cột lạ" in page
    answer = client.post(
        f"/desk/{draft_id}/prepare", {"heading/Cột lạ": "sex", "heading/Ngày sinh": "", "dates": "dmy"}
    )
    assert answer.headers["location"] == f"/desk/{draft_id}"
    (sheet,) = checked(client, draft_id)["sheets"]
    assert sheet["columns"][4]["meaning"] == "Giới tính"
    assert "Nguyễn Văn Bách" in client.get(f"/desk/{draft_id}/prepare").text
    said = drafts.open_draft(draft_id, home).replayed.said
    assert (said.headings, said.dates) == (("Cột lạ=sex",), "dmy")
    assert client.post(f"/desk/{draft_id}/prepare", {"encoding": "klingon"}).status_code == 400
    client.post(f"/uploads/{draft_id}/discard")


def test_a_legacy_font_is_shown_before_and_after(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "cu.csv"
    lines = ["Hä vµ tªn;Ngµy sinh;Giíi tÝnh;D©n téc", *(f"NguyÔn V¨n §Þnh;1/2/19{n};Nam;Kinh" for n in range(40, 70))]
    path.write_bytes("\n".join(lines).encode("latin-1"))
    draft_id = uploaded(client, path)
    assert checked(client, draft_id)["totals"]["read"] == 30
    page = client.get(f"/desk/{draft_id}/prepare").text
    assert "NguyÔn V¨n §Þnh" in page
    assert "Nguyễn Văn Định" in page
    client.post(f"/uploads/{draft_id}/discard")


def test_the_error_file_is_a_workbook_of_the_draft_as_it_stands(client: Client, draft_id: str) -> None:
    checked(client, draft_id)
    answer = client.get(f"/desk/{draft_id}/errors.xlsx")
    assert answer.content.startswith(b"PK")
    assert "attachment" in answer.headers["content-disposition"]
    correct(client, draft_id, 8, _BORN, "21/02/1978")
    assert client.get(f"/desk/{draft_id}/errors.xlsx").content != answer.content


def test_a_draft_is_sent_once_and_follows_its_place(client: Client, draft_id: str, home: Settings) -> None:
    checked(client, draft_id)
    answer = client.post(f"/desk/{draft_id}/send")
    assert answer.headers["location"] == f"/desk/{draft_id}/sent"
    assert asked(client, f"/desk/{draft_id}/standing") == {
        "state": "queued", "batch": "", "place": 1, "steps": "", "waits": ""
    }  # fmt: skip
    assert client.get(f"/desk/{draft_id}").headers["location"] == f"/desk/{draft_id}/sent"
    assert client.post(f"/desk/{draft_id}/send").status_code == 400
    assert "thứ 1" in client.get(f"/desk/{draft_id}/sent").text
    assert "thứ 1" in client.get("/uploads").text
    drafts.set_standing(drafts.open_draft(draft_id, home), "open")
