"""A program that is called like `airflow`: its API server answers as Airflow's does, the others sleep.

What it was asked stands in the file ASKED of its folder; a component whose name stands in the file DIES ends at once.
"""

import json
import os
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).resolve().parent
WELL = {name: {"status": "healthy"} for name in ("metadatabase", "scheduler", "dag_processor", "triggerer")}


class Answers(BaseHTTPRequestHandler):
    pools: list[dict[str, object]] = [{"name": "default_pool", "slots": 128}]  # noqa: RUF012 - of the one server

    def do_GET(self) -> None:
        self._say(WELL if "health" in self.path else {"pools": self.pools})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/auth/token":
            kept = json.loads(Path(os.environ["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"]).read_text("utf-8"))
            self._say({"access_token": "t"}, 201 if kept[body["username"]] == body["password"] else 401)
            return
        self.pools.append(body)
        with (HERE / "asked").open("a", encoding="utf-8") as asked:
            asked.write(json.dumps([self.path, self.headers["Authorization"], body]) + "\n")
        self._say(body, 201)

    def log_message(self, format: str, *args: object) -> None:
        return

    def _say(self, body: object, status: int = 200) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())


def main() -> None:
    with (HERE / "begun").open("a", encoding="utf-8") as begun:
        begun.write(" ".join(sys.argv[1:]) + "\n")
    if sys.argv[1] == "db":
        return
    if (HERE / "dies").exists() and sys.argv[1] in (HERE / "dies").read_text("utf-8"):
        sys.exit(1)
    if sys.argv[1] == "api-server":
        address = (os.environ["AIRFLOW__API__HOST"], int(os.environ["AIRFLOW__API__PORT"]))
        ThreadingHTTPServer(address, Answers).serve_forever()
    # A child in a session of its own, as daemons are.
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    time.sleep(600)


if __name__ == "__main__":
    main()
