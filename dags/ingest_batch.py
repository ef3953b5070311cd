"""One delivery of household ledgers: read, standardise, match, load, report. The steps are pipeline/steps.py's.

Logic lives in the pipeline; a task passes on the path of the run folder, never data.
"""

from datetime import timedelta

from airflow.sdk import DAG, ExceptionRetryPolicy, Param, RetryAction, RetryRule, TriggerRule, task, task_group

DOC = """
### Một đợt sổ hộ khẩu · One delivery of household ledgers

| Tham số · Param | |
|---|---|
| `paths` | tệp hoặc thư mục sổ trên máy chạy Airflow · files or folders of ledgers on the worker |
| `province` | mã tỉnh (34 hoặc 63) · province code of the 34, or of the 63 |
| `encodings` | bảng mã nếu biết: `tcvn3`, `full_name=vni` · encodings, if known |
| `headings` | nghĩa của tiêu đề cột: `Cột X=full_name` · what headings mean |
| `draft` | bản nháp của cổng thay cho tệp; cổng tự điền · a draft of the portal in place of files |
| `office` | tên xã, nếu đã nhớ quyết định riêng · commune whose kept decisions apply |

What is typed here stands in Airflow: give a folder where the name of a file may be that of a person.
Each file is a mapped task: a refused file turns its own `read_file` red and fails the run at the end, after the
other files were loaded; the log says which file, why, the sums and where the report is, without a traceback.
Clearing any task is safe: finished folders are not made twice, and a batch is loaded in one transaction.
The report lies in `<SOHOA_HOME>/reports/<batch id>.html`.
"""

# Bad data stay bad on retry; only the store's absence and a full disk pass with time.
ONLY_WHAT_CAN_PASS = ExceptionRetryPolicy(
    rules=[
        RetryRule(
            exception="schemas.errors.StoreUnavailable",
            action=RetryAction.RETRY,
            retry_delay=timedelta(seconds=20),
            reason="the store cannot be reached",
        ),
        RetryRule(
            exception="schemas.errors.SystemFailed",
            action=RetryAction.RETRY,
            retry_delay=timedelta(seconds=20),
            reason="the disk is full or broken",
        ),
        # How pipeline/tasks.py ends a task with an answer: it is no Exception.
        RetryRule(exception="builtins.SystemExit", action=RetryAction.FAIL, reason="refused, as the log says"),
        RetryRule(exception="builtins.Exception", action=RetryAction.FAIL, reason="would fail again"),
    ]
)

with DAG(
    dag_id="ingest_batch",
    dag_display_name="Nạp một đợt sổ hộ khẩu · Ingest a batch",
    schedule=None,
    catchup=False,
    max_active_runs=4,
    doc_md=DOC,
    tags=["sohoa", "ingest"],
    default_args={
        "owner": "sohoa",
        "retries": 3,
        "retry_policy": ONLY_WHAT_CAN_PASS,
        "execution_timeout": timedelta(hours=12),
    },
    params={
        "paths": Param(
            ["data_samples/three_provinces/input"],
            type="array",
            items={"type": "string", "minLength": 1},
            minItems=1,
            title="Tệp hoặc thư mục · Files or folders",
        ),
        "province": Param("01", type="string", pattern="^0?[0-9]{2}$", title="Mã tỉnh · Province code"),
        "encodings": Param([], type="array", items={"type": "string"}, title="Bảng mã · Encodings"),
        "headings": Param([], type="array", items={"type": "string"}, title="Tiêu đề cột · Headings"),
        "office": Param("", type="string", title="Xã · Commune"),
        "draft": Param("", type="string", pattern="^([0-9a-f]{32})?$", title="Bản nháp của cổng · Draft of the portal"),
    },
) as dag:

    @task
    def plan_delivery(params: dict) -> str:
        """Open a run folder for the delivery; its path is all that later tasks need."""
        from pipeline import tasks

        return tasks.start(
            params["paths"], params["province"], params["encodings"], params["headings"], params["office"],
            params["draft"],
        )  # fmt: skip

    @task
    def list_files(folder: str) -> list[str]:
        """Ids of the files that were not loaded before."""
        from pipeline import tasks

        return tasks.new_file_ids(folder)

    def file_task(step: str):
        """A task for a step that goes file by file."""

        # Shown by its digest: the name of a file may be the name of a person.
        @task(task_id=step, map_index_template="{{ ledger }}")
        def one_file(folder: str, file_id: str) -> str:
            from airflow.sdk import get_current_context

            from pipeline import tasks

            get_current_context()["ledger"] = file_id[:12]
            return tasks.run_step(step, folder, file_id)

        return one_file

    def batch_task(step: str, trigger_rule: TriggerRule = TriggerRule.ALL_SUCCESS):
        """A task for a step that takes the whole batch."""

        @task(task_id=step, trigger_rule=trigger_rule)
        def whole_batch(folder: str) -> str:
            from pipeline import tasks

            return tasks.run_step(step, folder)

        return whole_batch

    @task_group
    def ledger(folder: str, file_id: str) -> None:
        """One file through the steps that need no other file."""
        previous = None
        for step in ("read_file", "profile_batch", "standardise_records", "build_households", "check_records"):
            current = file_task(step)(folder, file_id)
            if previous is not None:
                previous >> current
            previous = current

    @task(trigger_rule=TriggerRule.ALL_DONE, retries=0)
    def verdict(folder: str) -> dict:
        """The sums of the batch; fails if a file was refused or a step did not finish, so that nobody sees green."""
        from pipeline import tasks

        return tasks.verdict(folder)

    folder = plan_delivery()
    ledgers = ledger.partial(folder=folder).expand(file_id=list_files(folder))
    # A refused file must not keep the others out; match_records itself refuses to go on after a crash.
    last = batch_task("match_records", TriggerRule.ALL_DONE)(folder)
    ledgers >> last
    for name in ("survive", "validate_batch", "load_batch", "report_batch"):
        following = batch_task(name)(folder)
        last >> following
        last = following
    last >> verdict(folder)
