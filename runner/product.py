"""The product: data prepared, web server, worker and beat started, watched and restarted."""

import errno
import http.client
import os
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass

from runner.console import RunError, say
from runner.installation import Environment
from runner.session import Session, django_environment
from runner.supervisor import Order, Supervisor

WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - recognised, not bound
# A process that dies sooner than this after its start would only die again.
SHORT_LIFE = 10.0
NAMES = {
    "web": "网页服务",
    "worker": "后台任务进程",
    "beat": "定时任务进程",
    "postgres": "数据库",
    "valkey": "任务队列",
}


@dataclass(frozen=True)
class Address:
    """Where the web server listens."""

    host: str
    port: int

    @property
    def bind(self) -> str:
        """The form for gunicorn."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def local_host(self) -> str:
        """A host under which this machine reaches it."""
        return WILDCARDS.get(self.host, self.host)

    @property
    def url(self) -> str:
        """The form for people."""
        return f"http://{Address(self.local_host, self.port).bind}/"

    def refuse_if_taken(self) -> None:
        """Fail before anything slow happens, and name a port that is free."""
        error = _bind_error(self.host, self.port)
        if error is None:
            return
        if error.errno == errno.EADDRINUSE:
            free = next(p for p in range(self.port + 1, 65536) if _bind_error(self.host, p) is None)
            raise RunError(
                f"端口 {self.port} 已被占用：请关闭占用它的程序，或改用 python3 run.py --port {free}"
            )
        if error.errno == errno.EACCES:
            raise RunError(f"没有权限使用端口 {self.port}：请用 --port 选一个 1024 以上的端口。")
        raise RunError(f"地址 {self.host} 在本机不可用：请改用 --host 127.0.0.1 或 --host 0.0.0.0。")


def _bind_error(host: str, port: int) -> OSError | None:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        return error
    return None


class Product:
    """One run of the product on a session's engines."""

    def __init__(self, environment: Environment, session: Session, address: Address) -> None:
        self.session = session
        self.folder = session.folder
        self.address = address
        self.python = str(environment.python)
        assert session.supervisor is not None
        self.supervisor: Supervisor = session.supervisor
        self.variables = self._variables(environment)
        self.started: dict[str, float] = {}

    def _variables(self, environment: Environment) -> Mapping[str, str]:
        variables = django_environment(environment, self.folder, self.session.environment)
        if "ALLOWED_HOSTS" not in os.environ and self.address.host not in ("127.0.0.1", "::1"):
            # Whoever opens the demonstration to the network does not know all its names.
            named = self.address.host not in WILDCARDS
            variables["ALLOWED_HOSTS"] += f",{self.address.host}" if named else ",*"
        return {**variables, "TMPDIR": str(self.folder.tmp)}

    def start(self, prepare_arguments: list[str]) -> None:
        """Prepare the data, start the processes, wait for the first page, tell the user."""
        # The web server needs as long to load as the preparation; nobody is told of it before both are done.
        self._start("web")
        accounts = self.prepare(prepare_arguments)
        self._start("worker")
        self._start("beat")
        self._wait_for_page()
        self.folder.write_state({"address": self.address.url, "environment": self.session.environment})
        say(f"\n已启动：{self.address.url}\n")
        if accounts.strip():
            say(accounts.rstrip() + "\n")
        say(f"数据和日志在 {self.folder.path}；按 Ctrl-C 停止。")

    def prepare(self, arguments: list[str]) -> str:
        """Migrate and load the demonstration into an empty database; what the command printed."""
        say("正在准备数据（首次会载入演示数据）…")
        output = self.folder.tmp / "prepare.out"
        argv = [self.python, "manage.py", "prepare", *arguments]
        order = Order("prepare", argv, self.folder.log("prepare"), self.variables, output=output)
        if self.supervisor.run(order) != 0:
            raise RunError(
                f"准备数据失败：请看日志 {order.log}。", details=self.supervisor.last_words("prepare")
            )
        text = output.read_text(encoding="utf-8", errors="replace")
        output.unlink()
        return text

    def _start(self, name: str) -> None:
        argv = [self.python, "-m", *self._commands()[name]]
        self.supervisor.start(Order(name, argv, self.folder.log(name), self.variables))
        self.started[name] = time.monotonic()

    def _commands(self) -> dict[str, list[str]]:
        logs, tmp = str(self.folder.log("access")), str(self.folder.tmp)
        web = ["gunicorn", "config.wsgi:application", "--bind", self.address.bind]
        web += ["--workers", "2", "--worker-class", "gthread", "--threads", "4"]
        # Its control socket would lie in the user's home.
        web += ["--access-logfile", logs, "--worker-tmp-dir", tmp, "--no-control-socket"]
        celery = ["celery", "-A", "config"]
        schedule = str(self.folder.path / "celerybeat-schedule")
        return {
            "web": web,
            "worker": [*celery, "worker", "--concurrency", "2", "--loglevel", "INFO"],
            "beat": [*celery, "beat", "-s", schedule],
        }

    def _wait_for_page(self, patience: float = 90.0) -> None:
        deadline = time.monotonic() + patience
        while not self._page_answers():
            self.supervisor.listen(0.05)
            for name in self.supervisor.exits.keys() & NAMES.keys():
                raise self._dead(name)
            if time.monotonic() > deadline:
                raise self._dead("web")

    def _page_answers(self) -> bool:
        connection = http.client.HTTPConnection(self.address.local_host, self.address.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status < 400
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _dead(self, name: str) -> RunError:
        log = self.folder.log(name)
        return RunError(
            f"{NAMES[name]}没有启动成功：请看日志 {log}。", details=self.supervisor.last_words(name)
        )

    def watch(self) -> None:
        """Until Ctrl-C. A process that dies is started again, unless it died at once."""
        while True:
            self.supervisor.listen(None)
            for name in list(self.supervisor.exits):
                del self.supervisor.exits[name]
                if name in NAMES:
                    self._revive(name)

    def _revive(self, name: str) -> None:
        if time.monotonic() - self.started.get(name, 0.0) < SHORT_LIFE:
            log = self.folder.log(name)
            raise RunError(
                f"{NAMES[name]}启动后很快就退出，产品已停止：请看日志 {log}。",
                details=self.supervisor.last_words(name),
            )
        say(f"{NAMES[name]}意外退出，已重新启动。")
        if self.session.engines is not None and self.session.engines.restart(name, self.supervisor):
            self.started[name] = time.monotonic()
        else:
            self._start(name)
