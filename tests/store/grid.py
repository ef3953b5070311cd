"""Rows of all 34 provinces in every table with persons' data, and whose each row is: what isolation is tested on."""

import hashlib
import itertools
from collections import defaultdict
from typing import Any

import psycopg
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from schemas.code_lists import rows as listed
from store.keys import KEY_TABLES
from store.tables import METADATA

PROVINCES = tuple(row["code"] for row in listed("provinces_34"))
_PLAIN = {"SMALLINT": 0, "INTEGER": 0, "BIGINT": 0, "BOOLEAN": False, "REAL": 0.0, "DOUBLE": 0.0}
_DAY = "2026-01-02"


def an_id(*parts: object) -> str:
    """An id that always belongs to those words."""
    return hashlib.md5("/".join(map(str, parts)).encode()).hexdigest()  # noqa: S324


class Grid:
    """What was put into a database: the text of each row by table and province; None = no province's."""

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self._connection = connection
        self.rows: dict[str, dict[str | None, set[str]]] = defaultdict(lambda: defaultdict(set))

    def put(self, owner: str | None, table: str, **given: object) -> None:
        """Insert a row that belongs to that province."""
        values: dict[str, object] = {}
        for column in METADATA.tables[table].columns:
            if column.name in given:
                values[column.name] = given[column.name]
            elif not column.nullable and column.server_default is None and column.identity is None:
                values[column.name] = _plain(column.type)
        names = ", ".join(f'"{name}"' for name in values)
        query = f"INSERT INTO {table} AS t ({names}) VALUES ({', '.join(['%s'] * len(values))}) RETURNING t::text"
        (text,) = self._connection.execute(query, list(values.values())).fetchone() or ("",)  # type: ignore[call-overload]
        self.rows[table][owner].add(str(text))

    def fill(self) -> "Grid":
        """Two persons a province, a batch and everything about them; a pair across provinces with the next one."""
        for province in PROVINCES:
            self._batch(province)
            for number in (1, 2):
                self._person(province, number)
            self._pair(province, an_id("record", province, 1), an_id("record", province, 2))
        for one, other in itertools.pairwise(PROVINCES):
            self._pair(None, an_id("record", one, 1), an_id("record", other, 1))
        return self

    def _batch(self, p: str) -> None:
        batch, of = an_id("batch", p), {"batch_id": an_id("batch", p)}
        self.put(p, "batches", **of, province_code=p, state="loaded", recorded_at=_DAY, read=3, loaded=2, quarantined=1)
        self.put(p, "batch_files", **of, file_id=an_id("file", p), file="a.csv", outcome="accepted", read=3, loaded=2,
                 quarantined=1)  # fmt: skip
        self.put(p, "removed_rows", record_id=an_id("waiting", p), rule="quarantine")
        self.put(None, "holds", subject=an_id("person", p, 1), is_lifted=False, author="a", reason="r")
        self.put(None, "erasures", person_id=an_id("person", p, 1), state="proposed", reason="r", proposed_by="a",
                 record_ids=[an_id("record", p, 1)])  # fmt: skip
        self.put(p, "file_columns", file_id=an_id("file", p), letter="A", heading="Họ tên", raw_column="full_name_raw")
        self.put(p, "batch_events", **of, event="loaded", code_version="1")
        self.put(p, "batch_notes", **of, note="n", content="{}")
        self.put(p, "period_figures", scope=p, month="2026-01", content="{}")
        self.put(p, "file_names", **of, file="a.csv", sealed="x")
        self.put(p, "office_decisions", province_code=p, office="", kind="encoding", is_withdrawn=False)
        self.put(p, "row_judgements", province_code=p, content_id=an_id("said", p), rule_ids=[], decision="reject")
        read = {"record_id": an_id("waiting", p), "file_id": an_id("file", p), "raw_column": "full_name_raw"}
        self.put(p, "cells", **read, kind="cell", text=f"Bí Mật {p}")
        self.put(p, "cell_judgements", province_code=p, **read, decision="reads", text=f"Bí Mật {p}")
        waiting = {"record_id": an_id("waiting", p), "file_id": an_id("file", p), "file": "a.csv"}
        self.put(p, "row_outcomes", **waiting, batch_id=batch, outcome="quarantined", rule_id="r")
        self.put(p, "quarantine", **waiting, content_id=an_id("said", p), rule_id="r", raw_value=f"Bí Mật {p}")
        self.put(p, "check_results", record_id=an_id("waiting", p), rule_id="r", field="full_name", severity="block")
        self.put(p, "row_samples", **of, seed="s", strata="none", digest="d", author="a", rows=3, drawn=1)
        self.put(p, "row_sample_findings", **of, sample=1, stratum="", rows=3, drawn=1, right=1, wrong=0, unclear=0,
                 author="a")  # fmt: skip
        self.put(p, "cross_judgements", left_record_id="0" * 32, right_record_id=an_id("record", p, 1), province_code=p,
                 decision="same", author="a", reason="r")  # fmt: skip
        self.put(p, "gate_releases", **of, rule_id="gate.batch.sex", unexpected=1, author="a", reason="r")
        self.put(p, "reveal_requests", kind="record", subject_id=an_id("waiting", p), province_code=p, plan="x",
                 author="a", reason="r")  # fmt: skip
        self.put(p, "reveal_grants", request=int(p), province_code=p, approver="b", expires_at=_DAY)
        self.put(p, "batch_undos", **of, plan="x", author="a", reason="r", counts="{}")
        self.put(p, "gone_persons", **of, person_id=an_id("vanished", p))
        self.put(p, "proposals", kind="batch_undo", subject_id=batch, record_ids=[], plan="x", author="a", reason="r")
        known = an_id("known", p)
        self.put(p, "row_outcomes", record_id=known, file_id=an_id("file", p), file="a.csv", batch_id=batch,
                 outcome="known", known_record_id=an_id("record", p, 1))  # fmt: skip
        self.put(p, "known_rows", record_id=known, sex_raw="Nam")
        self.put(p, "corrections", **of, record_id=an_id("record", p, 1), corrected_record_id=an_id("waiting", p))
        self.put(p, "replaced_records", **of, record_id=an_id("record", p, 1), corrected_record_id=an_id("gone", p))

    def _person(self, p: str, n: int) -> None:
        record, person, home = an_id("record", p, n), an_id("person", p, n), an_id("home", p, n)
        said = {"province_code": p, "full_name": f"Trần Văn {p}", "personal_number": f"0{p}0900000{n}{p}",
                "household_key": home, "empty_reasons": "." * 17}  # fmt: skip
        self.put(p, "records", record_id=record, file_id=an_id("file", p), content_id=an_id("said", p, n), **said)
        self.put(p, "golden_persons", person_id=person, main_record_id=record, search_key=f"tran van {p}", **said)
        self.put(p, "row_outcomes", record_id=record, batch_id=an_id("batch", p), file_id=an_id("file", p),
                 file="a.csv", outcome="loaded", person_id=person)  # fmt: skip
        self.put(p, "memberships", record_id=record, person_id=person, province_code=p)
        self.put(p, "membership_history", record_id=record, person_id=an_id("former", p, n), province_code=p,
                 cause="load", recorded_from=_DAY, recorded_to=_DAY)  # fmt: skip
        self.put(p, "value_sources", person_id=person, field="sex", record_id=record, method="newest")
        self.put(p, "household_members", person_id=person, stay=1, household_key=home, from_reason="entered",
                 record_id=record, from_record_id=record)  # fmt: skip
        self.put(p, "golden_households", household_key=home, province_code=p, head_person_id=person, member_count=1)
        self.put(p, "check_results", record_id=record, rule_id="r", field="sex", severity="notice")
        for table in KEY_TABLES:
            self.put(None, table, record_id=record, key=int(p))
        former = an_id("former", p, n)
        self.put(p, "person_redirects", retired_person_id=former, person_id=person, batch_id=an_id("batch", p))
        self.put(p, "issued_numbers", personal_number=f"00190{p}0000{n}", person_id=former if n == 2 else person,
                 is_test=True)  # fmt: skip
        self.put(p, "number_changes", person_id=former if n == 2 else person, new_number="1", reason="record")
        self.put(p, "number_issues", person_id=person, personal_number="1", issue="sex")
        self.put(p, "mended_claims", record_id=record, named_record_id=an_id("waiting", p))
        self.put(p, "proposals", kind="person_unmerge", subject_id=person, record_ids=[record], plan="x", author="a",
                 reason="r")  # fmt: skip
        if n == 2:
            self.put(p, "person_changes", kind="joined", from_person_id=an_id("person", p, 1), person_id=person,
                     record_ids=[record], author="a", reason="r")  # fmt: skip

    def _pair(self, owner: str | None, one: str, other: str) -> None:
        left, right = sorted((one, other))
        pair = {"left_record_id": left, "right_record_id": right}
        self.put(owner, "scored_pairs", **pair, outcome="review")
        self.put(owner, "judgements", **pair, decision="different", author="a", reason="r")


def _plain(kind: Any) -> object:
    if isinstance(kind, UUID):
        return an_id("none")
    if isinstance(kind, ARRAY):
        return []
    return next((value for name, value in _PLAIN.items() if str(kind).startswith(name)), "")
