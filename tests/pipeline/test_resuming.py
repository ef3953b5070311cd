"""Which attempt is taken up: one of a whole job that was cut off after the load, and no other."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline import resuming, run
from pipeline.intake import plan_batch
from pipeline.settings import Settings
from schemas.errors import SystemFailed
from store.engine import open_store
from tests.pipeline.deliveries import FAMILY, ledger

pytestmark = pytest.mark.store


def cut_in_report(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, paths: list[Path], cut: Callable[..., Any]
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(run.reporting, "report_batch", cut)
        with pytest.raises(SystemFailed):
            run.run_batch(paths, "01", settings)


def test_the_attempt_is_taken_up_once_by_one_process_and_never_while_another_is_at_it(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths, seen = [ledger(tmp_path / "so.csv", FAMILY)], []

    def cut(*_: Any) -> None:
        store = open_store(settings.store_url, settings.home)
        seen.append(resuming.unfinished(plan_batch(paths, "01", settings), settings, store))
        store.close()
        raise OSError("cut")

    cut_in_report(settings, monkeypatch, paths, cut)
    assert seen == [None], "its process is alive"
    plan = plan_batch(paths, "01", settings)
    store = open_store(settings.store_url, settings.home)
    folder = resuming.unfinished(plan, settings, store)
    assert folder is not None
    assert folder.name == "0001"
    assert resuming.unfinished(plan, settings, store) is None, "held by now"
    resuming.leave(folder)
    assert resuming.unfinished(plan, settings, store) == folder
    resuming.end(folder)
    assert resuming.unfinished(plan, settings, store) is None, "told"
    store.close()


def test_an_attempt_that_loaded_nothing_is_begun_anew(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [ledger(tmp_path / "so.csv", FAMILY)]

    def cut(*_: Any) -> None:
        raise OSError("cut")

    with monkeypatch.context() as patch:
        patch.setattr(run.loading, "load_batch", cut)
        with pytest.raises(SystemFailed):
            run.run_batch(paths, "01", settings)
    store = open_store(settings.store_url, settings.home)
    assert resuming.unfinished(plan_batch(paths, "01", settings), settings, store) is None
    store.close()
