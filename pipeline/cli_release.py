"""`sohoa batch release`: a named person lets a batch in that the gate stopped."""

from typing import Annotated

import typer

from pipeline.cli_options import Json

By = Annotated[str | None, typer.Option("--by", help="Ai cho qua · who lets it in (else the user of this machine)")]
Why = Annotated[str, typer.Option("--reason", help="Vì sao cho qua · why it may go in")]


def batch_release_command(batch_id: str, reason: Why, by: By = None, as_json: Json = False) -> None:
    """Cho qua một đợt bị cửa kiểm tra chặn, rồi nạp tiếp · let a batch in that the gate stopped, and load it.

    Ví dụ · Example: sohoa batch release 0f3c... --reason "trại giam nam, đã đối chiếu" --by "Trần Lan"
    """
    from pipeline import console, gate_release, run
    from pipeline.settings import load_settings

    settings = load_settings()
    let = gate_release.let_in(batch_id, reason, by, settings)
    if let.folder is None:
        console.say("release.send_again", settings.language, batch=batch_id)
        return
    with console.progress(as_json) as told:
        result = run.finish_run(let.folder, settings, told)
    console.say_any(result, settings.language, as_json)
    raise typer.Exit(1 if result.has_findings else 0)
