"""`sohoa key`: the master key."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli_options import Json

key_app = typer.Typer(no_args_is_help=True, help="Khóa niêm phong · The key of what is sealed.")


@key_app.command("rotate")
def key_rotate_command(
    older: Annotated[
        Path | None, typer.Option("--from", help="Tệp khóa cũ, khi dùng SOHOA_KEY_FILE · the older key file")
    ] = None,
    as_json: Json = False,
) -> None:
    """Đổi khóa chính; bị ngắt thì chạy lại · change the master key; if it was cut, call it again.

    Ví dụ · Example: sohoa key rotate
    """
    from dataclasses import asdict

    from pipeline import console, inquiries, key_rotation
    from pipeline.settings import load_settings

    settings = load_settings()
    with inquiries.asked(settings) as store:
        done = asdict(key_rotation.rotate(store, settings, older))
    if as_json:
        console.say_json(done)
    else:
        console.say("key.rotated", settings.language, **done)
