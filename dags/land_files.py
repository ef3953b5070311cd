"""Landing zones: whole files become deliveries, and deliveries become runs, each province in its turn.

Logic lives in the pipeline; a task passes on names of zones and paths of run folders, never names of files.
"""

from datetime import timedelta

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG, Asset, TriggerRule, task
from airflow.timetables.assets import AssetOrTimeSchedule
from airflow.timetables.trigger import CronTriggerTimetable
from sohoa_runs import LANDING, defaults, tell_of_failure

DOC = """
### Lấy tệp từ nơi tiếp nhận · Files from the landing zones

Mười phút một lần, và mỗi khi có sự kiện của `sohoa_landing`, xem mọi nơi tiếp nhận trong `landing.toml` (thư mục, kho
đối tượng, SFTP). Tệp chỉ được lấy khi đã trọn vẹn: đúng bản kê, hoặc không đổi giữa hai lần xem và không ai đang ghi.
Mỗi lần nộp thành một đợt của `ingest_batch`; mỗi tỉnh có phần của mình, tỉnh nộp nhiều không chặn tỉnh khác. Tệp ở nơi
tiếp nhận không bao giờ bị sửa, chuyển hay xóa. Xem: `sohoa landing list`.

Every ten minutes, and at each event of the asset `sohoa_landing`, all zones of `landing.toml` are looked at (folders,
object stores, SFTP). A file is fetched once it is whole: as its manifest says, or unchanged between two looks and being
written by nobody. Each delivery becomes a run of `ingest_batch`; each province has its share, one that delivers much
holds up no other. Nothing in a zone is changed, moved or deleted. A zone that cannot be reached fails alone.
"""

with DAG(
    dag_id="land_files",
    dag_display_name="Lấy tệp từ nơi tiếp nhận · Files from landing zones",
    schedule=AssetOrTimeSchedule(
        timetable=CronTriggerTimetable("*/10 * * * *", timezone="Asia/Ho_Chi_Minh"),
        assets=[Asset("sohoa_landing", uri="x-sohoa://landing")],
    ),
    # No start date: it begins with the next time, not with the one that was missed before it was installed.
    catchup=False,
    max_active_runs=1,
    doc_md=DOC,
    on_failure_callback=tell_of_failure,
    tags=["sohoa", "ingest", "landing"],
    default_args=defaults(4, LANDING),
) as dag:

    @task
    def list_zones() -> list[str]:
        """Names of the zones."""
        from pipeline import tasks

        return tasks.zones()

    @task(map_index_template="{{ zone }}")
    def look(zone: str) -> int:
        """Fetch what is whole in one zone; one that cannot be reached keeps no other out."""
        from airflow.sdk import get_current_context

        from pipeline import tasks

        get_current_context()["zone"] = zone
        return tasks.look(zone)

    @task(trigger_rule=TriggerRule.ALL_DONE)
    def take_turns() -> list[dict]:
        """The deliveries whose runs may begin, each province in its turn."""
        from pipeline import tasks

        return tasks.turns()

    @task(trigger_rule=TriggerRule.NONE_FAILED)
    def note_sent(asked_for: list[dict]) -> int:
        """Note the deliveries whose runs were asked for."""
        from pipeline import tasks

        return tasks.sent(asked_for)

    @task
    def every_zone_was_seen() -> None:
        """Fails with any look, so that nobody sees green where a zone could not be reached."""

    chosen = take_turns()
    ingest = TriggerDagRunOperator.partial(
        task_id="ingest",
        trigger_dag_id="ingest_batch",
        skip_when_already_exists=True,
        execution_timeout=timedelta(minutes=10),
    ).expand_kwargs(chosen)
    looks = look.expand(zone=list_zones())
    looks >> [chosen, every_zone_was_seen()]
    ingest >> note_sent(chosen)
