"""`sohoa batch undo`: a committed batch taken back, planned first, by two persons where it is large."""

from typing import Annotated

import typer

from pipeline.cli_options import Json

By = Annotated[str | None, typer.Option("--by", help="Ai làm · who does it (else the user of this machine)")]
Why = Annotated[str, typer.Option("--reason", help="Vì sao; bỏ trống là xem trước · why; without it only the plan")]
Plan = Annotated[bool, typer.Option("--plan", help="Chỉ xem điều sẽ xảy ra · only show what would happen")]
Approve = Annotated[bool, typer.Option("--approve", help="Duyệt đề nghị của người khác · approve another's proposal")]


def batch_undo_command(
    batch_id: str, reason: Why = "", by: By = None, plan: Plan = False, approve: Approve = False, as_json: Json = False
) -> None:
    """Hủy một đợt đã nạp: kho nói lại như khi chưa có đợt đó · undo a batch: the store says what it said without it.

    Ví dụ · Example: sohoa batch undo 0f3c... --reason "nộp nhầm tỉnh" --by "Trần Lan"
    """
    from pipeline import batch_undo, console
    from pipeline.settings import load_settings
    from schemas.errors import UsageError

    settings = load_settings()
    if approve and plan:
        raise UsageError("undo.plan_or_approve")
    if approve:
        told = batch_undo.approve(batch_id, by, settings)
    elif plan or not reason:
        told = batch_undo.plan(batch_id, settings)
    else:
        told = batch_undo.undo(batch_id, reason, by, settings)
    if as_json:
        console.say_json(dict(told))
        return
    console.say_undo(told, settings.language)
