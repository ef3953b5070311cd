"""One delivery of household ledgers: read, standardise, match, load, report. The steps are pipeline/steps.py's.

Logic lives in the pipeline; a task passes on the path of the run folder, never data.
"""

from airflow.sdk import DAG, Param, TriggerRule, task, task_group
from sohoa_runs import FILES, READ, REPORT, STORE, defaults, tell_of_failure

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
| `folder` | thư mục đợt mà `land_files` đã mở; khi có, các mục trên không dùng · a run folder opened by `land_files` |

What is typed here stands in Airflow: give a folder where the name of a file may be that of a person.
Each file is a mapped task: a refused file turns its own `read_file` red and fails the run at the end, after the
other files were loaded; the log says which file, why, the sums and where the report is, without a traceback.
A file at which three tries were killed, or ran out of time, is given up: refused as `file.given_up`, and the others
go on. The log of the next try says at which row, with how much memory, the last one died; so does `sohoa batch why`.
Clearing any task is safe: finished folders are not made twice, and a batch is loaded in one transaction.
The report lies in `<SOHOA_HOME>/reports/<batch id>.html`.
"""

STEPS_OF_A_FILE = {
    "read_file": READ,
    "profile_batch": FILES,
    "standardise_records": FILES,
    "build_households": FILES,
    "check_records": FILES,
}
STEPS_OF_A_BATCH = {"survive": STORE, "validate_batch": STORE, "load_batch": STORE, "report_batch": REPORT}

with DAG(
    dag_id="ingest_batch",
    dag_display_name="Nạp một đợt sổ hộ khẩu · Ingest a batch",
    schedule=None,
    catchup=False,
    max_active_runs=4,
    doc_md=DOC,
    on_failure_callback=tell_of_failure,
    tags=["sohoa", "ingest"],
    default_args=defaults(12, STORE),
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
        "folder": Param("", type="string", title="Thư mục đợt đã mở · Run folder that was opened"),
    },
) as dag:

    @task
    def plan_delivery(params: dict) -> str:
        """Open a run folder for the delivery; its path is all that later tasks need. Cleared, it gives the same."""
        from airflow.sdk import get_current_context

        from pipeline import tasks

        return params["folder"] or tasks.start(
            params["paths"], params["province"], params["encodings"], params["headings"], params["office"],
            params["draft"], get_current_context()["run_id"],
        )  # fmt: skip

    @task
    def list_files(folder: str) -> list[str]:
        """Ids of the files that were not loaded before."""
        from pipeline import tasks

        return tasks.new_file_ids(folder)

    def file_task(step: str, pool: str):
        """A task for a step that goes file by file."""

        # Shown by its digest: the name of a file may be the name of a person.
        @task(task_id=step, pool=pool, map_index_template="{{ ledger }}")
        def one_file(folder: str, file_id: str) -> str:
            from airflow.sdk import get_current_context

            from pipeline import tasks

            get_current_context()["ledger"] = file_id[:12]
            return tasks.run_step(step, folder, file_id)

        return one_file

    def batch_task(step: str, pool: str, trigger_rule: TriggerRule = TriggerRule.ALL_SUCCESS):
        """A task for a step that takes the whole batch."""

        @task(task_id=step, pool=pool, trigger_rule=trigger_rule)
        def whole_batch(folder: str) -> str:
            from pipeline import tasks

            return tasks.run_step(step, folder)

        return whole_batch

    @task(pool=FILES, trigger_rule=TriggerRule.ONE_FAILED, map_index_template="{{ ledger }}")
    def give_up(folder: str, file_id: str) -> bool:
        """Refuse a file that no try came through, so that the others go on; one that was refused is left alone."""
        from airflow.sdk import get_current_context

        from pipeline import tasks

        get_current_context()["ledger"] = file_id[:12]
        return tasks.give_up(folder, file_id)

    @task_group
    def ledger(folder: str, file_id: str) -> None:
        """One file through the steps that need no other file."""
        aside = give_up(folder, file_id)
        previous = None
        for step, pool in STEPS_OF_A_FILE.items():
            current = file_task(step, pool)(folder, file_id)
            current >> aside
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
    last = batch_task("match_records", STORE, TriggerRule.ALL_DONE)(folder)
    ledgers >> last
    for name, pool in STEPS_OF_A_BATCH.items():
        following = batch_task(name, pool)(folder)
        last >> following
        last = following
    last >> verdict(folder)
