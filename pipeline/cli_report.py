"""`sohoa report`: reports made again from the store, and their seals verified."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli_options import Json, Out, Scope
from pipeline.cli_period import report_nation_command, report_province_command
from pipeline.cli_sample import sample_command, sample_result_command

report_app = typer.Typer(no_args_is_help=True, help="Báo cáo · Reports.")


@report_app.command("batch")
def report_batch_command(
    batch_id: str,
    out: Annotated[Path | None, typer.Option("--out")] = None,
    data: Annotated[bool, typer.Option("--data", help="Thêm tệp số liệu XLSX, CSV · data files too")] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help="Thêm bản in PDF/A · a PDF too, for paper and archives")] = False,
    province: Scope = None,
) -> None:
    """Lập lại báo cáo của một đợt, có niêm phong · a batch's report again from the store, sealed.

    Ví dụ · Example: sohoa report batch 0f3c...
    """
    from pipeline import console, reporting
    from pipeline.scope import limited
    from pipeline.settings import load_settings

    settings = limited(load_settings(), province)
    written = reporting.report_again(batch_id, settings, out, has_data=data, has_paper=pdf)
    console.say("run.report", settings.language, path=written.path)
    size = f"{written.megabytes:.1f}"
    console.say("sealed.rows", settings.language, pages=written.pages, size=size)
    if not written.is_signed:
        console.say("sealed.unsigned", settings.language)
    if written.is_undone:
        console.say("sealed.undone", settings.language)


@report_app.command("verify")
def report_verify_command(
    file: Annotated[Path, typer.Argument(help="Một tệp của báo cáo · a file of the report: .html, .json, .seal.json")],
    key: Annotated[
        Path | None, typer.Option("--key", help="Khóa công khai đã cất riêng, PEM · public key that was kept apart")
    ] = None,
    as_json: Json = False,
) -> None:
    """Kiểm niêm phong, không cần kho · verify the seal, without the store; exit 1 if a byte was changed, and where.

    Ví dụ · Example: sohoa report verify 0f3c....html --key audit.pub
    """
    from dataclasses import asdict

    from pipeline import console, report_verifier, report_verifying
    from pipeline.settings import load_settings

    settings = load_settings()
    found = report_verifying.verified(file, key, settings)
    if as_json:
        console.say_json(asdict(found.verdict) | {"key": found.origin})
    else:
        console.say_lines(report_verifier.in_words(found.verdict, 0 if settings.language == "vi" else 1))
        console.say(f"sealed.key.{found.origin}", settings.language)
    raise typer.Exit(1 if found.verdict.findings else 0)


@report_app.command("verifier")
def report_verifier_command(out: Out) -> None:
    """Ghi tệp kiểm độc lập cho kiểm toán viên · write the verifier that needs neither store nor sohoa.

    Ví dụ · Example: sohoa report verifier --out kiem/ && python kiem/report_verifier.py 0f3c....html --key audit.pub
    """
    from pipeline import console, report_verifying
    from pipeline.settings import load_settings

    console.say("audit.written", load_settings().language, path=report_verifying.write_verifier(out))


@report_app.command("recounter")
def report_recounter_command(out: Out) -> None:
    """Ghi tệp đếm lại độc lập: đếm sổ gốc, so với báo cáo · write the recounter, which counts original files anew.

    Ví dụ · Example: sohoa report recounter --out kiem/ && python kiem/report_recounter.py 0f3c....json so_goc/
    """
    from pipeline import console, report_verifying
    from pipeline.settings import load_settings

    console.say("audit.written", load_settings().language, path=report_verifying.write_recounter(out))


report_app.command("province")(report_province_command)
report_app.command("nation")(report_nation_command)
report_app.command("sample")(sample_command)
report_app.command("sample-result")(sample_result_command)
