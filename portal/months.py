"""The reports of months, of provinces and the nation: a list of those that are written, and each as it was written."""

import re
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated

from fastapi import Path, Request
from fastapi.responses import RedirectResponse, Response

from pipeline import period_shelf
from pipeline.period import Period
from portal.asking import settings_of, store_of
from portal.batches import REPORT_CSP
from portal.context import account
from portal.guard import refuse
from portal.pages import language_of, page
from portal.rights import Action, Reach, may, reach
from portal.routes import Routes
from quality.period_facts import NATION
from schemas import code_lists, messages
from schemas.messages import Language
from store import audit
from store.accounts import Account
from store.audit import Event

routes = Routes("/reports")
Stem = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,40}(\.html)?$")]
_BATCH = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Month:
    """A month as the list shows it: in words, with (name of the report, whose it is)."""

    month: str
    reports: list[tuple[str, str]]


@routes.get("", Action.READ_REPORT)
def months(request: Request) -> Response:
    """The reports that this account may read, newest month first."""
    who, language = account(request), language_of(request)
    shown = [of for of in period_shelf.written(settings_of(request)) if _may_read(who, of)]
    return page(
        request, "months.html",
        months=[
            Month(_in_words(month), [(of.stem, _whose(of, language)) for of in each])
            for month, each in groupby(shown, key=lambda of: of.month)
        ],
    )  # fmt: skip


@routes.get("/{stem}", Action.READ_REPORT)
def report(request: Request, stem: Stem) -> Response:
    """The report of a month, as it was written; links between reports name their files."""
    stem = stem.removesuffix(".html")
    if _BATCH.fullmatch(stem):
        return RedirectResponse(f"/batches/{stem}/report", 303)
    wanted, settings = period_shelf.named(stem), settings_of(request)
    if wanted is None or not _may_read(account(request), wanted) or not period_shelf.path_of(wanted, settings).exists():
        refuse(request, Action.READ_REPORT, "period", stem)
    event = Event("report.shown", "period", stem, province_code=wanted.province_code, reason="portal")
    audit.record(store_of(request), event)
    content = period_shelf.path_of(wanted, settings).read_bytes()
    return Response(content, 200, {"Content-Security-Policy": REPORT_CSP}, "text/html; charset=utf-8")


def _may_read(who: Account, of: Period) -> bool:
    """A province's by its right to the province; the nation's only by an account of the whole nation."""
    if of.scope == NATION:
        return reach(who.role, Action.READ_REPORT) is Reach.ALL and not who.province_code
    return may(who, Action.READ_REPORT, of.scope)


def _in_words(month: str) -> str:
    year, number = month.split("-")
    return f"{number}/{year}"


def _whose(of: Period, language: Language) -> str:
    if of.scope == NATION:
        return messages.text("portal.months.nation", language)
    return next((r["name"] for r in code_lists.rows("provinces_34") if r["code"] == of.scope), of.scope)
