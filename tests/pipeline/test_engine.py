"""Which engine works on a table, and that nothing of it is left."""

import sys
import threading
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pytest

from pipeline import engine
from pipeline.settings import Settings
from schemas.errors import SettingsError
from schemas.tables import BLOCK_KEYS

SETTINGS = Settings(Path("/nowhere"), spark_from_rows=100)
ROWS = pa.table({"n": [1, 2]})


def test_this_process_works_chunk_by_chunk_in_order() -> None:
    def told(rows: pa.Table, beside: pa.Table | None) -> engine.Tables:
        return rows, rows if beside is None else beside

    chunks = [(ROWS, None), (ROWS.slice(1), ROWS)]
    assert list(engine.HERE.rows(told, chunks, (BLOCK_KEYS,))) == [(ROWS, ROWS), (ROWS.slice(1), ROWS)]
    assert list(engine.HERE.blocks(lambda rows: (rows,), [ROWS, ROWS.slice(1)], (BLOCK_KEYS,))) == [
        (ROWS,), (ROWS.slice(1),),
    ]  # fmt: skip
    assert engine.HERE.elsewhere is None


def test_only_large_tables_go_to_spark_and_only_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Settings] = []
    monkeypatch.setitem(sys.modules, "pipeline.spark", SimpleNamespace(engine=lambda s: asked.append(s) or "spark"))
    monkeypatch.setattr("pipeline.spark", sys.modules["pipeline.spark"], raising=False)
    on_spark = replace(SETTINGS, engine="spark")
    assert engine.engine_for(10_000, SETTINGS) is engine.HERE
    assert engine.engine_for(99, on_spark) is engine.HERE
    assert not asked
    assert engine.engine_for(100, on_spark) == "spark"
    assert asked == [on_spark]


def test_spark_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("pipeline.spark", raising=False)
    monkeypatch.setitem(sys.modules, "pipeline.spark", None)
    with pytest.raises(SettingsError, match=r"spark\.not_installed"):
        engine.engine_for(100, replace(SETTINGS, engine="spark"))


def test_whatever_was_begun_is_ended_once_however_the_work_ends() -> None:
    ended: list[str] = []
    with pytest.raises(ZeroDivisionError), engine.ended():
        first = partial(ended.append, "first")
        assert engine.at_the_end(first)
        assert not engine.at_the_end(first)
        assert engine.at_the_end(partial(ended.append, "second"))
        raise ZeroDivisionError
    with engine.ended():
        pass
    assert ended == ["second", "first"]


def test_a_block_ends_neither_what_the_one_around_it_began_nor_another_threads() -> None:
    ended: list[str] = []

    def in_a_thread() -> None:
        with engine.ended():
            engine.at_the_end(partial(ended.append, "thread"))

    with engine.ended():
        engine.at_the_end(partial(ended.append, "outer"))
        with engine.ended():
            engine.at_the_end(partial(ended.append, "inner"))
        assert ended == ["inner"]
        thread = threading.Thread(target=in_a_thread)
        thread.start()
        thread.join()
        assert ended == ["inner", "thread"]
    assert ended == ["inner", "thread", "outer"]
