"""`sohoa reveal`: see a person or a row kept out in clear, with a reason and a second person, for ten minutes."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from pipeline.cli_options import Json, Reason

reveal_app = typer.Typer(no_args_is_help=True, help="Xem rõ điều đang che · See what is masked, with a second person.")
By = Annotated[str | None, typer.Option("--by", help="Ai · who (else the user of this machine)")]
Number = Annotated[int, typer.Argument(help="Số của yêu cầu · number of the wish")]


@reveal_app.command("ask")
def reveal_ask_command(
    subject: Annotated[
        str, typer.Argument(help="Mã người, hay mã dòng bị giữ lại · id of a person, or of a row kept out")
    ],
    reason: Reason,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Xin xem rõ một người hay một dòng, vì sao · ask to see a person or a row in clear, and why.

    Ví dụ · Example: sohoa reveal ask 0f3c... --reason "đối chiếu mẫu số 12" --by "Trần Lan"
    """
    from pipeline import console, reveals
    from pipeline.batch_undo import signed_by
    from pipeline.inquiries import asked
    from pipeline.settings import load_settings

    settings = load_settings()
    with asked(settings) as store:
        found = reveals.ask(store, subject, signed_by(by), reason)
    if as_json:
        console.say_json(_told(found))
        return
    console.say("reveal.asked", settings.language, number=found.number)


@reveal_app.command("list")
def reveal_list_command(as_json: Json = False) -> None:
    """Các yêu cầu đang chờ người thứ hai · the wishes that wait for a second person.

    Ví dụ · Example: sohoa reveal list
    """
    from pipeline import console, reveals
    from pipeline.inquiries import asked
    from pipeline.settings import load_settings

    settings = load_settings()
    with asked(settings) as store:
        console.say_table([_told(found) for found in reveals.waiting(store)], settings.language, as_json)


@reveal_app.command("approve")
def reveal_approve_command(number: Number, by: By = None, as_json: Json = False) -> None:
    """Cho người khác xem rõ trong 10 phút · allow what another person asked for, for ten minutes.

    Ví dụ · Example: sohoa reveal approve 7 --by "Lê Minh"
    """
    from pipeline import console, reveals
    from pipeline.batch_undo import signed_by
    from pipeline.inquiries import asked
    from pipeline.settings import load_settings

    settings = load_settings()
    with asked(settings) as store:
        found = reveals.approve(store, number, signed_by(by))
    if as_json:
        console.say_json(_told(found))
        return
    console.say("reveal.approved", settings.language, number=number, author=found.author)


@reveal_app.command("show")
def reveal_show_command(number: Number, by: By = None, as_json: Json = False) -> None:
    """Xem rõ điều đã được cho phép; mỗi lần xem đều được ghi lại · show what was allowed; each showing is audited.

    Ví dụ · Example: sohoa reveal show 7 --by "Trần Lan"
    """
    from dataclasses import asdict

    from pipeline import console, person_trace, reveals
    from pipeline.batch_undo import signed_by
    from pipeline.inquiries import asked
    from pipeline.settings import load_settings

    settings = load_settings()
    with asked(settings) as store:
        shown = reveals.in_clear(store, number, signed_by(by), settings)
    if as_json:
        console.say_json(asdict(shown) | {"reveal": _told(shown.reveal)})
        return
    if shown.place is not None:
        console.say(f"reveal.texts.{shown.texts}", settings.language, line=shown.place.line, file=shown.place.file)
    pairs = (shown.cells or {}) if shown.place else shown.values
    console.say_table([{"name": name, "value": value} for name, value in pairs.items()], settings.language, False)
    if shown.sources:
        console.say_tables(person_trace.in_words(shown.sources, settings.language), settings.language)


def _told(found: Any) -> Mapping[str, Any]:
    """A wish without the hash that binds it."""
    names = ("number", "kind", "subject", "province_code", "author", "reason", "approver", "state")
    moments = {name: getattr(found, name) and getattr(found, name).isoformat() for name in ("asked_at", "expires_at")}
    return {name: getattr(found, name) for name in names} | moments
