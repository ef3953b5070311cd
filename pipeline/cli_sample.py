"""`sohoa report sample`, `report sample-result`: the auditor's own random sample of a batch."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli_options import Json, Scope

Author = Annotated[str, typer.Option("--author", help="Ai rút, ai đối chiếu · who draws, who compares")]


def sample_command(
    batch_id: str,
    seed: Annotated[str, typer.Option("--seed", help="Số hay chữ do kiểm tra viên tự chọn · the auditor's own word")],
    author: Author,
    out: Annotated[Path, typer.Option("--out", help="Sổ Excel để đối chiếu · the workbook to mark")],
    size: Annotated[int, typer.Option("--size", min=1, max=100_000, help="Số dòng · rows")] = 300,
    by: Annotated[
        str, typer.Option("--strata", help="Chia theo: outcome, file, none · divided by, in proportion")
    ] = "outcome",
    clear: Annotated[
        str | None, typer.Option("--clear", help="Vì sao cần xem giá trị gốc · why values are needed in clear")
    ] = None,
    province: Scope = None,
) -> None:
    """Rút mẫu ngẫu nhiên các dòng của một đợt để đối chiếu với sổ · draw a random sample of a batch's rows.

    Ví dụ · Example: sohoa report sample 0f3c... --seed 20261127 --size 300 --author "Trần Lan" --out mau.xlsx
    """
    from pipeline import console, row_samples
    from pipeline.scope import limited
    from pipeline.settings import load_settings
    from schemas.errors import UsageError

    if by not in ("outcome", "file", "none"):
        raise UsageError("sample.strata", given=by)
    settings = limited(load_settings(), province)
    drawn = row_samples.draw(batch_id, seed, size, by, author, out, settings, clear)  # type: ignore[arg-type]
    console.say("sample.drawn", settings.language, number=drawn.number, drawn=drawn.drawn, rows=drawn.rows, path=out)


def sample_result_command(path: Path, author: Author, province: Scope = None, as_json: Json = False) -> None:
    """Ghi kết quả đối chiếu mẫu, tính tỉ lệ sai và khoảng tin cậy · what the sample found, with its error bounds.

    Ví dụ · Example: sohoa report sample-result mau.xlsx --author "Trần Lan"
    """
    from pipeline import console, row_samples
    from pipeline.scope import limited
    from pipeline.settings import load_settings

    settings = limited(load_settings(), province)
    found = row_samples.answer(path, author, settings)
    if as_json:
        console.say_json(found)
        return
    sentence, strata = row_samples.in_words(found, settings.language)
    console.say_tables([(sentence, strata)], settings.language)
    console.say("sealed.samples", settings.language, path=found["written"])
