"""What all DAGs of sohoa have in common: owner, tries, time limits, pools. No DAG of its own.

Airflow puts the folder of the DAGs on the path; no other module of it is imported by another.
"""

from datetime import timedelta

from airflow.sdk import Asset, ExceptionRetryPolicy, RetryAction, RetryRule

OWNER = "sohoa"
READ, FILES, STORE, REPORT, LANDING = "sohoa_read", "sohoa_files", "sohoa_store", "sohoa_report", "sohoa_landing"

# A month that was counted; its partitions are province and month, "40|2026-10".
MONTHS = Asset("sohoa_month", uri="x-sohoa://month")

# Bad data stay bad on retry; only the store's absence, a lost network and a full disk pass with time. A task that was
# killed raised nothing, so nothing here is asked: it has its three tries, and so has one that took too long.
ONLY_WHAT_CAN_PASS = ExceptionRetryPolicy(
    rules=[
        RetryRule(
            exception=["schemas.errors.StoreUnavailable", "schemas.errors.SystemFailed"],
            action=RetryAction.RETRY,
            reason="the store, the network or the disk: may pass",
        ),
        # How pipeline/tasks.py ends a task with an answer: it is no Exception.
        RetryRule(exception="builtins.SystemExit", action=RetryAction.FAIL, reason="refused, as the log says"),
        RetryRule(exception="builtins.Exception", action=RetryAction.FAIL, reason="would fail again"),
    ]
)


def tell_of_failure(context: dict) -> None:
    """Called once for a run that failed: tells whoever `alerts.toml` names."""
    from pipeline import tasks

    tasks.failed(context["dag"].dag_id, context["run_id"])


def defaults(hours: float, pool: str) -> dict:
    """Arguments of every task of a DAG: three tries, 20 s, then 40 s, and so on, apart; a limit of hours a try."""
    return {
        "owner": OWNER,
        "pool": pool,
        "retries": 2,
        "retry_delay": timedelta(seconds=20),
        "retry_exponential_backoff": 2.0,
        "max_retry_delay": timedelta(minutes=10),
        "retry_policy": ONLY_WHAT_CAN_PASS,
        "execution_timeout": timedelta(hours=hours),
    }
