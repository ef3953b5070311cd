"""The reports of a month: counted once, then a sealed report of the nation, and a run for that of each province.

Logic lives in the pipeline; a task passes on the month and codes of provinces, never data.
"""

from airflow.sdk import DAG, Param, task
from airflow.timetables.trigger import CronTriggerTimetable
from sohoa_runs import MONTHS, REPORT, defaults, tell_of_failure

DOC = """
### Báo cáo tháng của các tỉnh và toàn quốc · Reports of a month, by province and of the nation

| Tham số · Param | |
|---|---|
| `month` | tháng, NĂM-THÁNG; để trống là tháng trước · month, YYYY-MM; empty: the month before this one |
| `provinces` | mã tỉnh (34); để trống là tất cả · codes of the 34; empty: all of them |

Chạy lúc 02:00 ngày 1 hằng tháng, giờ Việt Nam: đếm tháng vừa hết một lần và giữ lại, lập báo cáo toàn quốc, và báo
phân vùng `tỉnh|tháng` của tài sản `sohoa_month`: mỗi phân vùng là một lần chạy của `province_report`. Báo cáo nằm ở
`<SOHOA_HOME>/reports/province-<mã>-<tháng>.html` và `nation-<tháng>.html`, có niêm phong. Chạy lại lúc nào cũng ra
đúng từng byte của trang và bản JSON. Tháng chưa hết bị từ chối; xem tạm bằng `sohoa report province`.

Runs at 02:00 on the first of each month, by the clock of Viet Nam: the month that ended is counted once and kept, the
report of the nation is written, and the partitions `province|month` of the asset `sohoa_month` are told: each is a run
of `province_report`. Clearing any task is safe: page and JSON are the same bytes again. A month that is not over is
refused; `sohoa report province` shows it as provisional.
"""

with DAG(
    dag_id="build_reports",
    dag_display_name="Báo cáo tháng · Reports of a month",
    schedule=CronTriggerTimetable("0 2 1 * *", timezone="Asia/Ho_Chi_Minh"),
    # No start date: it begins with the next time, not with the one that was missed before it was installed.
    catchup=False,
    max_active_runs=1,
    doc_md=DOC,
    on_failure_callback=tell_of_failure,
    tags=["sohoa", "reports"],
    default_args=defaults(4, REPORT),
    params={
        "month": Param("", type="string", pattern="^([0-9]{4}-[0-9]{2})?$", title="Tháng · Month, YYYY-MM"),
        "provinces": Param([], type="array", items={"type": "string"}, title="Mã tỉnh · Province codes"),
    },
) as dag:

    @task
    def count_month(params: dict) -> str:
        """Count the month for all provinces and the nation, once; the month is all that later tasks need."""
        from pipeline import tasks

        return tasks.count_month(params["month"])

    @task(outlets=[MONTHS])
    def announce(month: str, params: dict, *, outlet_events: dict) -> list[str]:
        """A partition for each province whose report is wanted."""
        from pipeline import tasks

        partitions = tasks.partitions(params["provinces"], month)
        outlet_events[MONTHS].add_partitions(partitions)
        return partitions

    @task
    def report_nation(month: str) -> str:
        """The sealed report of the nation."""
        from pipeline import tasks

        return tasks.report_month("nation", month)

    month = count_month()
    announce(month)
    report_nation(month)
