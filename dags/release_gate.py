"""A person decides about a batch that the gate stopped: let it in, with a reason, or leave it out.

Logic lives in the pipeline; a task passes on ids, rules and counts, never data.
"""

from datetime import timedelta

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import DAG, Param, task
from sohoa_runs import STORE, defaults, tell_of_failure

DOC = """
### Cho qua một đợt bị chặn · Release a stopped batch

| Tham số · Param | |
|---|---|
| `batch` | mã đợt, như trong báo cáo · id of the batch, as its report says |

The run says what stopped the batch and waits, a week at most, for somebody to answer under *Required Actions*.
Whoever lets the batch in is named in the store and in its report (there as a pseudonym) and types a reason;
the reason stands in Airflow too: name no person of the ledger in it. Then the batch goes on from where it was stopped.
What guards the store itself (ids, sums, closed lists) cannot be let in. `sohoa batch release` does the same
without Airflow. Clearing any task is safe: a batch is loaded in one transaction, once.
"""

LET_IN, KEEP_OUT = "Cho qua · Let in", "Giữ lại · Keep out"
with DAG(
    dag_id="release_gate",
    dag_display_name="Cho qua một đợt bị chặn · Release a stopped batch",
    schedule=None,
    catchup=False,
    doc_md=DOC,
    on_failure_callback=tell_of_failure,
    tags=["sohoa", "ingest"],
    default_args=defaults(12, STORE),
    params={"batch": Param("", type="string", pattern="^[0-9a-f]{32}$", title="Mã đợt · Id of the batch")},
) as dag:

    @task(execution_timeout=timedelta(minutes=10))
    def what_stopped_it(params: dict) -> str:
        """The broken conditions in words, with counts; fails where the batch was not stopped or may not be let in."""
        from pipeline import tasks

        return tasks.stopped_for(params["batch"])

    decide = HITLOperator(
        task_id="decide",
        subject="Đợt {{ params.batch }} bị cửa kiểm tra chặn · the gate stopped this batch",
        body="{{ ti.xcom_pull(task_ids='what_stopped_it') }}",
        options=[LET_IN, KEEP_OUT],
        params={"reason": Param("", type="string", maxLength=500, title="Lý do · Reason")},
        response_timeout=timedelta(days=7),
        execution_timeout=None,  # people take their time; the limit of tries is for machines
    )

    @task
    def follow_decision(params: dict, answer: dict | None = None) -> dict:
        """Let the batch in and load it, if that was decided by somebody who can be named; else it stays out."""
        from pipeline import tasks

        return tasks.follow_release(params["batch"], answer, LET_IN)

    what_stopped_it() >> decide >> follow_decision(answer=decide.output)
