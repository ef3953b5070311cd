"""A changed byte of a sealed report is found and located; so is whatever is missing, swapped, cut or of another."""

import ast
import json
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from pipeline import report_verifier
from pipeline.audit_keys import body, public
from pipeline.report_sealing import Signer
from pipeline.report_verifier import BLOCK, Finding, Piece, changes, digest_of, root_of, verify
from store.audit_proof import head_text
from store.audit_verifier import Tree, Verdict
from tests.pipeline import sealed_reports
from tests.pipeline.sealed_reports import KEY, PEM
from tests.quality import made_facts

OTHER = "c0ffee00" * 4
CHANGES = 1000


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sealed_reports.write(tmp_path_factory.mktemp("sealed"))


@pytest.fixture
def page(sealed: Path, tmp_path: Path) -> Path:
    """A copy to be tampered with."""
    shutil.copytree(sealed.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / sealed.name


def kinds(path: Path, key: bytes | None = PEM) -> list[str]:
    return [f.kind for f in verify(path, key).findings]


def beside(page: Path, ending: str) -> Path:
    return page.with_name(page.name.removesuffix(".html") + ending)


@pytest.mark.parametrize("ending", [".html", ".json", ".seal.json", ".seal.sig"])
def test_an_unchanged_report_is_sound_by_each_of_its_files(sealed: Path, ending: str) -> None:
    found = verify(beside(sealed, ending), PEM)
    assert (found.findings, found.is_signed, found.files, found.report) == ((), True, 2, made_facts.BATCH)
    assert found.as_of is not None
    assert found.as_of["sequence"] == 8
    assert found.content in sealed.read_text("utf-8")


def test_a_byte_changed_at_each_of_a_thousand_places_is_found_and_located(page: Path) -> None:
    chance = random.Random(43)  # noqa: S311 - the same places on every machine
    paths = [beside(page, ending) for ending in (".html", ".json", ".seal.json", ".seal.sig")]
    contents = {path: path.read_bytes() for path in paths}
    widths = []
    for _ in range(CHANGES):
        path = chance.choice(paths)
        whole = contents[path]
        at, way = chance.randrange(len(whole)), chance.choice(("flip", "insert", "delete"))
        byte = bytes([whole[at] ^ chance.randrange(1, 256)]) if way == "flip" else chance.randbytes(1)
        changed = whole[:at] + (b"" if way == "delete" else byte) + whole[at + (way != "insert") :]
        path.write_bytes(changed)
        found = verify(page, PEM).findings
        path.write_bytes(whole)
        assert [f.file for f in found] == [path.name], (way, at, found)
        places = alike(whole, at) if way == "delete" else [at]
        holding = [f for f in found if any(holds(f, place, way) for place in places)]
        assert holding, (way, path.name, at, found)
        assert holding[0].line == changed.count(b"\n", 0, holding[0].first) + 1
        widths += [f.last - f.first for f in holding if path.suffix in {".html"}]
    assert max(widths) <= 2 * BLOCK + 2
    assert verify(page, PEM).findings == ()


def alike(whole: bytes, at: int) -> range:
    """Where a byte may have been taken out so that the same bytes are left: anywhere among its like."""
    first = last = at
    while first and whole[first - 1] == whole[at]:
        first -= 1
    while last + 1 < len(whole) and whole[last + 1] == whole[at]:
        last += 1
    return range(first, last + 1)


def holds(found: Finding, place: int, way: str) -> bool:
    return found.first <= place < max(found.last, found.first + 1) or (way == "delete" and place == found.last)


def test_several_changes_are_each_located(page: Path) -> None:
    whole = page.read_bytes()
    places = [9_000, 50_000, 120_000, 200_000]
    changed = whole[:9_000] + b"+" + whole[9_000:50_000] + whole[50_003:120_000] + b"#" + whole[120_001:200_000]
    page.write_bytes(changed + b"12345" + whole[200_000:])
    now = [9_000, 50_001, 119_998, 199_998]
    found = verify(page, PEM).findings
    assert len(found) == len(places)
    assert all(f.first <= at <= f.last <= f.first + 2 * BLOCK for f, at in zip(found, now, strict=True))


def section(page: Path, name: str) -> tuple[int, int]:
    told = json.loads(beside(page, ".seal.json").read_text("utf-8"))
    found = next(s for s in told["sections"] if s["file"] == page.name and s["name"] == name)
    return found["from"], found["from"] + found["bytes"]


@pytest.mark.parametrize(("one", "other"), [("vi balance", "vi files"), ("vi balance", "en gate")])
def test_swapped_sections_are_found_and_named(page: Path, one: str, other: str) -> None:
    (a, b), (c, d) = section(page, one), section(page, other)
    whole = page.read_bytes()
    page.write_bytes(whole[:a] + whole[c:d] + whole[b:c] + whole[a:b] + whole[d:])
    moved = {f.sections for f in verify(page, PEM).findings if f.kind == "moved"}
    assert {(one, other), (other, one)} <= moved


def test_a_change_is_told_by_its_section(page: Path) -> None:
    start, end = section(page, "en population")
    whole = page.read_bytes()
    at = whole.index(b"<h2", start)
    page.write_bytes(whole[:at] + whole[at:].replace(b"<h2", b"<h3", 1))
    (found,) = verify(page, PEM).findings
    assert (found.kind, found.sections) == ("changed", ("en population",))
    assert start <= found.first <= at + 2 < found.last <= end
    words = report_verifier.in_words(verify(page, PEM), 1)
    assert f"section en population, bytes {found.first} to {found.last} (line {found.line})" in words[0]
    assert words[-1] == "CHANGED: 1 findings."


def replaced(page: Path, ending: str, by: Path) -> Path:
    shutil.copyfile(by, beside(page, ending))
    return page


def of_other(page: Path) -> Path:
    return sealed_reports.write(page.parent / "other", OTHER)


def swapped(page: Path, *endings: str) -> Path:
    for ending in endings:
        replaced(page, ending, beside(of_other(page), ending))
    return page


def added(path: Path, more: bytes) -> Path:
    path.write_bytes(path.read_bytes() + more)
    return path


def cut(path: Path, length: int) -> Path:
    path.write_bytes(path.read_bytes()[:-length])
    return path


TAMPERED: dict[str, tuple[Callable[[Path], object], list[str]]] = {
    "a file is missing": (lambda p: beside(p, ".json").unlink(), ["file_missing"]),
    "bytes were added": (lambda p: added(p, b"<p>more</p>"), ["added"]),
    "the tail was cut": (lambda p: cut(p, 7), ["cut"]),
    "a last block was cut": (lambda p: cut(p, 10_000), ["cut"]),
    "the page is another batch's": (lambda p: swapped(p, ".html"), ["other_report"]),
    "the data are another batch's": (lambda p: swapped(p, ".json"), ["other_report"]),
    "page and data are another batch's": (lambda p: swapped(p, ".html", ".json"), ["other_report"] * 2),
    "the seal is another report's": (
        lambda p: swapped(p, ".seal.json", ".seal.sig"), ["other_seal", "file_missing", "file_missing"],
    ),
    "the signature is another report's": (lambda p: swapped(p, ".seal.sig"), ["signature_false"]),
    "the seal is missing": (lambda p: beside(p, ".seal.json").unlink(), ["seal_missing"]),
    "the signature is missing": (lambda p: beside(p, ".seal.sig").unlink(), ["unsigned"]),
    "the signature is empty": (lambda p: beside(p, ".seal.sig").write_bytes(b""), ["signature_false"]),
    "the seal is empty": (lambda p: beside(p, ".seal.json").write_bytes(b""), ["seal_changed"]),
    "the seal is no seal": (lambda p: beside(p, ".seal.json").write_bytes(b'{"files":[]}\n'), ["seal_changed"]),
}  # fmt: skip


@pytest.mark.parametrize("tampering", TAMPERED)
def test_whatever_is_missing_swapped_or_cut_is_found(page: Path, tampering: str) -> None:
    change, expected = TAMPERED[tampering]
    change(page)
    assert kinds(page) == expected


def test_a_seal_made_anew_with_another_key_is_no_seal(page: Path) -> None:
    stranger = Ed25519PrivateKey.generate()
    sealed_reports.write(page.parent, signer=Signer(stranger, public(stranger)))
    assert kinds(page) == ["signature_false"]
    assert kinds(page, public(stranger)) == []


def test_a_report_under_another_name_is_told(page: Path) -> None:
    for ending in (".html", ".json", ".seal.json", ".seal.sig"):
        beside(page, ending).rename(page.with_name("khac" + ending))
    assert "other_seal" in kinds(page.with_name("khac.html"))


def test_a_key_that_was_handed_over_verifies_from_the_first(tmp_path: Path) -> None:
    heir = Ed25519PrivateKey.generate()
    text = head_text(Verdict(3, "0" * 64, "0" * 64, "", ()), "2026-11-27T00:00:00+00:00", next_key=body(public(heir)))
    handed = ((text, KEY.sign(text.encode()).hex()),)
    page = sealed_reports.write(tmp_path / "a", signer=Signer(heir, PEM, handed))
    assert kinds(page, PEM) == []
    forged = ((text, heir.sign(text.encode()).hex()),)
    page = sealed_reports.write(tmp_path / "b", signer=Signer(heir, PEM, forged))
    assert kinds(page, PEM) == ["signature_false"]


def test_a_report_without_signature_says_so(tmp_path: Path) -> None:
    page = sealed_reports.write(tmp_path, signer=None)
    assert kinds(page) == ["unsigned"]
    assert kinds(page, None) == []


def test_a_root_that_is_not_that_of_the_sections_is_found_though_it_is_signed(page: Path) -> None:
    seal = beside(page, ".seal.json")
    whole = seal.read_bytes()
    body_ = re.sub(rb'"root":"[0-9a-f]+"', b'"root":"' + b"0" * 64 + b'"', whole[: whole.index(b'"self":')])
    seal.write_bytes(report_verifier.closed(body_))
    beside(page, ".seal.sig").write_bytes(KEY.sign(seal.read_bytes()))
    assert kinds(page) == ["root_false"]


@given(st.lists(st.binary(max_size=8), max_size=40))
def test_the_root_is_that_of_the_audit_s_tree(leaves: list[bytes]) -> None:
    tree = Tree()
    for leaf in leaves:
        tree.add(leaf)
    assert root_of(leaves) == tree.root()


def pieces(content: bytes) -> list[Piece]:
    spans = [(at, min(at + BLOCK, len(content))) for at in range(0, len(content), BLOCK)]
    return [Piece(a, b, digest_of(content[a:b])) for a, b in spans]


@given(st.binary(max_size=3000), st.binary(max_size=3000))
def test_what_lies_outside_the_spans_is_as_it_was_sealed(then: bytes, now: bytes) -> None:
    spans = changes(now, pieces(then))
    assert (not spans) == (now == then)
    at = was = 0
    for first, last, _, _ in [*spans, (len(now), len(now), 0, 0)]:
        kept = now[at : max(at, first)]
        was = then.find(kept, was)
        assert was >= 0
        at, was = max(at, last), was + len(kept)


def test_the_file_alone_verifies_and_agrees_with_the_module(page: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone" / "report_verifier.py"
    alone.parent.mkdir()
    shutil.copyfile(report_verifier.__file__, alone)

    def told(*more: str) -> tuple[int, str]:
        command = [sys.executable, "-I", str(alone), str(page), *more]
        done = subprocess.run(command, capture_output=True, text=True, cwd=alone.parent, check=False)
        return done.returncode, done.stdout

    status, said = told()
    assert status == 0
    assert said.splitlines() == [*report_verifier.in_words(verify(page, PEM), 0),
                                 *report_verifier.in_words(verify(page, PEM), 1)]  # fmt: skip
    page.write_bytes(page.read_bytes().replace(b"</h2>", b"</h3>", 1))
    status, said = told("--no-signature")
    assert status == 1
    assert said.splitlines() == [*report_verifier.in_words(verify(page, None), 0),
                                 *report_verifier.in_words(verify(page, None), 1)]  # fmt: skip
    page.unlink()
    beside(page, ".seal.json").unlink()
    assert told()[0] == 2


def test_it_imports_nothing_but_the_standard_library() -> None:
    tree = ast.parse(Path(report_verifier.__file__).read_text("utf-8"))
    named = [n.names[0].name if isinstance(n, ast.Import) else str(n.module) for n in ast.walk(tree)
             if isinstance(n, ast.Import | ast.ImportFrom)]  # fmt: skip
    assert {name.partition(".")[0] for name in named} - set(sys.stdlib_module_names) == {"cryptography"}


def test_each_finding_has_words_in_both_languages_and_some_report_has_it() -> None:
    told = Counter(kind for _, expected in TAMPERED.values() for kind in expected)
    assert set(told) | {"changed", "moved", "root_false", "stranger"} == set(report_verifier.SAID)
    assert all(vi and en and vi != en for vi, en in report_verifier.SAID.values())
    assert Finding("moved", "x").first == 0


def test_openssl_checks_the_signature_as_the_file_says(page: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl on this machine")
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", str(page.with_name("audit.pub")), "-rawin", "-in",
               str(beside(page, ".seal.json")), "-sigfile", str(beside(page, ".seal.sig"))]  # fmt: skip
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    added(beside(page, ".seal.json"), b" ")
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1
