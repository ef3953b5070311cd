"""Why two rows are one person and how a person was built, as the store tells it: steps, edges, decisions, sources."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from pipeline import person_changes, person_drawings, person_inquiries, run
from pipeline.settings import Settings
from schemas.errors import UsageError
from schemas.tables import LEVEL_NAMES
from store.engine import open_store
from tests.pipeline.deliveries import FAMILY, ledger
from tests.quality.pictures import parsed
from tests.store.contents import rows

pytestmark = pytest.mark.store

WHO = ("cán bộ Lan", "hai anh em")
AGAIN = ("010155555", "Nguyễn Văn Bách", "Chủ hộ", "12/3/1956", "Nam", "Kinh", "Hà Nội", "Hà Nội", "010123456")
SECRETS = ("Nguyễn", "Bách", "Trần", "Mận", "010123456", "Minh Châu", "12/03", "12/3", "Kinh")


@pytest.fixture
def built(settings: Settings, tmp_path: Path) -> tuple[Settings, str, str]:
    """A person of two records, and another one: settings and both ids."""
    run.run_batch([ledger(tmp_path / "a" / "so.csv", FAMILY)], "01", settings)
    run.run_batch([ledger(tmp_path / "b" / "moi.csv", [AGAIN])], "01", settings)
    store = open_store(settings.store_url, settings.home)
    found = rows(store, "SELECT person_id::text, full_name FROM golden_persons ORDER BY record_count DESC, full_name")
    store.close()
    ids = [str(person).replace("-", "") for person, _ in found]
    return settings, ids[0], ids[1]


def words(picture: str) -> list[str]:
    return [e.text or "" for e in ET.fromstring(picture).iter() if e.tag.endswith(("text", "title", "desc"))]  # noqa: S314


def test_a_person_is_told_with_records_edges_and_the_source_of_each_value(built: tuple[Settings, str, str]) -> None:
    settings, person, _ = built
    found = person_inquiries.how(person, settings)
    assert found.person_id == person
    assert [r["place"].split(":")[1] for r in found.records] == ["2", "2"]
    assert all(r["day"] and r["batch"] and r["replaced_by"] is None for r in found.records)
    (edge,) = found.joined_by
    assert edge["state"] == "match"
    assert {edge["left"], edge["right"]} == {r["place"] for r in found.records}
    assert len(edge["reasons"].split("; ")) == 3
    assert "cùng ngày, tháng, năm sinh (+" in edge["reasons"]
    assert (found.in_doubt, found.redirects, found.judgements, found.changes) == ([], [], [], [])
    values = {v["field"]: v for v in found.values}
    assert values["full_name"]["value"] == "N***** V** B***"
    assert values["birth_date"]["value"] == "**/**/1956"
    assert (values["sex"]["value"], values["ethnic_group"]["value"]) == ("Nam", "***")
    assert values["old_id_number"]["value"] == "******456"
    assert all(v["record_id"] in {r["record_id"] for r in found.records} and v["method"] for v in values.values())


def test_redirects_decisions_and_changes_are_told_under_any_id(built: tuple[Settings, str, str]) -> None:
    settings, person, _ = built
    record = person_inquiries.how(person, settings).records[0]["record_id"]
    parted = person_changes.unmerge(person, [record], *WHO, settings)
    alone = person_inquiries.how(person, settings)
    (judged,) = alone.judgements
    assert (judged["decision"], judged["author"], judged["reason"]) == ("different", *WHO)
    assert [c["change"] for c in alone.changes] == ["parted"]
    assert len(alone.records) == 1
    person_changes.merge(person, parted["person"], "cán bộ Hoa", "một người", settings)
    found = person_inquiries.how(parted["person"], settings)
    assert found.person_id == person
    (led,) = found.redirects
    assert (led["person"], led["batch"]) == (parted["person"], None)
    assert [j["decision"] for j in found.judgements] == ["different", "same"]
    assert [(c["change"], c["author"], c["rows"]) for c in found.changes] == [
        ("parted", WHO[0], 1), ("joined", "cán bộ Hoa", 1),
    ]  # fmt: skip
    assert [e["state"] for e in found.joined_by] == ["same"]
    titles = [title for title, _ in person_drawings.person_tables(found, "vi")]
    assert "Các mã đã trở thành người này" in titles
    assert "Quyết định của người xem về các cặp" in titles
    assert "người xem: là một" in words(person_drawings.person_picture(found, "vi"))


def test_a_weight_is_told_step_by_step_and_the_steps_add_up(built: tuple[Settings, str, str]) -> None:
    settings, person, _ = built
    (pair,) = person_inquiries.why(person, person, settings)
    assert [s["step"] for s in pair["steps"]] == ["prior", *LEVEL_NAMES, "names"]
    assert sum(s["gain"] for s in pair["steps"]) == pytest.approx(pair["weight"], abs=0.02)
    assert pair["steps"][-1]["total"] == pytest.approx(pair["weight"], abs=0.01)
    assert pair["thresholds"] == {"match": 6.0, "review": -1.0}
    assert pair["model"] == "v2"
    assert json.dumps(pair)
    (_, shown), (title, steps) = person_drawings.pair_tables([pair], "vi")
    assert "steps" not in shown[0]
    assert (shown[0]["outcome"], shown[0]["probability"]) == ("coi là một", "> 99,99\N{NO-BREAK SPACE}%")
    assert title.startswith("Điểm của cặp tep-")
    assert [s["step"] for s in steps][-1] == "độ phổ biến của tên"
    assert "," in steps[0]["weight"]


def test_a_pair_of_another_model_says_so(built: tuple[Settings, str, str]) -> None:
    settings, person, _ = built
    store = open_store(settings.store_url, settings.home)
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE batches SET model_version = 'v1'")
    store.close()
    (pair,) = person_inquiries.why(person, person, settings)
    assert pair["model"] == "v1"
    assert pair["steps"][-1]["note"] == "lúc ghép dùng mô hình v1"


def test_nothing_of_a_person_stands_in_words_or_pictures(built: tuple[Settings, str, str]) -> None:
    settings, person, other = built
    found = person_inquiries.how(person, settings)
    for pairs in (person_inquiries.why(person, person, settings), person_inquiries.why(person, other, settings)):
        said = [json.dumps(pairs, ensure_ascii=False), person_drawings.pair_picture(pairs[0], "vi")]
        said += [json.dumps(asdict(found), ensure_ascii=False), person_drawings.person_picture(found, "en")]
        assert not [secret for secret in SECRETS for text in said if secret in text]
        assert all(parsed(picture).tag.endswith("svg") for picture in (said[1], said[3]))


def test_a_person_that_is_not_there_is_told(settings: Settings) -> None:
    for ask in (person_inquiries.how, lambda i, s: person_inquiries.why(i, i, s)):
        with pytest.raises(UsageError, match=r"person\.unknown"):
            ask("f" * 32, settings)  # type: ignore[operator]


def test_the_commands_draw_and_say_where(
    built: tuple[Settings, str, str], tmp_path: Path, call_with: Callable[..., tuple[int, str]]
) -> None:
    _, person, _ = built
    for command in (("how", person), ("why", person, person)):
        path = tmp_path / f"{command[0]}.svg"
        status, out = call_with("person", *command, "--svg", path)
        assert (status, f"Hình: {path}" in out) == (0, True)
        assert parsed(path.read_text("utf-8")).tag.endswith("svg")
        status, out = call_with("person", *command, "--svg", path, "--json")
        assert json.loads(out)
        assert call_with("person", *command, "--svg", tmp_path / "no" / "x.svg")[0] == 2


@pytest.fixture
def call_with(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    from pipeline import cli

    monkeypatch.setenv("SOHOA_HOME", str(settings.home))
    monkeypatch.setenv("SOHOA_STORE_URL", str(settings.store_url))

    def run_command(*arguments: object) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["sohoa", *map(str, arguments)])
        with pytest.raises(SystemExit) as done:
            cli.main()
        return int(done.value.code or 0), capsys.readouterr().out

    return run_command


def test_a_person_is_parted_and_joined_by_command(
    built: tuple[Settings, str, str], call_with: Callable[..., tuple[int, str]]
) -> None:
    settings, person, _ = built
    record = person_inquiries.how(person, settings).records[0]["record_id"]
    who = ("--author", "Lan", "--reason", "nhầm")
    status, out = call_with("person", "unmerge", person, "--record", record, *who, "--json")
    assert status == 0
    parted = json.loads(out)
    status, out = call_with("person", "merge", parted["person"], person, *who)
    assert (status, f"nay dẫn tới {person}" in out) == (0, True)
    assert call_with("person", "merge", parted["person"], person, *who)[0] == 2
    english = replace(settings, language="en")
    assert person_inquiries.how(person, english).joined_by[0]["reasons"].count("+") == 3
