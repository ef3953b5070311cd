import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from quality.period_facts import MonthGate, People, PeriodFacts, RuleRows
from quality.period_render import render_html, render_json, scanned, seal_of
from quality.period_report import build_period
from quality.report_facts import Balance, HouseholdCount, PersonCount
from quality.report_parts import of_html, of_json
from schemas import messages
from schemas.fields import FIELDS
from schemas.messages import LANGUAGES
from schemas.rules import all_rules
from tests.quality import made_months
from tests.quality.test_render import Page, Said, keys

ROOT = Path(__file__).parents[2]
MADE = (made_months.province, made_months.nation, made_months.nothing)


@pytest.fixture(scope="module", params=MADE, ids=["province", "nation", "nothing"])
def html(request: pytest.FixtureRequest) -> str:
    return render_html(build_period(request.param()))


def test_it_is_one_file_whose_links_stay_in_its_folder(html: str) -> None:
    page = Page(html)
    assert not {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe", "object", "base", "form"}
    links = [v or "" for _, attrs in page.tags for k, v in attrs.items() if k in {"src", "href", "action"}]
    assert all(re.fullmatch(r"#[a-z_-]+|[0-9a-f]{32}\.html|province-[0-9]{2}-2026-11\.html", link) for link in links)
    assert set(re.findall(r"url\((.{5})", html)) == {"data:"}
    assert not re.search(r"https?:|@import", html)


def test_ids_are_unique_and_links_lead_somewhere(html: str) -> None:
    page = Page(html)
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    named = {i for _, attrs in page.tags for i in (attrs.get("aria-labelledby") or "").split()}
    inner = {v[1:] for tag, attrs in page.tags if tag == "a" and (v := attrs.get("href") or "").startswith("#")}
    assert named | inner <= set(ids)


def test_every_picture_has_a_title_and_a_description(html: str) -> None:
    pictures = re.findall(r'<svg class="picture.*?</svg>', html, flags=re.S)
    assert all(re.search(r"<title id=.+?>.+?</title><desc id=.+?>.+?</desc>", p) for p in pictures)


def test_all_fields_are_there_and_the_sums_are_those_of_the_facts() -> None:
    facts = made_months.nation()
    text = Page(render_html(build_period(facts))).text
    assert not [f.name for f in FIELDS if f.label_vi not in text["vi"] or f.label_en not in text["en"]]
    read = sum(x.balance.read for p in facts.parts for x in p.batches if x.counts)
    assert f"{read:,}" in text["en"]
    assert f"{read:,}".replace(",", ".") in text["vi"]
    assert "nation-2026-11.html" in text["vi"]


def test_the_seal_on_the_page_is_that_of_the_json_file() -> None:
    report = build_period(made_months.province())
    seal = hashlib.sha256(render_json(report).encode()).hexdigest()
    assert seal == seal_of(report)
    assert all(seal in said for said in Page(render_html(report)).text.values())
    assert scanned(report, seal) == f"SOHOA-SEAL-1:PROVINCE-01-2026-11:{seal.upper()}"
    assert re.fullmatch(r"[0-9A-Z $%*+./:-]+", scanned(report, seal)), "letters that QR codes hold well"


def test_page_and_json_divide_into_sections_that_a_seal_names(html: str) -> None:
    names = [part.name for part in of_html(html.encode())]
    assert names[:3] == ["head", "vi cover", "vi balance"]
    assert {f"{x} {name}" for x in LANGUAGES for name in ("fields", "gate", "access", "seal")} <= set(names)
    data = render_json(build_period(made_months.province())).encode()
    assert [p.name for p in of_json(data)] == sorted(json.loads(data))


@pytest.mark.parametrize("made", MADE)
def test_json_is_sorted_and_has_the_documented_keys(made) -> None:  # type: ignore[no-untyped-def]
    text = render_json(build_period(made()))
    value = json.loads(text)
    assert text == json.dumps(value, ensure_ascii=False, sort_keys=True, indent=2) + "\n"
    document = (ROOT / "docs" / "report.md").read_text("utf-8").split("## Reports of a month")[1]
    verdicts = {"accepted", "accepted_in_part", "nothing_new", "nothing_accepted", "stopped", "undone"}
    assert not [key for key in keys(value) - verdicts if f"`{key}`" not in document]


def test_the_same_facts_give_the_same_bytes_in_another_process() -> None:
    code = (
        "import sys; from quality.period_render import render_html, render_json;"
        "from quality.period_report import build_period; from tests.quality.made_months import nation;"
        "report = build_period(nation());"
        "sys.stdout.buffer.write((render_html(report) + render_json(report)).encode())"
    )
    made = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    report = build_period(made_months.nation())
    assert made.stdout == (render_html(report) + render_json(report)).encode()


def test_no_text_is_the_same_in_both_languages() -> None:
    texts = [key for key in messages.catalogue("vi") if key.startswith("period.")]
    same = {k for k in texts if messages.catalogue("vi")[k] == messages.catalogue("en")[k]}
    assert same == {"period.title"}


def few(province: PeriodFacts) -> Iterator[PeriodFacts]:
    """Months of hardly anybody, with a small batch among others, and as they were counted in earlier versions."""
    own = province.parts[0]
    small = People((PersonCount(1990, "1", False, 7),), (HouseholdCount(3, 1, 2),), {"living": 7})
    yield replace(province, parts=(replace(own, few=small),))
    tally = replace(own.tally, people=small.people, households=small.households, states=small.states)
    yield replace(province, parts=(replace(own, tally=tally),))
    yield replace(province, gate=MonthGate(), parts=(replace(own, tally=replace(own.tally, households=(), states={})),))
    yield replace(province, gate=replace(province.gate, results=tuple(
        replace(r, success=False, evaluated=False) for r in province.gate.results
    )))  # fmt: skip


def variants() -> Iterator[PeriodFacts]:
    """Months of every verdict, and one for each odd thing that a report can say."""
    province = made_months.province()
    yield from (province, made_months.nation(), made_months.nothing(), made_months.province(60), made_months.nation(24))
    yield replace(province, is_final=False)
    own = province.parts[0]
    yield from few(province)
    line, only = own.batches[0], replace(own.tally, quarantine=(), weights=())
    rejected = Balance(9, rejected=9)
    known = Balance(9, known=9)
    told_as = [
        (Balance(9, 9), "accepted"),
        (rejected, "stopped"),
        (known, "nothing_new"),
        (rejected, "nothing_accepted"),
    ]
    for balance, told in told_as:
        lines = (replace(line, verdict=told, balance=balance, gate=()),)
        tally = replace(only, balance=balance, people=() if balance.rejected else own.tally.people)
        yield replace(province, parts=(replace(own, batches=lines, tally=tally, before=()),))
    odd = tuple(replace(point, evaluated=False, success=False) for point in line.gate)
    yield replace(province, parts=(replace(own, batches=(replace(line, gate=odd),)),))
    rules = tuple(RuleRows(rule_id, 3) for rule_id in list(all_rules())[:12])
    yield replace(province, parts=(replace(own, tally=replace(own.tally, quarantine=rules)),))
    many = tuple(replace(own, province_code=f"{n:02}") for n in (1, 4, 8, 11, 12, 14, 15, 19))
    yield replace(made_months.nation(), parts=many)


def test_every_text_of_the_report_is_said_by_some_report(monkeypatch: pytest.MonkeyPatch) -> None:
    said = Said(messages.catalogue("vi"))
    texts = [k for k, v in messages.catalogue("vi").items() if k.startswith("period.") and isinstance(v, str)]
    monkeypatch.setattr(messages, "catalogue", lambda language: said)
    for facts in variants():
        render_html(build_period(facts))
    assert sorted(set(texts) - said.keys_said) == []
