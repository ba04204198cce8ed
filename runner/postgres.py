"""PostgreSQL from the wheel's binaries: made once, started as a direct child, unix socket only."""

import os
import pwd
import shutil
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from runner.child import Credentials
from runner.console import RunError
from runner.folder import DataFolder
from runner.supervisor import ENGINE_STAGE, Order, Supervisor

MAJOR = "18"
NAME = "wpt"  # the role and the database
# The engine must not hear of the user's PG* variables, library paths or locale.
BARE_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
STILL_IN_USE = "is still in use"

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Shared memory as files in the data folder: nothing of ours stays in /dev/shm after a crash.
    "dynamic_shared_memory_type": "mmap",
}
# For tests only: what is lost when the machine crashes is a test database.
FAST_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Postgres:
    """One PostgreSQL server in a data folder."""

    binaries: Path
    folder: DataFolder
    socket: Path
    credentials: Credentials | None
    durable: bool = True

    @property
    def cluster(self) -> Path:
        """The cluster's folder; it has this name only once it is complete."""
        return self.folder.engines / "postgres"

    @property
    def url(self) -> str:
        """For DATABASE_URL. The folder stands in the query: a host name would be lower-cased."""
        return f"postgres://{NAME}@/{NAME}?host={quote(str(self.socket))}"

    def environment(self) -> dict[str, str]:
        """DATABASE_URL, and what psql and pg_dump of the same version need to find the server."""
        return {
            "DATABASE_URL": self.url,
            "PGHOST": str(self.socket),
            "PGUSER": NAME,
            "PGDATABASE": NAME,
            "WPT_POSTGRES_BIN": str(self.binaries),
        }

    def ensure_cluster(self, supervisor: Supervisor) -> None:
        """Make the cluster where there is none; refuse one that this version cannot read."""
        if not self.durable and (self.cluster / "postmaster.pid").exists():
            # Without fsync an unclean end may have damaged it, and making a new one takes a second.
            shutil.rmtree(self.cluster)
        if self.cluster.exists():
            self._refuse_unreadable()
            return
        if self.credentials is None:
            _refuse_nameless_user()
        unfinished = self.cluster.with_suffix(".new")
        if unfinished.exists():
            shutil.rmtree(unfinished)
        sync = [] if self.durable else ["--no-sync"]
        options = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
        # The wheel carries no ICU; the built-in C.UTF-8 still knows upper and lower case.
        options += ["--builtin-locale=C.UTF-8", "--auth-local=trust", "--auth-host=reject"]
        self._once(supervisor, "initdb", ["-D", str(unfinished), "-U", NAME, *options, *sync])
        single = ["--single", "-D", str(unfinished), "postgres"]
        self._once(supervisor, "postgres", single, stdin=f"CREATE DATABASE {NAME};\n")
        unfinished.rename(self.cluster)

    def _refuse_unreadable(self) -> None:
        try:
            version = (self.cluster / "PG_VERSION").read_text().strip()
        except OSError as error:
            raise self._broken("不完整") from error
        if version != MAJOR:
            raise self._broken(f"属于 PostgreSQL {version}，本程序用的是 {MAJOR}")

    def _broken(self, how: str, details: str = "") -> RunError:
        return RunError(
            f"数据目录 {self.folder.path} 里的数据库{how}：请恢复备份，或用 --data-dir 另选一个目录，"
            "或执行 python3 run.py reset 清空后重来。",
            details=details,
        )

    def _once(self, supervisor: Supervisor, program: str, argv: list[str], stdin: str = "") -> None:
        order = self._order("initdb", program, argv, stdin)
        if supervisor.run(order) != 0:
            raise RunError(
                f"无法在 {self.folder.path} 建立数据库："
                "请检查磁盘空间和权限，或用 --data-dir 换一个本机目录。",
                details=supervisor.last_words(order.name),
            )

    def _order(self, name: str, program: str, argv: list[str], stdin: str = "") -> Order:
        return Order(
            name=name,
            argv=[str(self.binaries / program), *argv],
            log=self.folder.log(name),
            env=BARE_ENVIRONMENT,
            cwd=self.folder.engines,
            stdin=stdin,
            stage=ENGINE_STAGE,
            stop=signal.SIGINT,  # "fast": ends the sessions, writes a checkpoint
            grace=30.0,
            credentials=self.credentials,
        )

    def order(self) -> Order:
        """The order that starts the server in the foreground."""
        settings = SETTINGS if self.durable else {**SETTINGS, **FAST_SETTINGS}
        # A list setting: quoted, because the folder's name may contain a comma or a space.
        socket = '"' + str(self.socket).replace('"', '""') + '"'
        settings = {**settings, "unix_socket_directories": socket}
        argv = ["-D", str(self.cluster)]
        for name, value in settings.items():
            argv += ["-c", f"{name}={value}"]
        return self._order("postgres", "postgres", argv)

    def wait_until_ready(self, supervisor: Supervisor, patience: float = 120.0) -> None:
        """Until it takes connections; crash recovery may need its time."""
        begun, attempts = time.monotonic(), 5
        while not self._is_ready(supervisor.pids["postgres"]):
            supervisor.listen(0.02)
            ended = "postgres" in supervisor.exits
            if ended and attempts > 0 and STILL_IN_USE in supervisor.last_words("postgres"):
                # Sessions of a server that was killed take a moment to notice.
                attempts -= 1
                time.sleep(0.5)
                supervisor.start(self.order())
            elif ended or time.monotonic() - begun > patience:
                raise self._broken("无法启动", supervisor.last_words("postgres"))

    def _is_ready(self, pid: int) -> bool:
        """The server keeps its number and state in postmaster.pid; an old file has another number."""
        try:
            lines = (self.cluster / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"


def _refuse_nameless_user() -> None:
    """initdb insists on a user name; a container started with a bare number has none."""
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError as error:
        raise RunError(
            f"当前用户（编号 {os.geteuid()}）没有用户名，PostgreSQL 不能建库："
            "请换一个有用户名的用户运行（容器可用 root），或设置 DATABASE_URL。"
        ) from error
