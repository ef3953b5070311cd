"""`sohoa compare`: two runs over the same ledgers."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli_options import Json


def compare_command(
    before: Annotated[Path, typer.Argument(help="Thư mục của `check` hoặc `match`, lần trước · of the first run")],
    after: Annotated[Path, typer.Argument(help="lần sau · of the second run")],
    records: Annotated[Path | None, typer.Option("--records", help="records.parquet: theo nhóm · by group")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="comparison.json, comparison.html")] = None,
    as_json: Json = False,
) -> None:
    """Đổi quy tắc hoặc mô hình thì ai đổi bên · who changes side between two runs, by rule, field and group.

    Ví dụ · Example: sohoa compare checked-v1/ checked-v2/ --out compared/
    """
    from dataclasses import asdict

    from pipeline import comparison, console
    from pipeline.settings import load_settings
    from quality.comparison_page import shown

    settings = load_settings()
    made = comparison.compare(before, after, records, settings)
    written = comparison.write(made, out) if out is not None else {}
    if as_json:
        console.say_json(asdict(made))
        return
    show = shown(made, settings.language)
    console.say_line(show.sentence)
    for row in (*show.moves, *show.fields, *show.matching):
        console.say_line("  " + " · ".join((row.label, *row.cells)))
    for path in written.values():
        console.say("comparison.written", settings.language, path=path)
