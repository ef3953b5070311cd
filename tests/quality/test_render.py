import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from quality.field_history import FieldHistory
from quality.render import render_html, render_json, seal_of
from quality.report import Report, build_report
from quality.report_facts import Balance, GateRelease, PersonCount, ReportFacts, RowPlace, RuleCount
from schemas import messages
from schemas.fields import FIELDS
from schemas.messages import LANGUAGES
from schemas.tables import FILE_OUTCOMES, LEVEL_NAMES
from tests.quality import made_facts

ROOT = Path(__file__).parents[2]
HOSTILE = '<script>alert("x")</script>&\'" onload=x.csv'


class Page(HTMLParser):
    """Tags with their attributes, and the text of each language."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = dict.fromkeys(LANGUAGES, "")
        self._language: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "article":
            self._language = dict(attrs)["lang"]

    def handle_endtag(self, tag: str) -> None:
        self._language = None if tag == "article" else self._language

    def handle_data(self, data: str) -> None:
        if self._language:
            self.text[self._language] += data


@pytest.fixture(scope="module")
def report() -> Report:
    return build_report(made_facts.facts())


@pytest.fixture(scope="module")
def html(report: Report) -> str:
    return render_html(report)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_it_is_one_file_that_asks_for_nothing(html: str, page: Page) -> None:
    assert not {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe", "object", "base", "form"}
    addresses = [v for _, attrs in page.tags for k, v in attrs.items() if k in {"src", "href", "xlink:href", "action"}]
    beside = f"{made_facts.BATCH}.rows/"
    others = re.compile(r"[0-9a-f]{32}\.html")  # reports of earlier batches, in the same folder
    assert all(a is not None and (a.startswith(("#", beside)) or others.fullmatch(a)) for a in addresses)
    assert set(re.findall(r"url\((.{5})", html)) == {"data:"}
    assert not re.search(r"https?:|@import", html)
    assert not [a for _, attrs in page.tags for a in attrs if a.startswith("on")]


def test_it_is_small(html: str) -> None:
    assert len(html.encode()) < 460_000


def test_ids_are_unique_and_links_lead_somewhere(page: Page) -> None:
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    named = {i for _, attrs in page.tags for i in (attrs.get("aria-labelledby") or "").split()}
    targets = {a[1:] for tag, attrs in page.tags if tag == "a" and (a := attrs.get("href") or "#").startswith("#")}
    labelled = {attrs.get("for") for tag, attrs in page.tags if tag == "label"}
    assert (named | targets | labelled) <= set(ids)


def test_every_picture_has_a_title_and_a_description(html: str) -> None:
    pictures = re.findall(r'<svg class="picture.*?</svg>', html, flags=re.S)
    assert len(pictures) > 2 * len(FIELDS)
    assert all(re.search(r"<title id=.+?>.+?</title><desc id=.+?>.+?</desc>", p) for p in pictures)


@pytest.mark.parametrize("field", FIELDS, ids=lambda f: f.name)
def test_every_field_is_there_in_both_languages(page: Page, field) -> None:  # type: ignore[no-untyped-def]
    assert field.label_vi in page.text["vi"]
    assert field.label_en in page.text["en"]
    assert all(field.qcvn_element in page.text[x] for x in LANGUAGES)


def test_numbers_are_written_as_the_language_does(page: Page) -> None:
    assert "17.070" in page.text["vi"]
    assert "17,070" not in page.text["vi"]
    assert "17,070" in page.text["en"]
    assert "86,2\N{NO-BREAK SPACE}%" in page.text["vi"]
    assert "86.2\N{NO-BREAK SPACE}%" in page.text["en"]


def test_the_sums_of_the_page_are_those_of_the_facts(html: str) -> None:
    article = html[html.index('<article lang="en">') :]
    table = article[article.index('<table class="stack files"') : article.index("</table>")]
    rows = re.findall(r"<tr role=\"row\">(.*?)</tr>", table, flags=re.S)[1:]
    seen = [
        [int(n.replace(",", "")) for n in re.findall(r'<td role="cell"[^>]*>(?:<a [^>]*>)?([\d,]+)<', row)]
        for row in rows
    ]
    read = [[b.read, b.loaded, b.merged, b.known, b.quarantined, b.rejected, 0] for b in made_facts.BALANCES.values()]
    assert seen == [*read, [sum(column) for column in zip(*read, strict=True)]]


def test_the_seal_is_that_of_the_json_file(report: Report, page: Page, tmp_path: Path) -> None:
    (tmp_path / "report.json").write_bytes(render_json(report).encode())
    seal = hashlib.sha256((tmp_path / "report.json").read_bytes()).hexdigest()
    assert seal == seal_of(report)
    assert all(seal in page.text[x] for x in LANGUAGES)


def test_one_figure_more_gives_another_seal(report: Report) -> None:
    other = replace(report, quarantine=(*report.quarantine, RuleCount("sex.missing", "block", 1)))
    assert seal_of(other) != seal_of(report)


def test_the_same_facts_give_the_same_bytes_in_another_process(html: str, report: Report) -> None:
    code = (
        "import sys; from quality.render import render_html, render_json; from quality.report import build_report;"
        "from tests.quality.made_facts import facts; report = build_report(facts());"
        "sys.stdout.buffer.write((render_html(report) + render_json(report)).encode())"
    )
    made = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert made.stdout == (html + render_json(report)).encode()


def test_names_of_files_and_sheets_are_text_and_nothing_else() -> None:
    facts = made_facts.facts()
    places = (RowPlace(HOSTILE, HOSTILE, 3),)
    messages_ = (RuleCount("sex.missing", "block", 1, (RowPlace("", HOSTILE, 3),), "D", HOSTILE),)
    files = tuple(replace(f, path=f"{n}/{HOSTILE}", messages=messages_) for n, f in enumerate(facts.files))
    hostile = replace(facts, files=files, quarantine=(RuleCount("sex.missing", "block", 1, places),))
    page = Page(render_html(build_report(hostile)))
    assert "script" not in {tag for tag, _ in page.tags}
    assert not [a for _, attrs in page.tags for a in attrs if a.startswith("on")]
    assert HOSTILE in page.text["vi"]


def test_a_missing_translation_is_an_error(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = dict(messages.catalogue("en"))
    del whole["report.balance.lead"]
    monkeypatch.setattr(messages, "catalogue", lambda language: whole)
    with pytest.raises(KeyError, match=r"report\.balance\.lead"):
        render_html(report)


def report_texts() -> list[str]:
    return [key for key in messages.catalogue("vi") if key.startswith("report.")]


def test_no_text_of_the_report_is_the_same_in_both_languages() -> None:
    same = {k for k in report_texts() if messages.catalogue("vi")[k] == messages.catalogue("en")[k]}
    assert same == {"report.title", "report.fields.qcvn", "report.flow.part"}


class Said(dict[str, object]):
    """A catalogue that remembers which texts were asked for."""

    def __init__(self, texts: dict[str, object]) -> None:
        super().__init__(texts)
        self.keys_said: set[str] = set()

    def __getitem__(self, key: str) -> object:
        self.keys_said.add(key)
        return super().__getitem__(key)


def test_every_text_of_the_report_is_said_by_some_report(monkeypatch: pytest.MonkeyPatch) -> None:
    said = Said(messages.catalogue("vi"))
    texts = report_texts()
    monkeypatch.setattr(messages, "catalogue", lambda language: said)
    for facts in variants():
        render_html(build_report(facts))
    assert sorted(set(texts) - said.keys_said) == []


def variants() -> Iterator[ReportFacts]:
    """Batches of every verdict, and one for each odd thing that a report can say."""
    made = made_facts.facts()
    gate = made.gate
    assert gate is not None
    yield from (made, made_facts.stopped(), replace(made, files=(), balance=Balance(), people=(), gate=None))
    for balance in (Balance(9, loaded=9), Balance(9, known=9), Balance(9, quarantined=9)):
        yield replace(
            made, files=(), balance=balance, recount=Balance(8, loaded=8), codes=made.codes[-2:-1], quarantine=()
        )
    yield replace(made, history=FieldHistory(), people=(PersonCount(1990, "1", False, 3),), states={"living": 1})
    one = made.files[0]
    told = (RuleCount("file.kind_mismatch", "notice", 1, (RowPlace("", None, None),)),)
    many = tuple(
        replace(one, path=f"{n}.csv", outcome=outcome, messages=told) for n in range(2) for outcome in FILE_OUTCOMES
    )
    yield replace(
        made, files=(*many * 5, replace(one, path="so.dbf", kind="dbf"), replace(one, path="so.png", kind="scan"))
    )
    twin = replace(one, outcome="already_known", reason=made.delivery.batch_id, balance=Balance(), is_twin=True)
    yield replace(made, files=(one, twin))
    yield replace(made, files=many, delivery=replace(made.delivery, province_code_63="28"), people=made.people[:4])
    examples = tuple(
        replace(pair, levels={name: level}) for name, count in LEVEL_COUNTS.items() for level in range(count)
        for pair in made.duplicates.examples[:1]
    )  # fmt: skip
    yield replace(made, duplicates=replace(made.duplicates, examples=examples, large_block_records=70))
    odd = (replace(gate.results[0], evaluated=False), *(replace(r, observed=None) for r in gate.results[1:]))
    yield replace(made, gate=replace(gate, results=odd))
    stop = replace(next(r for r in gate.results if r.id == "gate.batch.sex"), success=False, unexpected=1)
    let_in = GateRelease(stop.id, 1, "3fa91c20aa17", "2026-11-02T08:15:00+00:00")
    yield replace(made, gate=replace(gate, results=(stop,), released=(let_in,)))


LEVEL_COUNTS = dict(zip(LEVEL_NAMES, (10, 10, 3, 7, 8, 6, 11), strict=True))


@pytest.mark.parametrize("made", [made_facts.facts, made_facts.stopped], ids=["accepted_in_part", "stopped"])
def test_json_is_sorted_and_has_the_documented_keys(made) -> None:  # type: ignore[no-untyped-def]
    text = render_json(build_report(made()))
    value = json.loads(text)
    assert text == json.dumps(value, ensure_ascii=False, sort_keys=True, indent=2) + "\n"
    document = (ROOT / "docs" / "report.md").read_text("utf-8")
    assert not [key for key in keys(value) if f"`{key}`" not in document]


def keys(value: object) -> set[str]:
    """Keys of the report; those of its data (a reason, a level) are named by the document as a whole."""
    free = {"empty", "levels", "identifiers"}
    if isinstance(value, dict):
        return set(value) | {k for name, inner in value.items() if name not in free for k in keys(inner)}
    return {k for item in value for k in keys(item)} if isinstance(value, list) else set()


def test_a_batch_of_nothing_can_be_read() -> None:
    facts = made_facts.facts()
    for made in (replace(facts, gate=None, people=(), codes=(), files=(), quarantine=()), made_facts.stopped()):
        assert "Thành phố Hà Nội" in Page(render_html(build_report(made))).text["vi"]
