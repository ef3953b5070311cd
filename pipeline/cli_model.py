"""`sohoa model`: matching models."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli_options import Json

if TYPE_CHECKING:
    from pipeline.models import Comparison
    from schemas.messages import Language

model_app = typer.Typer(no_args_is_help=True, help="Mô hình ghép · Matching models.")
_COSTS = "merge=1000,duplicate=20,review=1"
Records = Annotated[Path, typer.Argument(help="Tệp hoặc thư mục Parquet · Parquet file or folder")]
Start = Annotated[Path | None, typer.Option("--from", help="Mô hình xuất phát · model to start from")]
Labels = Annotated[
    Path | None,
    typer.Option(
        "--labels", help="Cặp đã có người quyết định: left_record_id, right_record_id, decision · decided pairs"
    ),
]


@model_app.command("train")
def model_train_command(
    records: Records,
    out: Annotated[Path, typer.Option("--out", help="Tệp mô hình mới · file of the new model")],
    start: Start = None,
    version: Annotated[str, typer.Option("--name", help="Tên mô hình · its name")] = "trained",
    labels: Labels = None,
    as_json: Json = False,
) -> None:
    """Luyện mô hình từ một bảng, có nhãn hoặc không · train a model on a table, with labels or without.

    Ví dụ · Example: sohoa model train checked/ --out v3.json --name v3 --labels decided.csv
    """
    from pipeline import console, models
    from pipeline.labels import NO_LABELS, read_labels
    from pipeline.settings import load_settings

    settings = load_settings()
    lesson = models.Lesson(start, read_labels(labels) if labels else NO_LABELS)
    model = models.train(records, out, version, settings, lesson)
    told = {"path": str(out), "version": model.version, "fingerprint": model.fingerprint, "reason": model.trained_on}
    console.say_table([told], settings.language, as_json)


@model_app.command("compare")
def model_compare_command(
    one: Path, other: Path, records: Records, labels: Labels = None, as_json: Json = False
) -> None:
    """So hai mô hình trên một bảng · which pairs change sides under the other model, by group.

    Ví dụ · Example: sohoa model compare v2.json v3.json checked/
    """
    from pipeline import models
    from pipeline.labels import NO_LABELS, read_labels
    from pipeline.settings import load_settings

    settings = load_settings()
    found = models.compare(one, other, records, settings, read_labels(labels) if labels else NO_LABELS)
    _say_comparison(found, settings.language, as_json)


@model_app.command("retrain")
def model_retrain_command(
    sample: Annotated[
        int, typer.Option("--sample", min=1000, help="Số bản ghi của mẫu · records of the sample")
    ] = 100_000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Số gieo của phép chọn mẫu · seed of the draw")] = 1,
    start: Start = None,
    as_json: Json = False,
) -> None:
    """Luyện mô hình ứng viên từ kho, so với mô hình đang dùng · a candidate from the store beside the model in force.

    Học từ một mẫu bản ghi và các cặp đã có người quyết định; không tự thay mô hình · Learns from a sample of records
    and the pairs that people decided; replaces nothing.

    Ví dụ · Example: sohoa model retrain --sample 200000
    """
    from pipeline import console, retraining
    from pipeline.models import Comparison
    from pipeline.settings import load_settings

    settings = load_settings()
    with console.progress(as_json) as told:
        result = retraining.retrain(retraining.Wish(sample, seed, start), settings, told)
    if as_json:
        console.say_json(dict(result))
        return
    _say_comparison(Comparison(**result["comparison"]), settings.language, as_json=False)
    counts = {name: result[name] for name in ("records", "labels", "held_out")}
    console.say("retrain.done", settings.language, path=result["candidate"], **counts)


def _say_comparison(found: Comparison, language: Language, as_json: bool) -> None:
    """Two models beside each other, as JSON or as tables."""
    from pipeline import console
    from schemas.messages import text

    if as_json:
        console.say_json(asdict(found))
        return
    told = [{k: v for k, v in model.items() if k != "trained_on"} for model in found.models]
    tables = [("model.models", told), ("model.changes", found.changes), ("model.groups", found.groups)]
    tables += [("model.labels", found.labels)] if found.labels else []
    console.say_tables([(text(key, language), rows) for key, rows in tables], language)


@model_app.command("thresholds")
def model_thresholds_command(
    found: Annotated[Path, typer.Argument(help="Bản ghi, hoặc thư mục của match --all-pairs · records, or its folder")],
    truth: Annotated[Path | None, typer.Option("--truth", help="Sự thật, như của evaluate · the truth")] = None,
    ledgers: Annotated[Path | None, typer.Option("--ledgers", help="Sổ gốc, khi sự thật ghi theo dòng")] = None,
    costs: Annotated[str, typer.Option("--costs", help="Giá của mỗi loại lỗi và của việc xem · costs")] = _COSTS,
    precision: Annotated[
        float, typer.Option("--precision", min=0, max=1, help="Độ chính xác phải giữ · least")
    ] = 0.999,
    pile: Annotated[float, typer.Option("--pile", min=0, help="Cặp chờ xem trên số bản ghi · most")] = 0.02,
    model: Annotated[Path | None, typer.Option("--model", help="Mô hình đã cho điểm · that scored the pairs")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="thresholds.json, thresholds.html")] = None,
    write: Annotated[Path | None, typer.Option("--write", help="Ghi mô hình với ngưỡng chọn · new model")] = None,
    version: Annotated[str, typer.Option("--name", help="Tên mô hình mới · name of the new model")] = "",
    as_json: Json = False,
) -> None:
    """Ngưỡng rẻ nhất theo giá của gộp nhầm, để trùng và xem · the cheapest thresholds, as figures and a chart.

    Ví dụ · Example: sohoa model thresholds matched/ --truth truth.parquet --costs merge=1000,duplicate=20,review=1
    """
    from pipeline import console, thresholds, thresholds_table
    from pipeline.settings import load_settings
    from schemas.thresholds import Limits

    settings = load_settings()
    limits = Limits(precision, pile)
    wish = thresholds.ThresholdWish(found, truth, ledgers, model, thresholds.costs_of(costs), limits)
    chosen = thresholds.choose_thresholds(wish, settings)
    pages = thresholds.write(chosen.thresholds, out) if out is not None else {}
    made = thresholds.write_model(chosen, write, version) if write is not None else None
    if as_json:
        console.say_json(asdict(chosen.thresholds))
        return
    thresholds_table.say(chosen.thresholds, settings.language)
    for path in pages.values():
        console.say("thresholds.written", settings.language, path=path)
    if made is not None:
        told = {"version": made.version, "fingerprint": made.fingerprint, "path": write}
        console.say("thresholds.model_written", settings.language, **told)
