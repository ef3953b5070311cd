"""`sohoa`: the command line. Bodies import what they need, so that help comes at once.

Exit codes: 0 ok, 1 findings (rows quarantined or files refused), 2 usage, 3 environment, 4 refused by policy.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.exceptions import TyperException

from pipeline import cli_backup  # noqa: F401 - adds commands to `sohoa store`
from pipeline.cli_account import account_app
from pipeline.cli_airflow import PASSED_ON, airflow_command
from pipeline.cli_audit import audit_app
from pipeline.cli_batch import batch_app
from pipeline.cli_compare import compare_command
from pipeline.cli_erasure import erase_app, hold_app, retention_command
from pipeline.cli_evaluate import evaluate_command
from pipeline.cli_key import key_app
from pipeline.cli_landing import landing_app
from pipeline.cli_match import match_command
from pipeline.cli_model import model_app
from pipeline.cli_national import rematch_command
from pipeline.cli_numbers import numbers_app
from pipeline.cli_office import office_app
from pipeline.cli_options import Encodings, EngineName, Headings, Json, Office, Out, Province, Scope
from pipeline.cli_person import person_app
from pipeline.cli_province import province_app
from pipeline.cli_report import report_app
from pipeline.cli_reveal import reveal_app
from pipeline.cli_review import review_app
from pipeline.cli_store import store_app
from schemas.errors import SohoaError

if TYPE_CHECKING:
    from pipeline.settings import Settings
    from schemas.messages import Language

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, add_completion=True, pretty_exceptions_enable=False,
    help="sohoa: sổ hộ khẩu giấy -> kho dữ liệu dân cư. Household ledgers -> national population store.",
    context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip
_BLOCKED_ONLY = (
    "vì dòng bị giữ, không vì dòng cần xem lại; kèm người cùng hộ, hoặc cả sổ nếu không đọc riêng được · for rows kept "
    "out, not for rows to be looked at; with their households, or the whole ledger where they cannot be read apart"
)
household_app = typer.Typer(no_args_is_help=True, help="Hộ trong kho · Households.")
docs_app = typer.Typer(no_args_is_help=True, help="Tài liệu sinh từ khai báo trường · Documents made from the fields.")
for name, sub in {
    "batch": batch_app, "report": report_app, "person": person_app, "household": household_app,
    "store": store_app, "docs": docs_app,
    "office": office_app, "model": model_app, "review": review_app, "reveal": reveal_app, "numbers": numbers_app,
    "audit": audit_app, "account": account_app, "key": key_app, "hold": hold_app, "erase": erase_app,
    "landing": landing_app, "province": province_app,
}.items():  # fmt: skip
    app.add_typer(sub, name=name)


@app.command("run")
def run_command(
    paths: Annotated[list[Path], typer.Argument(help="Tệp hoặc thư mục sổ · files or folders of ledgers")],
    province: Province,
    as_json: Json = False,
    encoding: Encodings = None,
    heading: Headings = None,
    office: Office = "",
    remember: Annotated[bool, typer.Option("--remember", help="Nhớ cho cơ quan này · keep for this office")] = False,
    errors: Annotated[
        Path | None, typer.Option("--errors", help="Ghi tệp lỗi (có dữ liệu cá nhân) vào đây · error files go here")
    ] = None,
    engine: EngineName = None,
) -> None:
    """Cả quy trình trên một đợt · the whole job on a batch.

    Ví dụ · Example: sohoa run data_samples/three_provinces/input --province 01 --json
    """
    from pipeline import console, run
    from pipeline.offices import Reading

    settings = _settings(engine)
    reading = Reading(encoding or (), heading or (), office, remember)
    with console.progress(as_json) as told:
        result = run.run_batch(paths, province, settings, told=told, reading=reading, errors=errors)
    console.say_any(result, settings.language, as_json)
    raise typer.Exit(1 if result.has_findings else 0)


@app.command("read")
def read_command(
    file: Path,
    out: Annotated[Path | None, typer.Option("--out", help="Thư mục kết quả · folder of the result")] = None,
    show: Annotated[
        Path | None, typer.Option("--show", help="Vẽ ô, chữ đọc được, độ chắc lên trang quét · draw what was read, PNG")
    ] = None,
    as_json: Json = False, encoding: Encodings = None, heading: Headings = None,
) -> None:  # fmt: skip
    """Đọc một tệp · read one file -> source_records.parquet; --show: a picture of each page of a scan.

    Ví dụ · Example: sohoa read so.xlsx --out read/
    """
    from pipeline import console, single_steps
    from pipeline.offices import Reading
    from schemas.errors import UsageError

    if show is not None:
        drawn = single_steps.show(file, show, _settings())
        console.say("read.shown", _settings().language, accepted=drawn.accepted, waiting=drawn.waiting)
        if out is None:
            return
    if out is None:
        raise UsageError("read.nowhere")
    _finish(single_steps.read(file, out, _settings(), Reading(encoding or (), heading or ())), as_json)


@app.command("standardise")
def standardise_command(
    folder: Path, out: Out, province: Province = "00", as_json: Json = False, engine: EngineName = None
) -> None:
    """Chuẩn hóa · standardise -> records.parquet, quarantine.parquet. Province 00 = not given.

    Ví dụ · Example: sohoa standardise read/ --out standard/ --province 01
    """
    from pipeline import single_steps

    _finish(single_steps.standardise_folder(folder, out, province, _settings(engine)), as_json)


@app.command("check")
def check_command(folder: Path, out: Out, as_json: Json = False, engine: EngineName = None) -> None:
    """Kiểm tra dòng và hộ · check rows and households -> records, quarantine, check_results.

    Ví dụ · Example: sohoa check standard/ --out checked/
    """
    from pipeline import single_steps

    _finish(single_steps.check_folder(folder, out, _settings(engine)), as_json)


app.command("match")(match_command)
app.command("rematch")(rematch_command)
app.command("evaluate")(evaluate_command)
app.command("compare")(compare_command)
app.command("retention")(retention_command)


@app.command("validate")
def validate_command(folder: Path, as_json: Json = False) -> None:
    """Cửa kiểm tra của cả đợt · the gate of a whole batch (a folder of `sohoa check`).

    Ví dụ · Example: sohoa validate checked/
    """
    from pipeline import single_steps

    _finish(single_steps.validate_folder(folder, _settings()), as_json)


@app.command("load")
def load_command(folder: Path, as_json: Json = False) -> None:
    """Nạp vào kho một đợt đã kiểm tra · load a checked run folder (runs/<batch>/<attempt> in the home folder).

    Ví dụ · Example: sohoa load ~/.sohoa/runs/<batch>/0001
    """
    from pipeline import console, run

    settings = _settings()
    result = run.finish_run(folder, settings)
    console.say_any(result, settings.language, as_json)
    raise typer.Exit(1 if result.has_findings else 0)


@batch_app.command("errors")
def batch_errors_command(
    batch_id: str,
    out: Out,
    form: Annotated[str, typer.Option("--format", help="xlsx | csv | both")] = "xlsx",
    all_rows: Annotated[bool, typer.Option("--all-rows", help="mọi dòng · every row")] = False,
    blocked_only: Annotated[bool, typer.Option("--blocked-only", help=_BLOCKED_ONLY)] = False,
    lang: Annotated[str | None, typer.Option("--lang", help="vi | en")] = None,
    province: Scope = None,
    as_json: Json = False,
) -> None:
    """Tệp lỗi của một đợt, sửa rồi nộp lại y nguyên · the error files of a batch, to be mended and sent again.

    Ví dụ · Example: sohoa batch errors 0f3c... --out loi/ --format both
    """
    from pipeline import console, error_files
    from pipeline.scope import limited

    language = _chosen(lang)
    wish = error_files.Wish(
        "all" if all_rows else "blocked" if blocked_only else "flagged", error_files.form_of(form), language
    )
    console.say_error_files(
        error_files.of_batch(batch_id, out, limited(_settings(), province), wish), language, as_json
    )


@household_app.command("show")
def household_show_command(
    household: Annotated[str | None, typer.Argument(help="Khóa hoặc số hộ · key or number")] = None,
    person: Annotated[str | None, typer.Option("--person", help="các hộ của một người · of a person")] = None,
    province: Scope = None,
    as_json: Json = False,
) -> None:
    """Ai ở trong hộ, từ bao giờ, theo dòng nào của sổ · who lives in a household, since when, by which lines.

    Ví dụ · Example: sohoa household show 010100001
    """
    from pipeline import console, household_inquiries
    from pipeline.scope import limited

    if (household is None) == (person is None):
        raise typer.BadParameter("KEY | --person ID")
    settings = limited(_settings(), province)
    if person is not None:
        rows = household_inquiries.show_stays(person, settings)
        console.say_table(
            rows if as_json else household_inquiries.for_people(rows, of_person=True), settings.language, as_json
        )
        return
    rows = household_inquiries.show_household(household or "", settings)
    if as_json:
        console.say_json(rows)
    else:
        console.say_tables(household_inquiries.by_household(rows, settings.language), settings.language)


@app.command("rules")
def rules_command(
    rule_id: Annotated[str | None, typer.Argument(help="Mã quy tắc · rule id")] = None,
    as_json: Json = False,
    lang: Annotated[str | None, typer.Option("--lang", help="vi | en")] = None,
    provinces: Annotated[bool, typer.Option("--provinces", help="mã tỉnh · codes")] = False,
) -> None:
    """Mọi quy tắc, một quy tắc đầy đủ, hoặc mã tỉnh · every rule, one in full, or the province codes.

    Ví dụ · Example: sohoa rules birth_date.impossible --lang en
    """
    from pipeline import console, inquiries, rule_book

    language = _chosen(lang)
    if provinces:
        console.say_table(inquiries.provinces(), language, as_json)
    elif as_json:
        console.say_json(rule_book.for_programs(rule_id))
    elif rule_id is not None:
        console.say_lines(rule_book.in_full(rule_id, language))
    else:
        console.say_table(rule_book.table(language), language, False)


@docs_app.command("dictionary")
def docs_dictionary_command(out: Annotated[Path, typer.Option("--out")] = Path("docs/data_dictionary.md")) -> None:
    """Từ điển dữ liệu · the data dictionary, made from the declared fields."""
    from pipeline import documents

    documents.write_dictionary(out)


@docs_app.command("rules")
def docs_rules_command(out: Annotated[Path, typer.Option("--out")] = Path("docs/rules.md")) -> None:
    """Mọi quy tắc với trợ giúp · every rule with its help, made from the catalogue."""
    from pipeline import rule_book

    rule_book.write_document(out)


@docs_app.command("templates")
def docs_templates_command(out: Out = Path("templates")) -> None:
    """Tệp mẫu XLSX và CSV · blank templates, XLSX with drop-downs and CSV."""
    from pipeline import template_book

    template_book.write_templates(out)


app.command("airflow", context_settings=PASSED_ON)(airflow_command)


def main() -> None:
    """Entry point: known errors become a sentence in both languages and their exit code."""
    try:
        raise SystemExit(app(standalone_mode=False) or 0)
    except SohoaError as error:
        from pipeline import console

        console.say_error(error, _language())
        raise SystemExit(error.exit_code) from None
    except OSError as wrong:
        from pipeline import console, system_errors

        if isinstance(wrong, BrokenPipeError):  # whoever read our answer has gone
            raise SystemExit(1) from None
        refused = system_errors.as_ours(wrong)
        console.say_error(refused, _language())
        raise SystemExit(refused.exit_code) from None
    except (TyperException, typer.Abort) as wrong:
        from pipeline import console

        console.say_usage(wrong, _language())
        raise SystemExit(getattr(wrong, "exit_code", 1)) from None


def _settings(engine: EngineName = None) -> Settings:
    from pipeline.settings import load_settings, with_engine

    return with_engine(load_settings(), engine)


def _language() -> Language:
    try:
        return _settings().language
    except SohoaError:
        return "vi"


def _chosen(lang: str | None) -> Language:
    """The language asked for, else that of the settings. Raises UsageError language.unknown."""
    from schemas.errors import UsageError
    from schemas.messages import LANGUAGES

    if lang is None:
        return _language()
    found = next((known for known in LANGUAGES if known == lang), None)
    if found is None:
        raise UsageError("language.unknown", given=lang)
    return found


def _finish(written: dict[str, int], as_json: bool) -> None:
    from pipeline import console

    findings = written.pop("findings_exit", 0)
    console.say_written(written, _settings().language, as_json)
    raise typer.Exit(1 if findings else 0)
