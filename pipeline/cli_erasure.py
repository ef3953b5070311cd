"""`sohoa retention`, `sohoa hold`, `sohoa erase`: what is removed, by which rule, and what may not be."""

from datetime import datetime
from typing import Annotated

import typer

from pipeline.cli_options import Json

hold_app = typer.Typer(no_args_is_help=True, help="Lệnh giữ lại, không được xóa · Legal holds.")
erase_app = typer.Typer(no_args_is_help=True, help="Xóa một người theo yêu cầu · Erasure of a person.")
_By = Annotated[str, typer.Option("--by", help="Người thực hiện · who does it")]
_Reason = Annotated[str, typer.Option("--reason", help="Lý do, căn cứ; không ghi tên ai · why, by which law; no names")]
_DAY = ["%Y-%m-%d"]


def retention_command(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ xem, không xóa · only tell, remove nothing")] = False,
    today: Annotated[
        datetime | None, typer.Option("--today", formats=_DAY, help="Tính đến ngày · as of this day")
    ] = None,
    as_json: Json = False,
) -> None:
    """Xóa những gì quá hạn lưu trữ, có biên bản · remove what is past its time, with a written proof.

    Ví dụ · Example: sohoa retention --dry-run
    """
    from pipeline import console, inquiries, retention
    from pipeline.settings import load_settings

    settings = load_settings()
    day = today.date() if today else retention.day_of_now()
    with inquiries.asked(settings) as store:
        done = retention.apply(store, settings, day, dry_run=dry_run)
    rows = done.rows() if as_json else retention.in_words(done, settings.language)
    console.say_table(rows, settings.language, as_json)
    if done.proof is not None and not as_json:
        console.say("retention.proof", settings.language, path=done.proof)


@hold_app.command("add")
def hold_add_command(subject: str, reason: _Reason, by: _By) -> None:
    """Giữ một đợt hoặc một người, không xóa theo hạn hay yêu cầu · keep a batch or person from removal and erasure.

    Ví dụ · Example: sohoa hold add 0f3c... --reason "điều tra 12/2026" --by "Trần A"
    """
    from pipeline import console, inquiries
    from pipeline.settings import load_settings
    from store import holds

    settings = load_settings()
    with inquiries.asked(settings) as store:
        holds.add(store, subject, reason, by)
    console.say("hold.added", settings.language, subject=subject)


@hold_app.command("remove")
def hold_remove_command(subject: str, reason: _Reason, by: _By) -> None:
    """Bỏ lệnh giữ · lift a hold."""
    from pipeline import console, inquiries
    from pipeline.settings import load_settings
    from store import holds

    settings = load_settings()
    with inquiries.asked(settings) as store:
        holds.remove(store, subject, reason, by)
    console.say("hold.removed", settings.language, subject=subject)


@hold_app.command("list")
def hold_list_command(as_json: Json = False) -> None:
    """Các lệnh giữ đang có hiệu lực · the holds in force."""
    from pipeline import console, inquiries
    from pipeline.settings import load_settings
    from store import holds

    settings = load_settings()
    with inquiries.asked(settings) as store:
        console.say_table(holds.in_force(store), settings.language, as_json)


@erase_app.command("person")
def erase_person_command(
    person: str,
    by: _By,
    reason: Annotated[str, typer.Option("--reason", help="Lý do, căn cứ; không ghi tên ai · why; no names")] = "",
    approve: Annotated[bool, typer.Option("--approve", help="Người thứ hai duyệt và xóa · a second person")] = False,
    as_json: Json = False,
) -> None:
    """Đề nghị xóa, rồi người thứ hai duyệt thì xóa · propose; with --approve another person approves and it is done.

    Ví dụ · Example: sohoa erase person 3f9a... --reason "đơn số 12" --by "Trần A"; sau đó · then --approve --by "Lê B"
    """
    from pipeline import console, erasure, inquiries
    from pipeline.settings import load_settings

    settings = load_settings()
    with inquiries.asked(settings) as store:
        done = erasure.approve(store, settings, person, by) if approve else erasure.propose(store, person, reason, by)
    if as_json:
        console.say_json(done)
    else:
        console.say("erase.done" if approve else "erase.noted", settings.language, **done)


@erase_app.command("list")
def erase_list_command(as_json: Json = False) -> None:
    """Các yêu cầu xóa và tình trạng · erasures and how far they are."""
    from pipeline import console, inquiries
    from pipeline.settings import load_settings
    from store import erasures

    settings = load_settings()
    with inquiries.asked(settings) as store:
        console.say_table(erasures.listed(store), settings.language, as_json)
