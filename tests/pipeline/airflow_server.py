"""An Airflow for tests: a real HTTP server that answers as the REST API v2 of Airflow 3.3 does, as far as we ask it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

USER, PASSWORD = "cong", "mot mat khau dai"


@dataclass
class Airflow:
    """What it knows: runs with their state and conf, tokens that hold; `broken` statuses are answered first."""

    port: int = 0
    runs: dict[str, str] = field(default_factory=dict)
    confs: dict[str, Any] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    broken: list[int] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    loses_answers: int = 0
    given: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def end(self, run_id: str, state: str) -> None:
        self.runs[run_id] = state


@contextmanager
def airflow(port: int = 0) -> Iterator[Airflow]:
    """It answers while the block runs."""
    known = Airflow()
    server = ThreadingHTTPServer(("127.0.0.1", port), type("Handler", (_Handler,), {"known": known}))
    known.port = int(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield known
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


class _Handler(BaseHTTPRequestHandler):
    known: Airflow

    def log_message(self, *_: Any) -> None:
        """Tests say enough."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.known.asked.append(("POST", self.path))
        if self.known.broken:
            self._answer(self.known.broken.pop(0), {"detail": "broken"})
        elif self.path == "/auth/token":
            self._token(body)
        elif self._is_known():
            self._trigger(body)

    def do_GET(self) -> None:
        self.known.asked.append(("GET", self.path))
        if self.known.broken:
            self._answer(self.known.broken.pop(0), {"detail": "broken"})
        elif self._is_known():
            run_id = self.path.rpartition("/")[2]
            if run_id in self.known.runs:
                self._answer(200, _run(run_id, self.known))
            else:
                self._answer(404, {"detail": f"The DagRun with run_id: `{run_id}` was not found"})

    def _token(self, body: dict[str, str]) -> None:
        if (body.get("username"), body.get("password")) != (USER, PASSWORD):
            self._answer(401, {"detail": "Invalid credentials"})
            return
        self.known.given += 1
        token = f"token-{self.known.given}"
        self.known.tokens.add(token)
        self._answer(201, {"access_token": token})

    def _is_known(self) -> bool:
        if self.headers.get("Authorization", "").removeprefix("Bearer ") in self.known.tokens:
            return True
        self._answer(401, {"detail": "Not authenticated"})
        return False

    def _trigger(self, body: dict[str, Any]) -> None:
        if set(body) - {"dag_run_id", "logical_date", "conf", "run_after", "note"} or "logical_date" not in body:
            self._answer(422, {"detail": "Field required"})
        elif body["dag_run_id"] in self.known.runs:
            self._answer(409, {"detail": {"reason": "Unique constraint violation", "statement": "hidden"}})
        else:
            self.known.runs[body["dag_run_id"]] = "queued"
            self.known.confs[body["dag_run_id"]] = body["conf"]
            if self.known.loses_answers:
                self.known.loses_answers -= 1
                self.close_connection = True
                self.connection.close()
                return
            self._answer(200, _run(body["dag_run_id"], self.known))

    def _answer(self, status: int, content: Any) -> None:
        data = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _run(run_id: str, known: Airflow) -> dict[str, Any]:
    return {"dag_run_id": run_id, "dag_id": "ingest_batch", "state": known.runs[run_id], "run_type": "manual"}
