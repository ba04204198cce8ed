"""run.py's side of the guardian: start children, hear of their end, run a foreground command."""

import json
import os
import selectors
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from runner.child import Credentials
from runner.console import RunError, tail
from runner.folder import DataFolder

ENGINE_STAGE, PRODUCT_STAGE = 1, 2
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Order:
    """How to start one child. Logs are opened by the guardian, so the child's user needs no right."""

    name: str
    argv: list[str]
    log: Path
    env: Mapping[str, str]
    cwd: Path = ROOT
    output: Path | None = None
    stdin: str = ""
    stage: int = PRODUCT_STAGE
    stop: int = signal.SIGTERM
    grace: float = 8.0
    credentials: Credentials | None = None

    def as_json(self) -> dict[str, Any]:
        """The form the guardian understands."""
        return {
            **asdict(self),
            "env": dict(self.env),
            "log": str(self.log),
            "cwd": str(self.cwd),
            "output": str(self.output) if self.output else None,
        }


@dataclass
class Supervisor:
    """Talks to the guardian. `exits` holds the exit code of each child that has ended."""

    folder: DataFolder
    channel: socket.socket
    guardian: subprocess.Popen[bytes]
    pids: dict[str, int] = field(default_factory=dict)
    exits: dict[str, int] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    logs: dict[str, tuple[Path, int]] = field(default_factory=dict)
    buffer: bytes = b""

    def start(self, order: Order) -> int:
        """Start a child and return its process number."""
        for book in (self.pids, self.exits, self.failures):
            book.pop(order.name, None)
        self.logs[order.name] = (order.log, order.log.stat().st_size if order.log.exists() else 0)
        self._send({"start": order.as_json()})
        while order.name not in self.pids:
            if order.name in self.failures:
                raise RunError(f"无法启动 {order.name}：{self.failures[order.name]}")
            self.listen(None)
        return self.pids[order.name]

    def last_words(self, name: str) -> str:
        """The end of what a child has written to its log since its start."""
        log, since = self.logs[name]
        return tail(log, since=since)

    def run(self, order: Order) -> int:
        """Start a child and wait for its end; its exit code."""
        self.start(order)
        while order.name not in self.exits:
            self.listen(None)
        return self.exits[order.name]

    def stop(self, name: str, number: int) -> None:
        """Send one child a signal and wait for its end."""
        self._send({"signal": {"name": name, "number": int(number)}})
        while name not in self.exits:
            self.listen(None)

    def remove_at_end(self, path: Path) -> None:
        """The guardian deletes this folder after everything has stopped."""
        self._send({"remove": str(path)})

    def listen(self, seconds: float | None) -> None:
        """Take in what the guardian says; return after something came or the time is over."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.channel, selectors.EVENT_READ)
            if not selector.select(seconds):
                return
        received = self.channel.recv(65536)
        if not received:
            raise RunError(
                "看护进程意外退出，产品已停止：请重新运行 run.py。", details=tail(self.folder.log("guardian"))
            )
        *lines, self.buffer = (self.buffer + received).split(b"\n")
        for line in lines:
            self._note(json.loads(line))

    def _note(self, event: dict[str, Any]) -> None:
        name = event["name"]
        if event["event"] == "started":
            self.pids[name] = event["pid"]
        elif event["event"] == "failed":
            self.failures[name] = event["error"]
        else:
            self.exits[name] = event["code"]

    def _send(self, request: dict[str, Any]) -> None:
        self.channel.sendall(json.dumps(request).encode() + b"\n")

    def watch(self, pid: int | None) -> None:
        """The foreground command, which the guardian ends too when run.py dies (None: it is over)."""
        self._send({"watch": pid})

    def close(self) -> None:
        """Everything stops; returns when it has."""
        self.channel.close()
        self.guardian.wait()


@contextmanager
def supervised(folder: DataFolder, lock: int) -> Iterator[Supervisor]:
    """A guardian for this block. It inherits the lock and gives it back when all has stopped."""
    ours, theirs = socket.socketpair()
    argv = [sys.executable, str(ROOT / "run.py"), "guardian"]
    argv += [str(theirs.fileno()), str(lock), str(folder.state)]
    with folder.log("guardian").open("ab") as log:
        guardian = subprocess.Popen(
            argv,
            pass_fds=(theirs.fileno(), lock),
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    theirs.close()
    os.close(lock)
    supervisor = Supervisor(folder, ours, guardian)
    try:
        yield supervisor
    finally:
        # A second Ctrl-C must not leave the children without the wait below.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        supervisor.close()
        signal.signal(signal.SIGINT, before)
