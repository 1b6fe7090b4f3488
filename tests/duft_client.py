"""DUFT's front end as its contract describes it, without a screen: knows nothing of Taskdeck."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import requests

WAIT_SECONDS = 60.0


class DuftClient:
    """Logs in, and calls what is below ``/api/v2`` with its access token."""

    def __init__(self, server: str, username: str = "", password: str = "") -> None:
        self.server = server
        self.session = requests.Session()
        self.access = self.refresh_token = ""
        if username:
            self.log_in(username, password)

    def log_in(self, username: str, password: str) -> None:
        answer = self.post("/token/", {"username": username, "password": password})
        assert answer.status_code == 200, answer.text
        tokens = answer.json()
        assert set(tokens) == {"access", "refresh"}
        self.access, self.refresh_token = tokens["access"], tokens["refresh"]

    def copy(self) -> DuftClient:
        """Another browser with the same tokens and cookies."""
        copied = DuftClient(self.server)
        copied.access, copied.refresh_token = self.access, self.refresh_token
        copied.session.cookies.update(self.session.cookies)
        return copied

    def renew(self) -> None:
        answer = self.post("/token/refresh/", {"refresh": self.refresh_token})
        assert answer.status_code == 200, answer.text
        assert set(answer.json()) == {"access"}
        self.access = answer.json()["access"]

    def get(self, path: str, **options: Any) -> requests.Response:
        return self._call("GET", f"/api/v2{path}", **options)

    def post(self, path: str, body: Any, **options: Any) -> requests.Response:
        return self._call("POST", f"/api/v2{path}", json=body, **options)

    def upload(self, name: str, content: bytes) -> requests.Response:
        return self._call("POST", "/api/v2/upload/", files={"file": (name, content)}, data={"kind": "data"})

    def upload_files(self, **contents: bytes) -> requests.Response:
        """By the names of their fields, which also are their own."""
        files = {name: (f"{name}.csv", content) for name, content in contents.items()}
        return self._call("POST", "/api/v2/upload/", files=files)

    def file(self, path: str) -> requests.Response:
        """As an ``<img>`` does: without a header of its own."""
        return self.session.get(f"{self.server}/config/{path}", timeout=30, allow_redirects=False)

    def _call(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.access}"} if self.access else {}
        return self.session.request(
            method, self.server + path, headers=headers, timeout=30, allow_redirects=False, **options
        )

    def watch(self, last_event_id: str = "") -> Watcher:
        return Watcher(self, last_event_id)


class Watcher:
    """An ``EventSource``: a thread that reads the stream of events, without a header of its own for who it is."""

    def __init__(self, client: DuftClient, last_event_id: str) -> None:
        headers = {"Accept": "text/event-stream", **({"Last-Event-ID": last_event_id} if last_event_id else {})}
        self._answer = client.session.get(
            f"{client.server}/sse/dte/", headers=headers, stream=True, timeout=WAIT_SECONDS
        )
        assert self._answer.status_code == 200, self._answer.text
        assert self._answer.headers["Content-Type"].startswith("text/event-stream")
        self.messages: list[dict[str, Any]] = []
        self.ids: list[str] = []
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            for event_id, data in _events(self._answer.iter_lines(chunk_size=1)):
                with self._news:
                    self.messages.append(json.loads(data))
                    self.ids.append(event_id)
                    self._news.notify_all()
        except (requests.RequestException, AttributeError, ValueError):
            # It was closed, by either side.
            pass

    @property
    def texts(self) -> list[str]:
        return [each["message"] for each in self.messages]

    def wait_for(self, holds: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        with self._news:
            assert self._news.wait_for(lambda: holds(self.messages), WAIT_SECONDS), self.messages
            return list(self.messages)

    def wait_for_text(self, text: str) -> list[dict[str, Any]]:
        return self.wait_for(lambda messages: any(each["message"] == text for each in messages))

    def wait_for_end(self) -> list[dict[str, Any]]:
        return self.wait_for(lambda messages: bool(messages) and not messages[-1]["isRunning"])

    def close(self) -> str:
        """Leaves without a word; returns the id of the last event, which a browser keeps."""
        # Not closed yet: that would wait for the thread, and the thread for the server.
        self._answer.raw.shutdown()
        self._thread.join(WAIT_SECONDS)
        self._answer.close()
        return self.ids[-1] if self.ids else ""


def _events(lines: Iterator[bytes]) -> Iterator[tuple[str, str]]:
    """Of the event stream format: (last event id, data)."""
    event_id, data = "", []
    for raw in lines:
        line = raw.decode()
        if not line:
            if data:
                yield event_id, "\n".join(data)
            data = []
        elif line.startswith("id:"):
            event_id = line[3:].strip()
        elif line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
