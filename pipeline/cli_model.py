"""`sohoa model`: matching models."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli_options import Json

model_app = typer.Typer(no_args_is_help=True, help="Mô hình ghép · Matching models.")
_COSTS = "merge=1000,duplicate=20,review=1"
Records = Annotated[Path, typer.Argument(help="Tệp hoặc thư mục Parquet · Parquet file or folder")]


@model_app.command("train")
def model_train_command(
    records: Records,
    out: Annotated[Path, typer.Option("--out", help="Tệp mô hình mới · file of the new model")],
    start: Annotated[Path | None, typer.Option("--from", help="Mô hình xuất phát · model to start from")] = None,
    version: Annotated[str, typer.Option("--name", help="Tên mô hình · its name")] = "trained",
    as_json: Json = False,
) -> None:
    """Luyện mô hình từ một bảng, không cần nhãn · train a model on a table, without labels.

    Ví dụ · Example: sohoa model train checked/ --out v3.json --name v3
    """
    from pipeline import console, models
    from pipeline.settings import load_settings

    settings = load_settings()
    model = models.train(records, out, start, version, settings)
    told = {"path": str(out), "version": model.version, "fingerprint": model.fingerprint, "reason": model.trained_on}
    console.say_table([told], settings.language, as_json)


@model_app.command("compare")
def model_compare_command(one: Path, other: Path, records: Records, as_json: Json = False) -> None:
    """So hai mô hình trên một bảng · which pairs change sides under the other model, by group.

    Ví dụ · Example: sohoa model compare v2.json v3.json checked/
    """
    from pipeline import console, models
    from pipeline.settings import load_settings
    from schemas.messages import text

    settings = load_settings()
    found = models.compare(one, other, records, settings)
    if as_json:
        console.say_json(asdict(found))
        return
    told = [{k: v for k, v in model.items() if k != "trained_on"} for model in found.models]
    tables = (("model.models", told), ("model.changes", found.changes), ("model.groups", found.groups))
    console.say_tables([(text(key, settings.language), rows) for key, rows in tables], settings.language)


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
