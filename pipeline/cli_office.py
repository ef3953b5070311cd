"""`sohoa office`: the decisions kept for an office."""

from typing import Annotated

import typer

from pipeline.cli_options import Encodings, Headings, Json, Office, Province, Reason

office_app = typer.Typer(no_args_is_help=True, help="Quyết định đã nhớ của cơ quan · Decisions kept for an office.")


@office_app.command("list")
def office_list_command(
    province: Annotated[str | None, typer.Option("--province", help="Mã tỉnh · province code")] = None,
    as_json: Json = False,
) -> None:
    """Các quyết định đang nhớ · decisions that stand: encodings and headings, who kept them, when, why."""
    from pipeline import console, offices
    from pipeline.settings import load_settings

    settings = load_settings()
    console.say_table(offices.listed(province, settings), settings.language, as_json)


@office_app.command("remember")
def office_remember_command(
    province: Province, reason: Reason, encoding: Encodings = None, heading: Headings = None, office: Office = ""
) -> None:
    """Nhớ bảng mã, tiêu đề cột cho cơ quan · keep encodings and headings for an office.

    Ví dụ · Example: sohoa office remember --province 01 --heading "Cột X=full_name" --reason "xã đặt tên cột riêng"
    """
    from pipeline import console, offices
    from pipeline.settings import load_settings

    said = offices.Reading(encoding or (), heading or (), office)
    console.say_lines(offices.remember(province, said, reason, load_settings()))


@office_app.command("forget")
def office_forget_command(
    province: Province, reason: Reason, encoding: Encodings = None, heading: Headings = None, office: Office = ""
) -> None:
    """Bỏ một quyết định đã nhớ · withdraw a decision, by what it is about.

    Ví dụ · Example: sohoa office forget --province 01 --heading "Cột X" --reason "đã sửa mẫu"
    """
    from pipeline import console, offices
    from pipeline.settings import load_settings

    said = offices.Reading(encoding or (), heading or (), office)
    console.say_lines(offices.forget(province, said, reason, load_settings()))
