"""The nightly work on the store: sound? its audit too? sign that, back it up, let go what is past its time.

Logic lives in the pipeline; a task passes on counts.
"""

from airflow.sdk import DAG, TriggerRule, task
from airflow.timetables.trigger import CronTriggerTimetable
from sohoa_runs import STORE, defaults, tell_of_failure

DOC = """
### Việc hằng đêm của kho · The nightly work on the store

| Tác vụ · Task | |
|---|---|
| `check_store` | bất biến của kho (`sohoa store check`) · invariants of the store |
| `sign_audit` | kiểm cả nhật ký, ký đầu chuỗi, ghi ra `SOHOA_AUDIT_HEADS` · the audit verified and its head signed |
| `back_up` | sao lưu vào `SOHOA_BACKUPS/<ngày>`; chưa đặt thì bỏ qua · a backup; skipped where no folder is set |
| `let_go` | xóa những gì quá hạn, có biên bản (`sohoa retention`) · what is past its time goes, with a proof |
| `watch` | cảnh báo theo `alerts.toml`: nộp chậm, im lặng, nhiều dòng bị giữ · alerts: late, silent, much kept out |

Chạy lúc 01:00 giờ Việt Nam. Một tác vụ hỏng không chặn các tác vụ sau: hạn xóa là hạn của luật.
Runs at 01:00 by the clock of Viet Nam. A task that fails holds up no later one: the law sets the time of what goes.
Clearing any task is safe. A backup while Airflow is connected needs the archive (`sohoa store archive`).
"""

with DAG(
    dag_id="maintain",
    dag_display_name="Việc hằng đêm của kho · Nightly work on the store",
    schedule=CronTriggerTimetable("0 1 * * *", timezone="Asia/Ho_Chi_Minh"),
    # No start date: it begins with the next time, not with the one that was missed before it was installed.
    catchup=False,
    max_active_runs=1,
    doc_md=DOC,
    on_failure_callback=tell_of_failure,
    tags=["sohoa", "store"],
    default_args=defaults(4, STORE),
) as dag:

    def part(name: str):
        """A task for a part of the work."""

        @task(task_id=name, trigger_rule=TriggerRule.ALL_DONE)
        def one_part() -> dict:
            from airflow.sdk.exceptions import AirflowSkipException

            from pipeline import tasks

            done = tasks.maintain(name)
            if done is None:
                raise AirflowSkipException("nothing to do here")
            return done

        return one_part()

    @task(trigger_rule=TriggerRule.NONE_FAILED)
    def everything_was_done() -> None:
        """Fails with any part, so that nobody sees green where one failed."""

    parts = [part("check_store"), part("sign_audit"), part("back_up"), part("let_go"), part("watch")]
    parts[0] >> parts[1] >> parts[2] >> parts[3] >> parts[4]
    parts >> everything_was_done()
