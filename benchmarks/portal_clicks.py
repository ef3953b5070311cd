"""How long a click takes while fifty clerks click and a batch is being loaded on the same machine.

python -m benchmarks.portal_clicks [--clerks 50] [--seconds 40] [--people 100000]
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import numpy as np

from benchmarks.common import write_results
from pipeline import accounts, drafts, run
from pipeline.settings import Settings, child_environment
from portal import server
from store import sessions
from store.accounts import Account, AccountRole
from store.engine import open_store, stop_store

_PORT = 8391
_PAUSE = 2.0
_WANTED = 0.5
_PRIORITIES = (0, 15)
_DRAFT_PEOPLE = 2_000


def main() -> None:
    """Measure without and with a load beside, and write results/portal_clicks.csv."""
    given = argparse.ArgumentParser()
    given.add_argument("--clerks", type=int, default=50)
    given.add_argument("--seconds", type=int, default=40)
    given.add_argument("--people", type=int, default=100_000)
    wish = given.parse_args()
    home = Path(tempfile.mkdtemp(prefix="sohoa-clicks-"))
    settings = Settings(home / "home", received_on=date(2024, 6, 1))
    try:
        rows = measured(settings, home, wish)
    finally:
        stop_store(settings.home)
    for row in rows:
        print(row)
    print(write_results("portal_clicks", rows))


def measured(settings: Settings, home: Path, wish: argparse.Namespace) -> list[dict[str, object]]:
    """Rows: nothing beside, and `sohoa run` beside, of the same priority as the portal and giving way to it."""
    small, large = (ledgers(home / name, people) for name, people in (("small", 300), ("large", wish.people)))
    batch = run.run_batch([small], "01", settings).batch_id
    paths = (
        "/batches", "/batches/state", f"/batches/{batch}", f"/batches/{batch}/report", "/account", *desk(settings, home)
    )  # fmt: skip
    tokens = signed_in(settings, wish.clerks)
    environment = child_environment({"SOHOA_HOME": str(settings.home), "SOHOA_RECEIVED_ON": "2024-06-01"})
    serving = subprocess.Popen(
        [sys.executable, "-m", "portal.command", "portal", "--port", str(_PORT)], env=environment,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        checked(tokens[0], paths[5])
        asyncio.run(clicked(tokens[:1], paths, 5))  # the first click of a process imports and compiles
        rows = [told("nothing", asyncio.run(clicked(tokens, paths, wish.seconds)), wish)]
        for priority in _PRIORITIES:
            rows.append(beside_a_load(priority, large, environment, (tokens, paths, wish)))
    finally:
        serving.terminate()
        serving.wait()
    return rows


def beside_a_load(
    priority: int,
    ledgers: Path,
    environment: dict[str, str],
    clicks: tuple[list[str], tuple[str, ...], argparse.Namespace],
) -> dict[str, object]:
    """The row of clicks beside `sohoa run` of that priority, which is stopped afterwards."""
    tokens, paths, wish = clicks
    command = [sys.executable, "-m", "portal.command", "run", str(ledgers), "--province", "01"]
    loading = subprocess.Popen(
        ["nice", "-n", str(priority), *command], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    time.sleep(3)
    beside = asyncio.run(clicked(tokens, paths, wish.seconds))
    is_loading = loading.poll() is None
    loading.terminate()
    loading.wait()
    return told(f"a batch of {wish.people} people, nice {priority}{'' if is_loading else ', done early'}", beside, wish)


def ledgers(out: Path, people: int, seed: int = 5) -> Path:
    """Synthetic ledgers of Hà Nội."""
    command = [
        sys.executable,
        "-m",
        "data_samples.generate",
        "--people",
        str(people),
        "--seed",
        str(seed),
        "--provinces",
        "01",
    ]
    subprocess.run([*command, "--layout", "csv", "--out", str(out)], check=True, capture_output=True)
    return out / "input"


def signed_in(settings: Settings, clerks: int) -> list[str]:
    """Tokens of clerks who have signed in."""
    store = open_store(settings.store_url, settings.home)
    for number in range(clerks):
        account = Account(f"clerk-{number}", AccountRole.UPLOADER, "01")
        accounts.add(store, account)
        sessions.begin(store, f"token-{number}", account, datetime.now(UTC), None, is_full=True)
    store.close()
    return [f"token-{number}" for number in range(clerks)]


def desk(settings: Settings, home: Path) -> tuple[str, ...]:
    """Clicks in the grid of a draft of 2 000 people that is being corrected: the page, rows, the next error."""
    draft = drafts.begin("01", "", settings)
    for path in sorted(ledgers(home / "draft", _DRAFT_PEOPLE).iterdir()):
        drafts.add_original(draft, path, path.name)
    at = f"/desk/{draft.draft_id}"
    return (f"{at}/state?wait=20", f"{at}/rows?sheet=0&start=900&count=100", f"{at}/next?sheet=0&line=700")


def checked(token: str, path: str) -> None:
    """Wait until the draft is checked for the first time; until then there are no rows to click on."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        try:
            url, cookies = f"http://{server.LOOPBACK}:{_PORT}{path}", {"cookie": f"sohoa_session={token}"}
            answer = httpx.get(url, headers={**cookies, "accept": "application/json"}, timeout=60, trust_env=False)
        except httpx.ConnectError:  # it is still starting
            time.sleep(0.5)
            continue
        if "totals" in answer.json():
            return
    raise RuntimeError("no check came to its end")


async def clicked(tokens: list[str], paths: tuple[str, ...], seconds: float) -> list[float]:
    """Seconds of each click: each clerk waits about two seconds between two of them."""
    took: list[float] = []
    end, dice = time.monotonic() + seconds, np.random.default_rng(1)

    async def clerk(token: str) -> None:
        base, cookie = f"http://{server.LOOPBACK}:{_PORT}", {"cookie": f"sohoa_session={token}"}
        async with httpx.AsyncClient(base_url=base, headers=cookie, timeout=60, trust_env=False) as client:
            while time.monotonic() < end:
                await asyncio.sleep(dice.uniform(0, 2 * _PAUSE))
                start = time.perf_counter()
                try:
                    answer = await client.get(str(dice.choice(paths)))
                except httpx.ConnectError:  # it is still starting
                    continue
                if answer.status_code != 200:
                    raise RuntimeError(answer.status_code)
                took.append(time.perf_counter() - start)

    await asyncio.gather(*(clerk(token) for token in tokens))
    return took


def told(beside: str, took: list[float], wish: argparse.Namespace) -> dict[str, object]:
    """The figures of one measurement."""
    half, most, longest = np.percentile(took, [50, 95, 100])
    return {
        "clerks": wish.clerks, "beside": beside, "clicks": len(took), "median_ms": round(half * 1000),
        "p95_ms": round(most * 1000), "longest_ms": round(longest * 1000), "wanted_p95_ms": round(_WANTED * 1000),
    }  # fmt: skip


if __name__ == "__main__":
    main()
