"""One command's hold on a data folder: lock, guardian, engines, and the environment for Django."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from runner.console import RunError, say
from runner.engines import Engines
from runner.folder import DataFolder
from runner.installation import Environment
from runner.supervisor import Supervisor, supervised

LOCAL_HOSTS = "localhost,127.0.0.1,[::1]"


@dataclass
class Session:
    """Engines that are up. `supervisor` is None when somebody else's engines are used."""

    folder: DataFolder
    environment: dict[str, str]
    supervisor: Supervisor | None = None
    engines: Engines | None = None


@contextmanager
def own_session(
    folder: DataFolder, packages: Path, outside: Mapping[str, str], lock: int, *, durable: bool = True
) -> Iterator[Session]:
    """Engines for this block on a folder whose lock the caller has taken."""
    with supervised(folder, lock) as supervisor:
        engines = Engines(folder, packages, durable)
        variables = engines.start(supervisor, outside)
        yield Session(folder, variables, supervisor, engines)


@contextmanager
def own_or_shared_session(
    folder: DataFolder, packages: Path, outside: Mapping[str, str]
) -> Iterator[Session]:
    """For one-off commands: the running product's engines, or engines for this block."""
    with folder.as_guest():
        lock, state = _lock_or_state(folder)
        if lock is None:
            yield Session(folder, state)
            return
    with own_session(folder, packages, outside, lock) as session:
        folder.write_state({"purpose": "command", "environment": session.environment})
        yield session
        folder.wait_for_guests()


def _lock_or_state(folder: DataFolder, patience: float = 60.0) -> tuple[int | None, dict[str, str]]:
    """The lock, or the addresses of engines that somebody else has up. Waits while they start."""
    deadline, told = time.monotonic() + patience, False
    while time.monotonic() < deadline:
        lock = folder.try_lock()
        if lock is not None:
            return lock, {}
        state = folder.read_state()
        if "environment" in state:
            return None, state["environment"]
        if not told:
            say("另一个 run.py 正在启动或收尾，请稍候…")
            told = True
        time.sleep(0.1)
    raise RunError(
        f"数据目录 {folder.path} 一直被另一个 run.py 占用：请先结束它，或用 --data-dir 另选一个目录。"
    )


def django_environment(
    environment: Environment, folder: DataFolder, engines: Mapping[str, str]
) -> dict[str, str]:
    """Everything the Django side reads: what the user set wins, except where our engines live."""
    variables = dict(os.environ)
    for name in list(variables):
        # The user's PGHOST, PGSSLMODE and the like would mislead connections to our own server.
        if "DATABASE_URL" in engines and name.startswith("PG"):
            del variables[name]
    for name in ("PYTHONHOME", "PYTHONPATH", "__PYVENV_LAUNCHER__"):
        variables.pop(name, None)
    defaults = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEMO": "1",
        "DATA_DIR": str(folder.files),
        "ALLOWED_HOSTS": LOCAL_HOSTS,
        "PYTHONUTF8": "1",
        "PYTHONUNBUFFERED": "1",
    }
    variables = {**defaults, **variables, **engines, "VIRTUAL_ENV": str(environment.venv)}
    if not variables.get("SECRET_KEY"):
        variables["SECRET_KEY"] = folder.secret_key()
    path = [str(environment.venv / "bin"), engines.get("WPT_POSTGRES_BIN", "")]
    variables["PATH"] = os.pathsep.join([*filter(None, path), variables.get("PATH", os.defpath)])
    return variables
