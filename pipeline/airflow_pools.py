"""Pools of Airflow: how many tasks may use a resource at once, declared here and made when Airflow is started.

Whoever changes the slots of a pool in Airflow keeps what was chosen: only what is missing is made.
"""

import os
from dataclasses import dataclass
from typing import Any

from pipeline.airflow_rest import Session


@dataclass(frozen=True)
class Pool:
    """A resource: its slots are `each` a processor, and at least `least`."""

    name: str
    each: float
    least: int
    description: str

    def slots(self, processors: int) -> int:
        """Slots on a machine of that many processors."""
        return max(self.least, int(self.each * processors))

    def as_json(self, processors: int) -> dict[str, Any]:
        """As Airflow's REST interface and `airflow pools import` want it."""
        return {"slots": self.slots(processors), "description": self.description, "include_deferred": False}


POOLS = (
    Pool("sohoa_read", 1, 1, "đọc tệp, nhận dạng ảnh quét · reading, recognition of scans"),
    Pool("sohoa_files", 1, 1, "chuẩn hóa, kiểm tra từng tệp · steps of a file after it was read"),
    Pool("sohoa_store", 0.5, 2, "ghép và nạp vào kho · matching and loading; loads take turns anyway"),
    Pool("sohoa_report", 0.5, 2, "báo cáo · reports"),
    Pool("sohoa_landing", 1, 2, "lấy tệp từ nơi tiếp nhận · files from landing zones; waits for networks"),
)


def ensure(session: Session) -> None:
    """Make the pools that are missing. Raises AirflowDown, AirflowRefused."""
    there = {pool["name"] for pool in session.get("pools?limit=1000")["pools"]}
    for pool in POOLS:
        if pool.name not in there:
            session.post("pools", {"name": pool.name, **pool.as_json(os.cpu_count() or 1)})


def as_file() -> dict[str, Any]:
    """All pools as `airflow pools import` reads them, for this machine."""
    return {pool.name: pool.as_json(os.cpu_count() or 1) for pool in POOLS}
