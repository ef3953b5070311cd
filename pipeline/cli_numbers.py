"""`sohoa numbers`: personal identification numbers."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli_options import Json

numbers_app = typer.Typer(no_args_is_help=True, help="Số định danh cá nhân · Personal numbers.")


@numbers_app.command("buckets")
def numbers_buckets_command(as_json: Json = False) -> None:
    """Mỗi tỉnh, giới tính, năm sinh đã dùng bao nhiêu số, bao giờ hết · how full each bucket is, and when it runs out.

    Ví dụ · Example: sohoa numbers buckets --json
    """
    from pipeline import console, numbers
    from pipeline.settings import load_settings

    settings = load_settings()
    found = numbers.buckets(settings)
    console.say_table(found if as_json else numbers.in_words(found, settings.language), settings.language, as_json)


@numbers_app.command("history")
def numbers_history_command(
    given: Annotated[str, typer.Argument(help="Số định danh hoặc mã người · number or person id")],
    as_json: Json = False,
) -> None:
    """Các số của một người qua thời gian, đã che · the numbers of a person over time, masked.

    Ví dụ · Example: sohoa numbers history 0f3c...
    """
    from pipeline import console, numbers
    from pipeline.settings import load_settings

    settings = load_settings()
    found = numbers.history(given, settings)
    console.say_table(found if as_json else numbers.in_words(found, settings.language), settings.language, as_json)


@numbers_app.command("issue")
def numbers_issue_command(as_json: Json = False) -> None:
    """Cấp số cho mọi người trong kho đủ điều kiện mà chưa có · issue to all who may have a number and have none.

    Ví dụ · Example: sohoa numbers issue
    """
    from pipeline import console, numbers
    from pipeline.settings import load_settings

    settings = load_settings()
    console.say_table([numbers.issue(settings)], settings.language, as_json)


@numbers_app.command("rotate")
def numbers_rotate_command(
    older: Annotated[
        Path | None, typer.Option("--from", help="Tệp khóa cũ, khi dùng SOHOA_NUMBERS_KEY_FILE · the older key file")
    ] = None,
    as_json: Json = False,
) -> None:
    """Đổi khóa cấp số; số đã cấp giữ nguyên; bị ngắt thì chạy lại · change the key of numbers; issued ones stay.

    Ví dụ · Example: sohoa numbers rotate
    """
    from pipeline import console, number_keys
    from pipeline.settings import load_settings

    settings = load_settings()
    mark = number_keys.rotate(settings, older)
    if as_json:
        console.say_json({"mark": mark})
    else:
        console.say("numbers.rotated", settings.language, mark=mark)
