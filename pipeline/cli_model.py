"""`sohoa model`: matching models."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli_options import Json

model_app = typer.Typer(no_args_is_help=True, help="Mô hình ghép · Matching models.")
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
