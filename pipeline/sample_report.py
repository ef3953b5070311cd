"""The samples of a batch, sealed beside its report as `<batch>.sample.html` and `.json`: a document that grows."""

from dataclasses import replace
from pathlib import Path

from pipeline import report_sealing
from pipeline.gathering import gather
from pipeline.kept_figures import Kept
from pipeline.report_sealing import Made, Signer
from quality import report_parts, sample_page
from quality.sample_page import Sample
from quality.sampling import Stratum
from store import audit_marks, row_samples
from store.engine import Store

ENDING = ".sample"
_DIGITS = 12


def samples_of(store: Store, batch_id: str) -> tuple[Sample, ...]:
    """Every sample that was drawn of a batch, oldest first, with what was found."""
    moments = row_samples.moments(store, batch_id)
    made = []
    for draw in row_samples.draws_of(store, batch_id):
        when = moments[draw.number]
        sample = Sample(
            draw.number, draw.seed, draw.strata, draw.rows, draw.drawn, draw.digest,
            store.acting.pseudonym("account", draw.author)[:_DIGITS], when.drawn_at, when.answered_at, when.answers,
        )  # fmt: skip
        found = row_samples.findings(store, draw.number) if when.answers else []
        strata = tuple(Stratum(f.stratum, f.rows, f.drawn, f.right, f.wrong, f.unclear) for f in found)
        made.append(replace(sample, found=strata))
    return tuple(made)


def write(store: Store, signer: Signer | None, kept: Kept, folder: Path) -> Path | None:
    """Write and seal the samples of a batch in that folder; None where none was drawn."""
    batch_id, samples = kept.batch.batch_id, samples_of(store, kept.batch.batch_id)
    if not samples:
        return None
    stem = batch_id + ENDING
    page, data = (render(batch_id, samples).encode() for render in (sample_page.render_html, sample_page.render_json))
    files = [
        Made(f"{stem}.html", page, report_parts.of_html(page)), Made(f"{stem}.json", data, report_parts.of_json(data))
    ]  # fmt: skip
    delivery = gather(store, kept).delivery
    seal = report_sealing.seal_of(delivery, kept, audit_marks.newest(store), files, signer)
    report_sealing.write(folder, stem, files, seal, signer)
    return folder / f"{stem}.html"
