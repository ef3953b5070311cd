"""Outcome of a step on rows: what it accepted, what it kept out, and every finding.

Row law: rows in = accepted + quarantined.
"""

from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True)
class Outcome:
    """Accepted rows (the step's own table), `QUARANTINE` rows, `CHECK_RESULTS` rows."""

    accepted: pa.Table
    quarantined: pa.Table
    findings: pa.Table
