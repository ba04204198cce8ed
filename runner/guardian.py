"""The guardian: a process of its own that starts all children and outlives run.py by seconds.

It is the parent of the engines and of the web server, worker and beat, and listens on one end of a
socket pair. When the other end closes, because run.py ended, crashed or was killed, it stops the
children in order: first what uses the engines, then the engines. It shares run.py's lock on the
data folder, so nobody can start on that folder before everything has stopped.

Requests and events are JSON, one object per line:

    {"start": {name, argv, env, cwd, log, output, stdin, stage, stop, grace, credentials}}
    {"signal": {name, number}}     {"watch": pid | null}     {"remove": path}
    {"event": "started" | "failed" | "exited", "name": …, "pid" | "error" | "code": …}
"""

import contextlib
import json
import os
import selectors
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner.child import LINUX, Credentials, before_exec

TICK = 0.02


@dataclass
class Child:
    """One running child: `stage` says in which round it is stopped (higher first)."""

    name: str
    process: subprocess.Popen[bytes]
    stage: int
    stop: int
    grace: float


class Guardian:
    """Serves run.py until the channel closes, then stops everything."""

    def __init__(self, channel: socket.socket, state: Path) -> None:
        self.channel = channel
        self.state = state
        self.children: dict[str, Child] = {}
        self.watched: int | None = None
        self.removals: list[Path] = []
        self.stopping = False
        self.wakes, self.wakes_in = _signals_as_bytes()

    def serve(self) -> None:
        """Answer requests and report exits until run.py is gone or someone asks us to end."""
        selector = selectors.DefaultSelector()
        selector.register(self.channel, selectors.EVENT_READ)
        selector.register(self.wakes, selectors.EVENT_READ)
        buffer = b""
        while True:
            for key, _ in selector.select():
                if key.fileobj is not self.channel:
                    if signal.SIGTERM in os.read(key.fd, 4096):
                        return
                    self.report_exits()
                    continue
                received = _receive(self.channel)
                if not received:
                    return
                *lines, buffer = (buffer + received).split(b"\n")
                for line in lines:
                    self.handle(json.loads(line))

    def handle(self, request: dict[str, Any]) -> None:
        """One request; there are no answers except events."""
        if "start" in request:
            self.start(request["start"])
        elif "signal" in request:
            child = self.children.get(request["signal"]["name"])
            if child is not None:
                child.process.send_signal(request["signal"]["number"])
        elif "watch" in request:
            self.watched = request["watch"]
        elif "remove" in request:
            self.removals.append(Path(request["remove"]))

    def start(self, order: dict[str, Any]) -> None:
        """Start one child in a session of its own and say so."""
        name = order["name"]
        credentials = Credentials(**order["credentials"]) if order["credentials"] else None
        try:
            process = _spawn(order, credentials)
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            self.send({"event": "failed", "name": name, "error": str(error)})
            return
        self.children[name] = Child(name, process, order["stage"], order["stop"], order["grace"])
        self.send({"event": "started", "name": name, "pid": process.pid})

    def report_exits(self) -> None:
        """Collect dead children, and kill what they left behind in their process groups."""
        for child in list(self.children.values()):
            code = child.process.poll()
            if code is not None:
                _kill_group(child)
                del self.children[child.name]
                self.send({"event": "exited", "name": child.name, "code": code})

    def send(self, event: dict[str, Any]) -> None:
        """Tell run.py; while stopping, or when it is gone, nobody needs to know."""
        if not self.stopping:
            with contextlib.suppress(OSError):
                self.channel.sendall(json.dumps(event).encode() + b"\n")

    def stop_everything(self) -> None:
        """The command in the foreground first, then the children stage by stage."""
        self.stopping = True
        self.state.unlink(missing_ok=True)
        if self.watched is not None:
            _end_stranger(self.watched)
        for stage in sorted({child.stage for child in self.children.values()}, reverse=True):
            self.stop_stage([c for c in self.children.values() if c.stage == stage])
        for path in self.removals:
            shutil.rmtree(path, ignore_errors=True)

    def stop_stage(self, children: list[Child]) -> None:
        """Ask all of them at once, wait for each one's grace, then kill what is left."""
        begun = time.monotonic()
        for child in children:
            child.process.send_signal(child.stop)
        while any(child.name in self.children for child in children):
            self.report_exits()
            for child in children:
                if child.name in self.children and time.monotonic() - begun > child.grace:
                    _kill_group(child)
            time.sleep(TICK)


def _spawn(order: dict[str, Any], credentials: Credentials | None) -> subprocess.Popen[bytes]:
    with contextlib.ExitStack() as files:
        log = files.enter_context(Path(order["log"]).open("ab"))
        output = files.enter_context(Path(order["output"]).open("wb")) if order["output"] else log
        process = subprocess.Popen(
            order["argv"],
            cwd=order["cwd"],
            env=order["env"],
            stdin=subprocess.PIPE if order["stdin"] else subprocess.DEVNULL,
            stdout=output,
            stderr=log,
            start_new_session=True,
            preexec_fn=before_exec(credentials, order["stop"]),
        )
    if process.stdin is not None:
        with contextlib.suppress(OSError), process.stdin as pipe:
            pipe.write(order["stdin"].encode())
    return process


def _kill_group(child: Child) -> None:
    with contextlib.suppress(OSError):
        os.killpg(child.process.pid, signal.SIGKILL)


def _end_stranger(pid: int) -> None:
    """End the foreground command, which is run.py's child and not ours: politely, then firmly.

    Linux has sent SIGINT already when run.py died; a second one would break into pytest's tidying.
    """
    first = 0 if LINUX else signal.SIGINT
    for number, patience in ((first, 10.0), (signal.SIGTERM, 3.0), (signal.SIGKILL, 1.0)):
        deadline = time.monotonic() + patience
        with contextlib.suppress(OSError):
            os.kill(pid, number)
        while _is_alive(pid):
            if time.monotonic() > deadline:
                break
            time.sleep(TICK)
        else:
            return


def _is_alive(pid: int) -> bool:
    """A process that is dead counts as gone, even where nobody collects it (some containers)."""
    try:
        os.kill(pid, 0)
        return not LINUX or b") Z " not in Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return False


def _signals_as_bytes() -> tuple[socket.socket, socket.socket]:
    """Signals arrive as bytes on a socket, so that one loop waits for requests and for exits."""
    reader, writer = socket.socketpair()
    for end in (reader, writer):
        end.setblocking(False)
    signal.set_wakeup_fd(writer.fileno())
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        # A handler, not SIG_IGN: ignored signals would stay ignored in the children.
        signal.signal(number, lambda *_: None)
    return reader, writer


def _receive(channel: socket.socket) -> bytes:
    try:
        return channel.recv(65536)
    except OSError:
        return b""


def main(arguments: list[str]) -> int:
    """Entry point of the hidden command: the channel's and the lock's numbers, the state file."""
    os.umask(0o077)
    guardian = Guardian(socket.socket(fileno=int(arguments[0])), Path(arguments[2]))
    try:
        guardian.serve()
    finally:
        guardian.stop_everything()
    return 0
