"""A candidate for the matching model: sample of the store, training, comparison with the model in force.

Logic lives in the pipeline; a task passes on the path of the run folder, never data. The candidate replaces nothing.
"""

from airflow.sdk import DAG, Param, task
from sohoa_runs import STORE, defaults, tell_of_failure

DOC = """
### Luyện lại mô hình ghép · Retrain the matching model

| Tham số · Param | |
|---|---|
| `sample` | số bản ghi của mẫu · records of the sample, whole households |
| `seed` | số gieo của phép chọn mẫu · seed of the draw |
| `base` | tệp mô hình xuất phát; để trống là mô hình đang dùng · model to start from; empty: the one in force |

The candidate learns from the sample and from four fifths of the pairs that people decided in the store; the last fifth
judges it and the model in force. Sample, candidate and comparison lie in `<SOHOA_HOME>/retraining/<number>/`.
**Nothing is put in force here.** Whoever has read the comparison sets `SOHOA_MODEL` to the candidate, or leaves it.
Clearing any task is safe: finished folders are not made twice. `sohoa model retrain` does the same without Airflow.
"""

with DAG(
    dag_id="retrain_model",
    dag_display_name="Luyện lại mô hình ghép · Retrain the matching model",
    schedule=None,
    catchup=False,
    max_active_runs=1,
    doc_md=DOC,
    on_failure_callback=tell_of_failure,
    tags=["sohoa", "matching"],
    default_args=defaults(12, STORE),
    params={
        "sample": Param(100_000, type="integer", minimum=1000, title="Số bản ghi của mẫu · Records of the sample"),
        "seed": Param(1, type="integer", minimum=0, title="Số gieo · Seed"),
        "base": Param("", type="string", title="Mô hình xuất phát · Model to start from"),
    },
) as dag:

    @task
    def plan_retraining(params: dict) -> str:
        """Open a run folder with the models as they are now; its path is all that later tasks need."""
        from airflow.sdk import get_current_context

        from pipeline import tasks

        return tasks.start_retraining(
            params["sample"], params["seed"], params["base"], get_current_context()["run_id"]
        )  # fmt: skip

    def step_task(step: str):
        """A task for a step of a retraining."""

        @task(task_id=step)
        def one_step(folder: str) -> str:
            from pipeline import tasks

            return tasks.retraining_step(step, folder)

        return one_step

    @task
    def result(folder: str) -> dict:
        """What the candidate was trained on, and where it and the comparison lie."""
        from pipeline import tasks

        return tasks.retraining_result(folder)

    folder = plan_retraining()
    last = folder
    for name in ("draw_sample", "train_candidate", "compare_models"):
        following = step_task(name)(folder)
        last >> following
        last = following
    last >> result(folder)
