"""`sohoa match`: matching as a tool of its own."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli_options import EngineName, Json, Out

Model = Annotated[Path | None, typer.Option("--model", help="Tệp mô hình · model file, of sohoa match --train")]
Train = Annotated[
    bool,
    typer.Option("--train", help="Luyện mô hình từ chính bảng này, không cần nhãn · train on this table, no labels"),
]
Comparisons = Annotated[
    Path | None,
    typer.Option("--comparisons", help="Tệp YAML khai báo bảng khác · YAML of a table not ours: docs/comparisons.md"),
]
AllPairs = Annotated[
    bool, typer.Option("--all-pairs", help="Ghi mọi cặp đã so · every scored pair, not matches and reviews only")
]
Memory = Annotated[
    int | None,
    typer.Option("--memory", min=1, metavar="MIB", help="Bộ nhớ được dùng, MiB · memory it may hold: docs/scale.md"),
]


def match_command(
    records: Annotated[Path, typer.Argument(help="Tệp hoặc thư mục Parquet · Parquet file or folder")],
    out: Out,
    model: Model = None,
    train: Train = False,
    comparisons: Comparisons = None,
    all_pairs: AllPairs = False,
    memory: Memory = None,
    as_json: Json = False,
    engine: EngineName = None,
) -> None:
    """Ghép người trong một bảng · match a table by itself -> clusters, pairs, profile.json, profile.html.

    Ví dụ · Example: sohoa match standard/ --out matched/
    """
    from pipeline import console, match_profile, matching_step
    from pipeline.settings import load_settings, with_engine

    settings = with_engine(load_settings(), engine)
    request = matching_step.MatchRequest(records, out, model, comparisons, train, all_pairs, memory)
    with console.bar(as_json, matching_step.STEPS, settings.language) as told:
        written = matching_step.match_file(request, settings, told)
    console.say_written(written, settings.language, as_json)
    if not as_json:
        match_profile.say(out, settings.language)
