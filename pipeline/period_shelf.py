"""Which reports of months lie written in the home folder, and where: what a page that lists them needs."""

import re
from pathlib import Path

from pipeline.period import Period
from pipeline.settings import Settings
from quality.period_facts import NATION

_NAME = re.compile(r"(?:(nation)|province-([0-9]{2}))-(20[0-9]{2}-(?:0[1-9]|1[0-2]))")


def path_of(wanted: Period, settings: Settings) -> Path:
    """Where the page of a report lies, written or not."""
    return settings.home / "reports" / f"{wanted.stem}.html"


def written(settings: Settings) -> list[Period]:
    """The reports that are written: newest month first, in a month the nation before the provinces."""
    found = [of for path in (settings.home / "reports").glob("*-*.html") if (of := named(path.stem)) is not None]
    by_scope = sorted(found, key=lambda of: (of.scope != NATION, of.scope))
    return sorted(by_scope, key=lambda of: of.month, reverse=True)


def named(stem: str) -> Period | None:
    """The period whose report bears this name; None for any other name."""
    said = _NAME.fullmatch(stem)
    return None if said is None else Period(NATION if said[1] else said[2], said[3])
