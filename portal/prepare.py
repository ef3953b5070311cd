"""How the files of a draft are read: what each column is, the encoding with a sample, the order of dates."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Annotated, Any

from fastapi import Form, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from pipeline.acting import acting_as
from pipeline.cell_reviews import names_of
from pipeline.draft_log import Said
from pipeline.draft_view import Checked, DeskColumn, DeskSheet
from portal.desk_room import draft_of, room_of, seen_of
from portal.guard import account
from portal.pages import language_of, page
from portal.rights import Action
from portal.routes import Routes
from readers.encoding import DECODERS
from readers.legacy_sample import as_written
from schemas.edits import SURPLUS
from schemas.messages import Language, text

routes = Routes("/desk")
_WAIT = 20.0
_SAMPLES = 3
_NOT_CHOSEN = frozenset(("other_raw", "corrects_raw"))
_KEEP, _HEADING = "", "heading/"
_ASIDE = "aside"
_UNREAD = re.compile(r"(?:^|; )([A-Z]{1,3}) \((.*?)\)(?=; |$)")
"""Letter and heading, as a refusal names them."""
_SURE, _RATHER = 0.9, 0.6


@routes.get("/{draft_id}/prepare", Action.UPLOAD)
def prepare(request: Request, draft_id: str) -> Response:
    """What each column is read as, with its first cells."""
    draft = draft_of(request, draft_id)
    checked = seen_of(request, draft, _WAIT).checked
    said = draft.replayed.said
    language = language_of(request)
    sheets = [_sheet(sheet, checked, said, language) for sheet in checked.sheets] if checked else []
    sheets += _refused(checked, said, language) if checked else []
    return page(
        request, "prepare.html", draft_id=draft_id, sheets=sheets, dates=said.dates,
        encoding=next((e for e in said.encodings if "=" not in e), ""), encodings=sorted(DECODERS),
        found=sorted({f.encoding for f in checked.files if f.encoding}) if checked else [],
        meanings=_meanings(language), letters=_letters(checked) if checked else [],
    )  # fmt: skip


@routes.post("/{draft_id}/prepare", Action.UPLOAD)
async def say(
    request: Request, draft_id: str, encoding: Annotated[str, Form()] = "", dates: Annotated[str, Form()] = ""
) -> Response:
    """Keep what was said, and check anew."""
    chosen = [(k.removeprefix(_HEADING), str(v)) for k, v in (await request.form()).multi_items() if k[:8] == _HEADING]
    await run_in_threadpool(_say, request, draft_id, Said((encoding,) if encoding else (), (), dates), chosen)
    return RedirectResponse(f"/desk/{draft_id}", 303)


def _say(request: Request, draft_id: str, said: Said, chosen: list[tuple[str, str]]) -> None:
    draft = draft_of(request, draft_id)
    headings = {h.rpartition("=")[0]: h for h in draft.replayed.said.headings}
    headings |= {heading: f"{heading}={value}" for heading, value in chosen if value != _KEEP}
    with acting_as(account(request).name):
        room_of(request).say(draft, replace(said, headings=tuple(headings.values())))


def _letters(checked: Checked) -> list[Mapping[str, str]]:
    """Of each file in an old encoding, a few texts as they look without their font, and as they were read."""
    found: list[Mapping[str, str]] = []
    for file in checked.files:
        texts = (t for s in checked.sheets if s.file_id == file.file_id for t in _vietnamese(s))
        after = " · ".join(islice(texts, _SAMPLES))
        before = as_written(after, file.encoding) if file.encoding and after else None
        if before is not None:
            found.append({"file": file.name, "encoding": str(file.encoding), "before": before, "after": after})
    return found


def _vietnamese(sheet: DeskSheet) -> Iterator[str]:
    """Texts of the first rows with letters that ASCII lacks, a column after the other."""
    for column in sheet.cells.columns:
        yield from islice((t for t in column.slice(0, 50).to_pylist() if t and not t.isascii()), 1)


def _sheet(sheet: DeskSheet, checked: Checked, said: Said, language: Language) -> Mapping[str, Any]:
    names = {file.file_id: file.name for file in checked.files}
    told = dict(h.rpartition("=")[::2] for h in said.headings)
    columns = [_column(sheet, c, told, language) for c in sheet.columns if c.position < SURPLUS and c.heading]
    return {"file": names[sheet.file_id], "name": sheet.name or "", "columns": columns}


def _refused(checked: Checked, said: Said, language: Language) -> list[Mapping[str, Any]]:
    """The columns that were not understood of files that were refused for their headings, without samples."""
    told = dict(h.rpartition("=")[::2] for h in said.headings)
    found: list[Mapping[str, Any]] = []
    for file in (f for f in checked.files if f.outcome == "refused"):
        unread = [place for message in file.messages for place in _UNREAD.findall(message.unread)]
        columns = [
            {"letter": letter, "heading": heading, "samples": [], "meaning": "", "said": told.get(heading, ""),
             "sure": text("prepare.unsure", language), "is_doubtful": True}
            for letter, heading in unread
        ]  # fmt: skip
        found += [{"file": file.name, "name": "", "columns": columns}] if columns else []
    return found


def _column(sheet: DeskSheet, column: DeskColumn, told: Mapping[str, str], language: Language) -> Mapping[str, Any]:
    cells = sheet.cells.column(f"c{column.position}").slice(0, 50).to_pylist()
    samples = list(dict.fromkeys(c for c in cells if c))[:_SAMPLES]
    sure = "sure" if column.confidence >= _SURE else "rather" if column.confidence >= _RATHER else "unsure"
    return {
        "letter": column.letter, "heading": column.heading, "samples": samples,
        "meaning": names_of(language).get(column.raw_column or "", ""), "said": told.get(column.heading, ""),
        "sure": text(f"prepare.{sure if column.raw_column else 'aside'}", language), "is_doubtful": sure != "sure",
    }  # fmt: skip


def _meanings(language: Language) -> list[tuple[str, str]]:
    """What a column can be: the name of the decision, and its words, in the order of the law's fields."""
    names = names_of(language)
    own = [(raw.removesuffix("_raw"), words) for raw, words in names.items() if raw not in _NOT_CHOSEN]
    return [(_ASIDE, text("prepare.aside", language)), *own]
