"""`sohoa audit`: the record of what was done, verified, signed, exported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli_options import Json

if TYPE_CHECKING:
    from pipeline.audit import Signed

audit_app = typer.Typer(no_args_is_help=True, help="Nhật ký kiểm toán · The audit.")
Kept = Annotated[
    Path | None, typer.Option("--heads", help="Thư mục các đầu chuỗi đã cất nơi khác · heads kept elsewhere")
]
PublicKey = Annotated[Path | None, typer.Option("--key", help="Khóa công khai, PEM · public key that signed them")]


@audit_app.command("verify")
def audit_verify_command(heads: Kept = None, key: PublicKey = None, as_json: Json = False) -> None:
    """Kiểm cả chuỗi, đối chiếu với đầu chuỗi đã cất · verify the chain, against kept heads; exit 1 if it was changed.

    Ví dụ · Example: sohoa audit verify --heads /mnt/cat_rieng --key audit.pub
    """
    from dataclasses import asdict

    from pipeline import audit, console
    from pipeline.settings import load_settings

    settings = load_settings()
    found = audit.verified(settings, heads, key)
    if as_json:
        console.say_json(asdict(found))
    else:
        said = "audit.changed" if found.findings else "audit.sound"
        console.say(said, settings.language, events=found.events, heads=found.heads)
        if found.findings:
            console.say_table(audit.in_rows(found, settings.language), settings.language, machine=False)
    raise typer.Exit(1 if found.findings else 0)


@audit_app.command("heads")
def audit_heads_command(
    out: Annotated[Path | None, typer.Option("--out", help="Thư mục để cất nơi khác · folder, kept elsewhere")] = None,
    as_json: Json = False,
) -> None:
    """Ký đầu chuỗi hiện tại; ghi ra thư mục để cất nơi khác · sign the head as it is now, to be kept elsewhere.

    Ví dụ · Example: sohoa audit heads --out /mnt/cat_rieng
    """
    from pipeline import audit
    from pipeline.settings import load_settings

    _say_signed(audit.sign_head(load_settings(), out), as_json)


@audit_app.command("rotate")
def audit_rotate_command(
    older: Annotated[
        Path | None,
        typer.Option("--from", help="Tệp khóa cũ, khi dùng SOHOA_AUDIT_SIGNING_KEY_FILE · the older key file"),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Thư mục để cất nơi khác · folder, kept elsewhere")] = None,
    as_json: Json = False,
) -> None:
    """Đổi khóa ký đầu chuỗi; bị ngắt thì chạy lại · change the key of the heads; if it was cut, call it again.

    Ví dụ · Example: sohoa audit rotate --out /mnt/cat_rieng
    """
    from pipeline import audit_rotation
    from pipeline.settings import load_settings

    _say_signed(audit_rotation.rotate(load_settings(), older, out), as_json)


@audit_app.command("export")
def audit_export_command(
    folder: Annotated[Path, typer.Argument(help="Thư mục · folder")], as_json: Json = False
) -> None:
    """Xuất nhật ký để kiểm không cần kho · the audit as files, with the verifier that needs no store.

    Ví dụ · Example: sohoa audit export kiem_toan/ && python kiem_toan/audit_verifier.py kiem_toan/
    """
    from pipeline import audit, console
    from pipeline.settings import load_settings

    settings = load_settings()
    signed = audit.export(settings, folder)
    if signed is None:
        console.say("audit.exported_broken", settings.language, path=folder)
        raise typer.Exit(1)
    _say_signed(signed, as_json)


@audit_app.command("prove")
def audit_prove_command(
    sequence: Annotated[int, typer.Argument(min=1, help="Số thứ tự của sự kiện · sequence of the event")],
    out: Annotated[Path, typer.Option("--out", help="Tệp chứng minh · file of the proof")],
) -> None:
    """Chứng minh một sự kiện có trong nhật ký · proof that one event is in the audit, under 4 KB.

    Ví dụ · Example: sohoa audit prove 120 --out su_kien_120.json
    """
    from pipeline import audit
    from pipeline.settings import load_settings

    _say_signed(audit.prove(load_settings(), sequence, out), as_json=False)


def _say_signed(signed: Signed, as_json: bool) -> None:
    from pipeline import console
    from pipeline.settings import load_settings

    language = load_settings().language
    head = signed.head
    if as_json:
        files = [str(path) for path in signed.files]
        console.say_json({"sequence": head.sequence, "hash": head.hash, "root": head.root, "files": files})
        return
    console.say("audit.signed", language, sequence=head.sequence, hash=head.hash, root=head.root)
    for path in signed.files:
        console.say("audit.written", language, path=path)
