"""Sealed reports of made-up batches in a folder, for the tests of the seal and its verifier."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pipeline import report_sealing
from pipeline.audit_keys import public
from pipeline.kept_figures import Kept
from pipeline.report_sealing import Made, Signer
from quality import report_parts
from quality.render import render_html, render_json
from quality.report import build_report
from quality.report_facts import ReportFacts
from schemas.tables import OUTCOMES
from store.audit_marks import Mark
from store.batch import Sums
from store.report_figures import BatchFigures
from store.reports import StoredBatch
from tests.quality import made_facts

KEY = Ed25519PrivateKey.from_private_bytes(b"\7" * 32)
PEM = public(KEY)
SIGNER = Signer(KEY, PEM)
NOTHING = BatchFigures(dict.fromkeys(OUTCOMES, 0), [], [], (0, 0), 0, 0, [], (), [], [], [], [], [], [], {}, [])
MARKS = [Mark(n, f"{n:064x}", "2026-11-20T02:41:07Z") for n in (7, 8, 9, 10)]
STORED = StoredBatch(
    made_facts.BATCH, "01", None, "loaded", None, "0.1.0", "v1", datetime(2026, 1, 1, tzinfo=UTC), Sums()
)
KEPT = Kept(STORED, (), NOTHING, MARKS[1], "5c0e91a7b24f", MARKS[0], MARKS[2])


def facts(batch_id: str = made_facts.BATCH) -> ReportFacts:
    made = made_facts.facts()
    return replace(made, delivery=replace(made.delivery, batch_id=batch_id))


def files_of(given: ReportFacts, stem: str) -> tuple[Made, Made]:
    report = build_report(given)
    page, data = render_html(report).encode(), render_json(report).encode()
    html = Made(f"{stem}.html", page, report_parts.of_html(page))
    return html, Made(f"{stem}.json", data, report_parts.of_json(data))


def write(folder: Path, batch_id: str = made_facts.BATCH, signer: Signer | None = SIGNER, stem: str = "") -> Path:
    """A sealed report; its page."""
    given, stem = facts(batch_id), stem or batch_id
    files = files_of(given, stem)
    seal = report_sealing.seal_of(given.delivery, KEPT, MARKS[3], files, signer)
    report_sealing.write(folder, stem, files, seal, signer)
    return folder / f"{stem}.html"
