"""The steps as tasks of Airflow: what was to be expected ends a task with one sentence in its log and no traceback.

A refused file, a batch that the gate stopped and wrong parameters are answers, not faults of the code; a traceback
tells the person who reads the log to call a programmer. Everything else stays an exception.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline import (
    alerts,
    asked_runs,
    draft_runs,
    flight,
    gate_release,
    landing,
    landing_turns,
    landing_zones,
    maintenance,
    national,
    period_building,
    retention,
    retraining,
    run,
    why,
)
from pipeline.details import in_words
from pipeline.settings import load_settings
from schemas import messages
from schemas.errors import FileRefused, SohoaError, StoreUnavailable, SystemFailed, UsageError

_LOG = logging.getLogger("airflow.task")
_ANSWERS = frozenset({"run.files_refused", "batch.stopped"})
_ANSWERING = ("maintain.", "landing.", "alerts.")
"""How the codes of further answers begin."""


def start(
    paths: Sequence[str], province: str, encodings: Sequence[str], headings: Sequence[str], office: str,
    draft: str = "", asked_by: str = "",
) -> str:  # fmt: skip
    """Open a run folder for a delivery, or for a draft of the portal; its path is all that later tasks need.

    `asked_by` is the id of Airflow's run: cleared and asked again, it comes back to the folder that it opened.
    """
    with _answers_told():
        if draft:
            folder = str(draft_runs.open_run(draft, load_settings()))
        else:
            folder = run.start(paths, province, encodings, headings, office)
        return str(asked_runs.settled(Path(folder), asked_by)) if asked_by else folder


def new_file_ids(folder: str) -> list[str]:
    """Ids of the files that were not loaded before."""
    return run.new_file_ids(folder)


def run_step(step: str, folder: str, file_id: str | None = None) -> str:
    """One step of a run by name; the folder of its artefacts. A refused file ends the task with what was said of it.

    Earlier tries that were killed are told in the log first: they could say nothing themselves.
    """
    language = load_settings().language
    for death in run.earlier_deaths(step, folder, file_id):
        _LOG.warning("%s", why.in_a_sentence(death, language))
    with _answers_told():
        return run.run_step(step, folder, file_id)


def give_up(folder: str, file_id: str) -> bool:
    """Refuse a file that no try came through, so that the others go on; False if it was refused or is done."""
    with _answers_told():
        is_given_up = run.give_up(folder, file_id)
    if is_given_up:
        language = load_settings().language
        for death in flight.deaths(Path(folder)):
            if death.file_id == file_id:
                _LOG.error("%s", why.in_a_sentence(death, language))
    return is_given_up


def verdict(folder: str) -> dict[str, Any]:
    """The sums of a run; ends the task where a file was refused or the batch was stopped, so that nobody sees green."""
    with _answers_told():
        return run.verdict(folder)


def zones() -> list[str]:
    """Names of the landing zones."""
    with _answers_told():
        return [zone.name for zone in landing_zones.zones(load_settings())]


def look(zone: str) -> int:
    """Look at a landing zone and fetch what is whole; how many of its deliveries wait for their runs."""
    with _answers_told():
        settings = load_settings()
        return len(landing.look(landing_zones.zone(zone, settings), settings))


def turns() -> list[dict[str, Any]]:
    """The deliveries whose runs may begin now, as arguments of the operator that starts them."""
    with _answers_told():
        found = landing_turns.turns(load_settings())
    # The run is named after its delivery: one that is asked for twice is one run.
    return [
        {
            "trigger_run_id": f"land__{turn['province']}__{turn['batch_id']}__{Path(turn['folder']).name}",
            "conf": {"folder": turn["folder"], "province": turn["province"]},
        }
        for turn in found
    ]


def sent(asked_for: Sequence[Mapping[str, Any]]) -> int:
    """Note the deliveries whose runs were asked for."""
    with _answers_told():
        settings = load_settings()
        for zone in landing_zones.zones(settings):
            landing.sent(zone, [str(each["conf"]["folder"]) for each in asked_for], settings)
    return len(asked_for)


def maintain(part: str) -> dict[str, Any] | None:
    """One part of the nightly work on the store by name; None where there is nothing to do."""
    with _answers_told():
        settings, today = load_settings(), retention.day_of_now()
        if part == "check_store":
            return dict(maintenance.check_store(settings))
        if part == "sign_audit":
            return dict(maintenance.sign_audit(settings))
        if part == "watch":
            told = alerts.found(settings)
            return {"found": len(told), "sent": alerts.send(told, settings)}
        if part == "back_up":
            made = maintenance.back_up(settings, today)
            return None if made is None else dict(made)
        return dict(maintenance.let_go(settings, today))


def failed(dag: str, run_id: str) -> int:
    """Tell of a run that failed, once; how many were told. Nothing of it may end the callback it is called by."""
    try:
        return alerts.send([alerts.Alert("failed", f"{dag} {run_id}")], load_settings())
    except SohoaError as wrong:
        _LOG.warning("nobody was told: %s", wrong.code)
        return 0


def stopped_for(batch_id: str) -> str:
    """What stopped a batch, in words, for the person who decides; ends the task where nothing did."""
    with _answers_told():
        settings = load_settings()
        rules = gate_release.releasable(batch_id, settings)
        told = (f"- {messages.wrong(rule, settings.language)} ({count})" for rule, count in rules.items())
        return "\n".join(told)


def follow_release(batch_id: str, answer: Mapping[str, Any] | None, let_in: str) -> dict[str, Any]:
    """Do what a person answered in Airflow about a stopped batch; without an answer it stays out.

    Args:
        batch_id: the batch.
        answer: what the operator that waits for people gives: chosen_options, params_input, responded_by_user.
        let_in: the option that lets the batch in.

    Returns:
        The sums of the batch, or that it was kept out.
    """
    chosen = (answer or {}).get("chosen_options") or []
    if let_in not in chosen:
        return {"batch_id": batch_id, "state": "stopped"}
    user = (answer or {}).get("responded_by_user") or {}
    with _answers_told():
        by = str(user.get("name") or user.get("id") or "")
        reason = str(((answer or {}).get("params_input") or {}).get("reason") or "")
        settings = load_settings()
        let = gate_release.let_in(batch_id, reason, by, settings)
        if let.folder is None:
            raise UsageError("release.folder_gone", batch=batch_id)
        run.finish_run(let.folder, settings)
        return run.verdict(str(let.folder))


def start_retraining(sample: int, seed: int, base: str, asked_by: str = "") -> str:
    """Open a run folder for a candidate model; its path is all that later tasks need. `asked_by` as for `start`."""
    with _answers_told():
        settings = load_settings()
        wish = retraining.Wish(sample, seed, Path(base) if base else None)
        return _come_back_to(settings.home / "retraining", asked_by, lambda: retraining.start(wish, settings))


def retraining_step(step: str, folder: str) -> str:
    """One step of a retraining by name; the folder of its artefacts."""
    with _answers_told():
        return str(retraining.run_step(step, Path(folder), load_settings()))


def retraining_result(folder: str) -> dict[str, Any]:
    """What a candidate was trained on, and where it and the report lie."""
    with _answers_told():
        result = retraining.result_of(Path(folder))
    return {name: value for name, value in result.items() if name != "comparison"}


def start_national(asked_by: str) -> str:
    """Open a run folder for a matching of the register against itself. `asked_by` as for `start`."""
    with _answers_told():
        settings = load_settings()
        return _come_back_to(settings.home / national.ROOM, asked_by, lambda: national.start(settings))


def national_parts(folder: str) -> list[str]:
    """The parts of such a matching."""
    return national.list_parts(Path(folder))


def match_national_part(folder: str, part: str) -> dict[str, Any]:
    """Match one part; its counts."""
    with _answers_told():
        return dict(national.match_part(Path(folder), part, load_settings()))


def propose_national(folder: str) -> dict[str, Any]:
    """Ask people about what was found between persons, once; the figures."""
    with _answers_told():
        national.propose(Path(folder), load_settings())
        return dict(national.result_of(Path(folder)))


def count_month(month: str) -> str:
    """Count a month, "" for the one before this, and keep it; the month, YYYY-MM."""
    with _answers_told():
        return period_building.count(month, load_settings())


def partitions(provinces: list[str], month: str) -> list[str]:
    """Partitions `province|month` of reports that are written: of these, of all 34, or of the one of this machine."""
    with _answers_told():
        return [f"{code}|{month}" for code in provinces or period_building.provinces(load_settings())]


def report_partition(partition: str) -> str:
    """Write the report of the province and the month of a partition; the name of its page."""
    province, _, month = partition.partition("|")
    return report_month(province, month)


def report_month(scope: str, month: str) -> str:
    """Write the report of a province, or of the nation, and a month; the name of its page."""
    with _answers_told():
        return period_building.write(scope, month, load_settings())


def _come_back_to(runs: Path, asked_by: str, start: Callable[[], Path]) -> str:
    """The folder that a run of Airflow opened before; else a new one, noted."""
    before = asked_runs.earlier(runs, asked_by) if asked_by else None
    folder = before or start()
    return str(asked_runs.settled(folder, asked_by)) if asked_by else str(folder)


@contextmanager
def _answers_told() -> Iterator[None]:
    """Leave the process with an error state and one message where the outcome is an answer.

    Raises:
        SystemExit: Airflow notes it without a traceback; the DAG's retry policy fails the task at once.
    """
    try:
        yield
    except SohoaError as answer:
        passes = isinstance(answer, StoreUnavailable | SystemFailed)
        known = answer.code in _ANSWERS or answer.code.startswith(_ANSWERING)
        if passes or not (isinstance(answer, FileRefused | UsageError) or known):
            raise
        language = load_settings().language
        _LOG.error("%s", messages.explain(answer.code, language, details=in_words(answer.details, language)))
        raise SystemExit(1) from None
