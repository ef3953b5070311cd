"""`sohoa report province` and `sohoa report nation`: the report of a month."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli_options import Json

Month = Annotated[str, typer.Option("--month", help="Tháng, NĂM-THÁNG · month, YYYY-MM")]
Data = Annotated[bool, typer.Option("--data", help="Thêm tệp số liệu XLSX, CSV · data files too")]
Paper = Annotated[bool, typer.Option("--pdf", help="Thêm bản in PDF/A · a PDF too, for paper and archives")]
Folder = Annotated[Path | None, typer.Option("--out", help="Tệp .html hoặc thư mục · .html file or folder")]


def report_province_command(
    code: Annotated[str, typer.Argument(help="Mã tỉnh (34 hoặc 63) · province code")],
    month: Month,
    out: Folder = None,
    data: Data = False,
    pdf: Paper = False,
    as_json: Json = False,
) -> None:
    """Báo cáo tháng của một tỉnh, có niêm phong · a province's report of a month, sealed.

    Ví dụ · Example: sohoa report province 01 --month 2026-10
    """
    _report(code, month, out, as_json, has_data=data, has_paper=pdf)


def report_nation_command(
    month: Month, out: Folder = None, data: Data = False, pdf: Paper = False, as_json: Json = False
) -> None:
    """Báo cáo tháng của toàn quốc, có niêm phong · the nation's report of a month, sealed.

    Ví dụ · Example: sohoa report nation --month 2026-10
    """
    from quality.period_facts import NATION

    _report(NATION, month, out, as_json, has_data=data, has_paper=pdf)


def _report(scope: str, month: str, out: Path | None, as_json: bool, *, has_data: bool, has_paper: bool) -> None:
    from dataclasses import asdict

    from pipeline import console, period_reporting
    from pipeline.period import period_of
    from pipeline.settings import load_settings

    settings = load_settings()
    written = period_reporting.report_period(
        period_of(scope, month), settings, out, has_data=has_data, has_paper=has_paper
    )
    report = written.report
    if as_json:
        told: dict[str, object] = {"path": str(written.path), "id": report.stem, "verdict": report.verdict}
        told |= {"is_final": report.facts.is_final, "is_signed": written.is_signed, "verdicts": dict(report.verdicts)}
        told |= {"failed": [r.id for r in report.facts.gate.results if not r.success]}
        console.say_json(told | {"balance": asdict(report.tally.balance)})
        return
    console.say("run.report", settings.language, path=written.path)
    if not report.facts.is_final:
        console.say("period.provisional", settings.language)
    if not written.is_signed:
        console.say("sealed.unsigned", settings.language)
