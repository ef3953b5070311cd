import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from pipeline import report_sealing, report_verifier
from pipeline.audit_keys import SIGNING_KEY
from pipeline.report_sealing import Made, signer_of
from pipeline.settings import Settings
from quality.report_parts import Part
from schemas.errors import SettingsError
from store.engine import open_store
from tests.pipeline import sealed_reports
from tests.pipeline.sealed_reports import KEPT, MARKS, SIGNER

FILES = (Made("x.html", b"head<a>1</a>", (Part("head", 0), Part("a", 4))), Made("x.json", b"{}\n", (Part("all", 0),)))
DELIVERY = sealed_reports.facts().delivery


def test_a_seal_tells_of_every_file_and_section_without_gap() -> None:
    seal = report_sealing.seal_of(DELIVERY, KEPT, MARKS[3], FILES, SIGNER)
    found = json.loads(seal)
    assert found["files"] == [
        {"name": f.name, "bytes": len(f.content), "sha256": sha256(f.content).hexdigest()} for f in FILES
    ]
    spans = [(s["file"], s["name"], s["from"], s["bytes"]) for s in found["sections"]]
    assert spans == [("x.html", "head", 0, 4), ("x.html", "a", 4, 8), ("x.json", "all", 0, 3)]
    assert found["content"] == sha256(FILES[1].content).hexdigest()
    leaves = [report_verifier.leaf(s) for s in found["sections"]]
    assert found["root"] == report_verifier.root_of(leaves).hex()
    assert (found["as_of"]["sequence"], found["counted"]["before"]["sequence"], found["counted"]["after"]["sequence"],
            found["made"]["sequence"]) == (8, 7, 9, 10)  # fmt: skip
    assert (found["code_version"], found["model_version"], found["id"]) == ("0.1.0", "v1", DELIVERY.batch_id)


def test_a_seal_is_canonical_a_line_for_each_entry_and_holds_its_own_lines() -> None:
    seal = report_sealing.seal_of(DELIVERY, KEPT, None, FILES, None)
    lines = seal.decode().splitlines()
    assert seal == report_verifier.closed(seal[: seal.index(b'"self"')])
    assert list(json.loads(seal)) == sorted(json.loads(seal))
    assert [line for line in lines if line.startswith('{"blocks"')] == [
        json.dumps(s, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "," * (n < 2)
        for n, s in enumerate(json.loads(seal)["sections"])
    ]


def test_only_the_seal_says_when_it_was_made(tmp_path: Path) -> None:
    page = sealed_reports.write(tmp_path / "a")
    later = replace(MARKS[3], sequence=99)
    files = sealed_reports.files_of(sealed_reports.facts(), page.stem)
    seal = report_sealing.seal_of(DELIVERY, KEPT, later, files, SIGNER)
    report_sealing.write(tmp_path / "b", page.stem, files, seal, SIGNER)
    same, other = [], []
    for path in sorted((tmp_path / "a").iterdir()):
        (same if path.read_bytes() == (tmp_path / "b" / path.name).read_bytes() else other).append(path.name)
    assert other == [f"{page.stem}.seal.json", f"{page.stem}.seal.sig"]
    assert same == [f"{page.stem}.html", f"{page.stem}.json", "audit.pub"]


def test_an_older_signature_never_stays_beside_a_seal_that_has_none(tmp_path: Path) -> None:
    page = sealed_reports.write(tmp_path)
    sealed_reports.write(tmp_path, signer=None)
    assert not page.with_name(page.stem + ".seal.sig").exists()
    assert [p.name for p in tmp_path.glob("*.part")] == []


@pytest.mark.store
def test_the_machine_with_the_key_of_the_heads_seals(settings: Settings) -> None:
    store = open_store(settings.store_url, settings.home)
    made = signer_of(store, settings)
    assert made is not None
    assert made.handed_over == ()
    again = signer_of(store, settings)
    assert again is not None
    assert again.first == made.first
    (settings.home / SIGNING_KEY).chmod(0o644)
    with pytest.raises(SettingsError, match=r"key\.readable_by_others"):
        signer_of(store, settings)
    store.close()


@pytest.mark.store
def test_a_machine_that_does_not_hold_the_key_seals_without_signature(settings: Settings) -> None:
    from pipeline import audit, run
    from tests.pipeline.deliveries import FAMILY, ledger

    run.run_batch([ledger(settings.home / "so.csv", FAMILY)], "01", settings)
    audit.sign_head(settings)
    (settings.home / SIGNING_KEY).unlink()
    store = open_store(settings.store_url, settings.home)
    assert signer_of(store, settings) is None
    store.close()
