"""`sohoa batch`: what was delivered, what a delivery would hold, what was kept out."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli_options import Json, Out, Province, Scope
from pipeline.cli_release import batch_release_command
from pipeline.cli_undo import batch_undo_command

batch_app = typer.Typer(no_args_is_help=True, help="Các đợt nộp · Batches.")


@batch_app.command("list")
def batch_list_command(province: Scope = None, as_json: Json = False) -> None:
    """Các đợt trong kho · batches of the store."""
    from pipeline import console, inquiries
    from pipeline.scope import limited
    from pipeline.settings import load_settings

    settings = limited(load_settings(), province)
    console.say_batches(inquiries.batches(settings), settings.language, as_json)


@batch_app.command("plan")
def batch_plan_command(
    paths: list[Path],
    province: Province,
    only_forecast: Annotated[
        bool, typer.Option("--forecast", help="Chỉ dự báo thời gian, bộ nhớ, đĩa · the forecast alone")
    ] = False,
    as_json: Json = False,
) -> None:
    """Xem trước một đợt: tệp nào, đã nộp chưa, tốn bao lâu · what a delivery holds and will take, without a run.

    Ví dụ · Example: sohoa batch plan so/ --province 01
    """
    from dataclasses import asdict

    from pipeline import console, forecast, inquiries
    from pipeline.settings import load_settings

    settings = load_settings()
    told: list[forecast.Forecast] = []

    def seen(batch_id: str, new: list[Path]) -> None:
        told.append(forecast.forecast(new, settings))
        forecast.keep(batch_id, told[0], settings)

    rows = inquiries.planned(paths, province, settings, seen)
    if only_forecast and as_json:
        console.say_json(asdict(told[0]))
        return
    if not only_forecast:
        console.say_table(rows, settings.language, as_json)
    if not as_json:
        console.say("forecast.told", settings.language, **asdict(told[0]))


@batch_app.command("forecast")
def batch_forecast_command(batch_id: str, as_json: Json = False) -> None:
    """So dự báo với thực tế của một đợt đã xong · the forecast of a batch beside what it took.

    Ví dụ · Example: sohoa batch forecast 0f3c...
    """
    from pipeline import console, forecast
    from pipeline.settings import load_settings

    settings = load_settings()
    console.say_table(forecast.compared(batch_id, settings), settings.language, as_json)


@batch_app.command("files")
def batch_files_command(
    batch_id: str,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="Hiện tên gốc · show original names (needs the key)")
    ] = False,
    province: Scope = None,
    as_json: Json = False,
) -> None:
    """Các tệp của một đợt theo bí danh · the files of a batch by their aliases, with sums.

    Ví dụ · Example: sohoa batch files 0f3c... --reveal
    """
    from pipeline import console, inquiries
    from pipeline.scope import limited
    from pipeline.settings import load_settings

    settings = limited(load_settings(), province)
    console.say_table(inquiries.files(batch_id, settings, reveal=reveal), settings.language, as_json)


@batch_app.command("why")
def batch_why_command(batch_id: str, province: Scope = None, as_json: Json = False) -> None:
    """Bước nào dừng giữa chừng, từng dòng chưa vào kho, và lý do · which step died, each row kept out, and why.

    Ví dụ · Example: sohoa batch why 0f3c...
    """
    from pipeline import console, inquiries, why
    from pipeline.scope import limited
    from pipeline.settings import load_settings
    from schemas.errors import UsageError

    settings = limited(load_settings(), province)
    ends = why.ends_of(batch_id, settings)
    try:
        rows = inquiries.kept_out(batch_id, settings)
    except UsageError:  # one that died never came to the store
        if not ends:
            raise
        rows = []
    if as_json:
        console.say_json([*ends, *rows])
        return
    if ends:
        console.say_heading("why.title", settings.language)
        console.say_table(why.for_people(ends, settings.language), settings.language, machine=False)
    if rows or not ends:
        console.say_table(rows, settings.language, machine=False)


@batch_app.command("original")
def batch_original_command(batch_id: str, file: str, out: Out) -> None:
    """Lấy lại tệp gốc bị từ chối, theo bí danh · get the original of a refused file out, in clear, by its alias.

    Ví dụ · Example: sohoa batch original 0f3c... tep-3f9a1c20.csv --out goc/
    """
    from pipeline import console, originals
    from pipeline.settings import load_settings

    settings = load_settings()
    path = originals.take_out(batch_id, file, out, settings)
    console.say("original.written", settings.language, path=path)


batch_app.command("undo")(batch_undo_command)
batch_app.command("release")(batch_release_command)
