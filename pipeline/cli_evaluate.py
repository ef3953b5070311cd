"""`sohoa evaluate`: a matching against the truth."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli_options import Json


def evaluate_command(
    found: Annotated[Path, typer.Argument(help="clusters, pairs, hoặc thư mục của `match` · or the folder of `match`")],
    truth: Annotated[Path, typer.Argument(help="record_id + person_id, hoặc file + sheet + line + person_id")],
    records: Annotated[Path | None, typer.Option("--records", help="records.parquet: theo nhóm · by group")] = None,
    ledgers: Annotated[
        Path | None, typer.Option("--ledgers", help="sổ gốc, khi sự thật ghi theo dòng · ledgers")
    ] = None,
    by_rule: Annotated[
        bool, typer.Option("--by-rule", help="khóa so nào tìm ra cặp đúng, cần --records · recall of blocking by rule")
    ] = False,
    out: Annotated[Path | None, typer.Option("--out", help="evaluation.json, evaluation.html")] = None,
    as_json: Json = False,
) -> None:
    """Ghép đúng đến đâu so với sự thật · precision, recall, B-cubed, calibration, by group, against the truth.

    Ví dụ · Example: sohoa evaluate matched/ truth.parquet --records checked/records.parquet --out evaluated/
    """
    from pipeline import console, evaluation, evaluation_table
    from pipeline.settings import load_settings

    settings = load_settings()
    made = evaluation.evaluate_files(evaluation.Wish(found, truth, records, ledgers, by_rule), settings)
    written = evaluation.write(made, out) if out is not None else {}
    if as_json:
        console.say_json(evaluation.as_json(made))
        return
    evaluation_table.say(made, settings.language)
    for path in written.values():
        console.say("evaluation.written", settings.language, path=path)
