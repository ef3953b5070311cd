"""The whole register matched against itself, part by part: figures, and reviews for people.

Logic lives in the pipeline; a task passes on the path of the run folder, names of parts and counts, never data.
"""

from airflow.sdk import DAG, task
from sohoa_runs import STORE, defaults, tell_of_failure

DOC = """
### Ghép cả kho với chính nó · The register against itself

Mỗi phần là một tỉnh, hoặc một phần của tỉnh lớn (500 000 bản ghi), được ghép như thể vừa nộp vào kho của các phần còn
lại, theo mô hình đang dùng. Không người nào bị thay đổi: cặp khớp giữa hai người thành cặp chờ xét, chỉ người quyết
định. Chạy sau khi đổi mô hình (`SOHOA_MODEL`), hoặc định kỳ; chạy lại lúc nào cũng an toàn, phần đã xong không làm lại.

Each part is a province, or a share of a large one (500 000 records), matched as if it were delivered to a store of all
others, under the model in force. No person is changed: a match of two persons becomes a pair that waits for people. For
after a change of the model (`SOHOA_MODEL`), or now and then. Clearing any task is safe: finished parts are not made
again. `sohoa rematch` does the same without Airflow.
"""

with DAG(
    dag_id="national_match",
    dag_display_name="Ghép cả kho · The register against itself",
    schedule=None,
    catchup=False,
    max_active_runs=1,
    doc_md=DOC,
    on_failure_callback=tell_of_failure,
    tags=["sohoa", "matching"],
    default_args=defaults(12, STORE),
) as dag:

    @task
    def plan_parts() -> str:
        """Open a run folder with the parts of the register; its path is all that later tasks need."""
        from airflow.sdk import get_current_context

        from pipeline import tasks

        return tasks.start_national(get_current_context()["run_id"])

    @task
    def list_parts(folder: str) -> list[str]:
        """Names of the parts: province, number, of how many."""
        from pipeline import tasks

        return tasks.national_parts(folder)

    @task(map_index_template="{{ part }}")
    def match_part(folder: str, part: str) -> dict:
        """One part against itself and all others; its counts."""
        from airflow.sdk import get_current_context

        from pipeline import tasks

        get_current_context()["part"] = part
        return tasks.match_national_part(folder, part)

    @task
    def propose(folder: str) -> dict:
        """Ask people about what was found between persons; the figures of all parts."""
        from pipeline import tasks

        return tasks.propose_national(folder)

    folder = plan_parts()
    match_part.partial(folder=folder).expand(part=list_parts(folder)) >> propose(folder)
