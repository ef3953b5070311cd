"""The report of a province and a month: a run for each partition of the months that were counted.

Logic lives in the pipeline; a task passes on the code of the province and the month, never data.
"""

from airflow.sdk import DAG, Param, PartitionedAssetTimetable, task
from sohoa_runs import MONTHS, REPORT, defaults, tell_of_failure

DOC = """
### Báo cáo tháng của một tỉnh · The report of a month of one province

| Tham số · Param | |
|---|---|
| `partition` | khi chạy tay: tỉnh và tháng, như khóa phân vùng · of a run by hand: province and month, as the key |

Mỗi phân vùng `tỉnh|tháng` mà `build_reports` báo là một lần chạy: tỉnh nào lỗi thì chạy lại riêng tỉnh ấy, lúc nào cũng
ra đúng từng byte. Nhiều tháng của một tỉnh: `sohoa airflow backfill create --dag-id build_reports`.

Each partition `province|month` that `build_reports` tells is a run: a province that failed is run again by itself, and
the same bytes come out. Months of a province: `sohoa airflow backfill create --dag-id build_reports`.
"""

with DAG(
    dag_id="province_report",
    dag_display_name="Báo cáo tháng của tỉnh · A province's report of a month",
    schedule=PartitionedAssetTimetable(assets=MONTHS),
    catchup=False,
    max_active_runs=4,
    doc_md=DOC,
    on_failure_callback=tell_of_failure,
    tags=["sohoa", "reports"],
    default_args=defaults(4, REPORT),
    params={
        "partition": Param(
            "", type="string", pattern="^([0-9]{2}[|][0-9]{4}-[0-9]{2})?$", title="Tỉnh và tháng · Province and month"
        ),
    },
) as dag:

    @task
    def report_province(params: dict, dag_run: object = None) -> str:
        """The sealed report of the province and month of the run's partition."""
        from pipeline import tasks

        return tasks.report_partition(getattr(dag_run, "partition_key", None) or params["partition"])

    report_province()
