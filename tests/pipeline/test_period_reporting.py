"""Reports of a month on a real store: counted once, sealed, the same ever after, and each province's own."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import sqlalchemy as sa

from pipeline import batch_undo, erasure, inquiries, period_reporting, report_data, report_verifying, run
from pipeline.period import Period, bounds, following, previous
from pipeline.period_reporting import WrittenPeriod, report_period
from pipeline.settings import Settings
from quality import period_tables
from quality.period_facts import NATION
from quality.period_suite import MONTH_EXPECTATIONS
from quality.report import FEWEST_SHOWN
from schemas.errors import UsageError
from schemas.tables import OUTCOMES
from store import audit, period_figures
from store.embedded import Server
from store.engine import open_store
from tests.pipeline import months
from tests.pipeline.deliveries import FAMILY, ledger
from tests.pipeline.months import Months
from tests.quality import json_schemas

pytestmark = pytest.mark.store

CANARIES = ("Bách", "Mận", "Khoa", "Thạch", "Nhình", "Bưởi", "Sáng", "Nở", "010123456", "31/02/1978", "Minh Châu")
SCOPES = ("01", "33", NATION)


@pytest.fixture(scope="module")
def world(server: Server, empty_store: str) -> Iterator[Months]:
    """Its month is counted at the end of the first test that asks for it as over."""
    with months.made(server, empty_store) as made:
        yield made


def contents(written: WrittenPeriod) -> tuple[bytes, bytes]:
    return written.path.read_bytes(), written.path.with_suffix(".json").read_bytes()


def told(written: WrittenPeriod) -> dict[str, Any]:
    told = json.loads(written.path.with_suffix(".json").read_text("utf-8"))
    jsonschema.validate(told, json.loads((json_schemas.FOLDER / "period.schema.json").read_text("utf-8")))
    return dict(told)


def sums(balance: dict[str, int]) -> tuple[int, ...]:
    return tuple(balance[name] for name in ("read", *OUTCOMES))


def of_all(world: Months, out: Path) -> dict[str, WrittenPeriod]:
    return {scope: report_period(Period(scope, world.month), world.settings, out, world.later) for scope in SCOPES}


def events(settings: Settings, action: str) -> list[tuple[str, str, str]]:
    """Outcome, reason and province of the events of an action."""
    store = open_store(settings.store_url, settings.home)
    with store.reading() as connection:
        query = "SELECT outcome, reason, province_code FROM audit_events WHERE action = :a ORDER BY sequence"
        found = [tuple(map(str, row)) for row in connection.execute(sa.text(query), {"a": action})]
    store.close()
    return found  # type: ignore[return-value]


def test_a_month_that_is_not_over_is_provisional_and_nothing_is_kept(world: Months, tmp_path: Path) -> None:
    written = report_period(Period("01", world.month), world.settings, tmp_path, world.now)
    found = told(written)
    assert found["period"]["is_final"] is False
    assert found["breakdowns"] is None
    assert "Tạm tính" in written.path.read_text("utf-8")
    assert sums(found["balance"]) == (9, 5, 1, 1, 2, 0)
    store = open_store(world.settings.store_url, world.settings.home)
    assert period_figures.kept_of_all(store, world.month) == {}
    store.close()
    assert not period_reporting.count(world.month, world.settings, world.now)


def test_a_province_adds_its_batches_up_and_the_nation_its_provinces(world: Months, tmp_path: Path) -> None:
    found = {scope: told(written) for scope, written in of_all(world, tmp_path).items()}
    batches = [
        json.loads(inquiries.report_path(world.settings, b.batch_id).with_suffix(".json").read_text("utf-8"))
        for b in (world.north, world.again, world.south)
    ]
    for scope, own in (("01", batches[:2]), ("33", batches[2:]), (NATION, batches)):
        report = found[scope]
        assert sums(report["balance"]) == tuple(map(sum, zip(*(sums(b["balance"]) for b in own), strict=True)))
        assert report["balance"]["difference"] == 0
        people = report["population"]
        assert people["persons"] + people["left_out"] == sum(b["population"]["persons"] for b in own)
        for field in report["fields"]:
            same = [next(f for f in b["fields"] if f["name"] == field["name"]) for b in own]
            assert (
                field["rows"],
                field["filled"]["part"],
                field["valid"]["part"],
                field["in_review"]["part"],
            ) == tuple(sum(f[name] for f in same) for name in ("rows", "filled", "valid", "in_review"))
        for name in ("merged_within_batch", "merged_with_store"):
            assert report["duplicates"][name] == sum(b["duplicates"][name] for b in own)
    assert [b["batch_id"] for b in found["01"]["batches"]] == [world.north.batch_id, world.again.batch_id]
    assert [p["province_code"] for p in found[NATION]["provinces"]] == ["01", "33"]
    assert {r["rule_id"]: r["rows"] for r in found[NATION]["quarantine"]} == {
        "birth_date.impossible": 1, "full_name.missing": 1,
    }  # fmt: skip
    assert next((o["batch_id"], o["rows"]) for o in found["01"]["waiting"]["oldest"]) == (world.north.batch_id, 2)
    assert {e["action"]: e["events"] for e in found["33"]["access"]}["batch.loaded"] == 1
    assert {e["action"]: e["events"] for e in found[NATION]["access"]}["batch.loaded"] == 3
    assert {t["id"]: t["batches"] for t in found[NATION]["gate"]}["gate.batch.quarantined"] == 3


def test_a_month_is_judged_and_tells_households_and_groups_of_its_batches(world: Months, tmp_path: Path) -> None:
    found = {scope: told(written) for scope, written in of_all(world, tmp_path).items()}
    for report in found.values():
        assert report["judged"]["engine"].startswith("great_expectations ")
        results = {r["id"]: r for r in report["judged"]["results"]}
        assert list(results) == [e.id for e in MONTH_EXPECTATIONS]
        assert all(r["evaluated"] for r in results.values())
        assert not [i for i, r in results.items() if r["severity"] == "critical" and not r["success"]]
        assert all(g["rows"] >= FEWEST_SHOWN for g in report["groups"])
    judged = {scope: {r["id"]: r["high"] for r in found[scope]["judged"]["results"]} for scope in ("01", NATION)}
    assert judged["01"]["month.rows.quarantined"] > judged[NATION]["month.rows.quarantined"]
    small = [
        scope for scope, batches in (("01", (world.north, world.again)), ("33", (world.south,)))
        if sum(_persons(world, b.batch_id) for b in batches) < FEWEST_SHOWN
    ]  # fmt: skip
    assert small, "the batches of this store are small"
    for scope in small:
        assert found[scope]["population"]["left_out"] == sum(
            _persons(world, b["batch_id"]) for b in found[scope]["batches"]
        )
        assert found[scope]["population"]["groups"] == []
        assert found[scope]["households"]["households"] == 0


def test_a_report_of_a_batch_tells_the_course_over_the_batches_of_its_province(world: Months) -> None:
    def course(batch_id: str) -> dict[str, list[str]]:
        path = inquiries.report_path(world.settings, batch_id).with_suffix(".json")
        gate = json.loads(path.read_text("utf-8"))["gate"]
        return {t["id"]: [p["batch_id"] for p in t["points"]] for t in gate["trends"]}

    assert course(world.north.batch_id) == course(world.south.batch_id) == {}, "the first of their provinces"
    told_ = course(world.again.batch_id)
    assert set(map(tuple, told_.values())) == {(world.north.batch_id, world.again.batch_id)}
    page = inquiries.report_path(world.settings, world.again.batch_id).read_text("utf-8")
    assert f'href="{world.north.batch_id}.html"' in page


def _persons(world: Months, batch_id: str) -> int:
    path = inquiries.report_path(world.settings, batch_id).with_suffix(".json")
    return int(json.loads(path.read_text("utf-8"))["population"]["persons"])


def test_data_and_paper_of_a_month_are_sealed_with_it_and_go_with_it(world: Months, tmp_path: Path) -> None:
    wanted = Period(NATION, world.month)
    path = report_period(wanted, world.settings, tmp_path, world.later, has_data=True, has_paper=True).path
    names = [*report_data.names(path.stem, period_tables.COLUMNS), f"{path.stem}.pdf"]
    first = {name: (tmp_path / name).read_bytes() for name in names}
    assert first[f"{path.stem}.pdf"].startswith(b"%PDF-")
    found = report_verifying.verified(tmp_path / names[-1], None, world.settings).verdict
    assert (found.findings, found.files) == ((), 2 + len(names))
    report_period(wanted, world.settings, tmp_path, world.later, has_data=True, has_paper=True)
    assert {name: (tmp_path / name).read_bytes() for name in names} == first
    report_period(wanted, world.settings, tmp_path, world.later)
    assert not [name for name in names if (tmp_path / name).exists()]
    assert report_verifying.verified(path, None, world.settings).verdict.findings == ()


def test_nobody_is_named_and_links_lead_from_the_nation_to_the_batch(world: Months, tmp_path: Path) -> None:
    written = of_all(world, tmp_path)
    pages = {scope: each.path.read_text("utf-8") for scope, each in written.items()}
    texts = [*pages.values(), *(json.dumps(told(each), ensure_ascii=False) for each in written.values())]
    assert not [canary for canary in CANARIES for text in texts if canary in text]
    assert f'href="province-33-{world.month}.html"' in pages[NATION]
    assert f'href="{world.south.batch_id}.html"' in pages["33"]
    assert f'href="{world.south.batch_id}.html"' not in pages["01"]
    small = told(written["33"])["breakdowns"]
    assert all(b["is_withheld"] and not b["groups"] for b in small)


def test_a_report_of_a_month_verifies_and_a_changed_byte_is_found(world: Months, tmp_path: Path) -> None:
    for scope, kind in (("01", "province"), (NATION, "nation")):
        path = report_period(Period(scope, world.month), world.settings, tmp_path, world.later).path
        found = report_verifying.verified(path, None, world.settings).verdict
        assert (found.findings, found.is_signed, found.report) == ((), True, path.stem)
        seal = json.loads(path.with_suffix(".seal.json").read_text("utf-8"))
        assert (seal["kind"], seal["province_code"]) == (kind, "" if scope == NATION else scope)
        assert found.as_of == json.loads(path.with_suffix(".json").read_text("utf-8"))["period"]["as_of"]
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
        changed = report_verifying.verified(path, None, world.settings).verdict
        assert [(f.kind, f.file) for f in changed.findings] == [("changed", path.name)]


def test_a_session_of_a_province_makes_its_own_report_and_no_other(world: Months, tmp_path: Path) -> None:
    own = contents(report_period(Period("33", world.month), world.settings, tmp_path / "nation", world.later))
    limited = replace(world.settings, province="33")
    assert contents(report_period(Period("33", world.month), limited, tmp_path / "own", world.later)) == own
    before = len(events(world.settings, "report.written"))
    for scope, code in (("01", "scope.other_province"), (NATION, "store.national_only")):
        with pytest.raises(UsageError, match=code):
            report_period(Period(scope, world.month), limited, tmp_path / "other", world.later)
    assert not (tmp_path / "other").exists()
    refused = [("refused", "scope.other_province", "01"), ("refused", "store.national_only", "")]
    assert events(world.settings, "report.written")[before:] == refused


def test_a_session_of_a_province_whose_month_nobody_counted_sees_its_own_batches(world: Months, tmp_path: Path) -> None:
    """The month after, to which nothing was loaded: provisional although it is over: the nation has to count."""
    later = bounds(following(world.month))[1] + timedelta(days=1)
    written = report_period(
        Period("33", following(world.month)), replace(world.settings, province="33"), tmp_path, later
    )
    assert told(written)["period"]["is_final"] is False
    assert told(written)["verdict"] == "nothing"


@pytest.mark.parametrize("month", ["2099-01"])
def test_a_month_that_has_not_begun_is_refused(world: Months, month: str) -> None:
    with pytest.raises(UsageError, match=r"period\.future"):
        report_period(Period("01", month), world.settings, None, world.now)


def test_whatever_comes_later_changes_no_byte(world: Months, tmp_path: Path) -> None:
    """The last test of this store: a person is erased, a batch undone, another loaded, all reports are gone."""
    settings = world.settings
    first = {scope: contents(w) for scope, w in of_all(world, tmp_path / "first").items()}
    store = open_store(settings.store_url, settings.home)
    query = "SELECT encode(uuid_send(person_id), 'hex') FROM golden_persons WHERE full_name = :name"
    with store.reading() as connection:
        person = str(connection.execute(sa.text(query), {"name": FAMILY[3][1]}).scalar_one())
    erasure.propose(store, person, "đơn số 12", "Trần A")
    erasure.approve(store, settings, person, "Lê B")
    batch_undo.undo(world.again.batch_id, "thử", "Trần A", settings)
    run.run_batch([ledger(tmp_path / "late" / "so.csv", FAMILY[2:3])], "33", settings)
    shutil.rmtree(settings.home / "reports")
    assert {scope: contents(w) for scope, w in of_all(world, tmp_path / "second").items()} == first
    assert audit.check_chain(store).findings == ()
    assert [outcome for outcome, *_ in events(settings, "period.counted")] == ["done"], "counted once"
    with store.reading() as connection:
        months_ = connection.execute(sa.text("SELECT DISTINCT month FROM period_figures")).scalars().all()
    store.close()
    assert months_ == [world.month], (
        f"nothing was loaded before {world.month}, so {previous(world.month)} is not counted"
    )
