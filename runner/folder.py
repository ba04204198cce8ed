"""The data folder: what lies where, who may read it, and who is using it now.

run.lock        held by run.py and its guardian as long as anything runs on this folder
users.lock      shared by commands that use engines somebody else started
state.json      who holds the folder, and the engines' addresses (readable by the owner only)
secret_key      made once
files/          uploads and exports      logs/  one per process      tmp/  temporary files
engines/        owned by the engines' user: postgres/ valkey/ socket/
test/ test-2/   data folders of test runs
"""

import fcntl
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from runner.console import RunError, say

LOG_LIMIT = 10_000_000


class DataFolder:
    """The places inside one data folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = path / "run.lock"
        self.users = path / "users.lock"
        self.state = path / "state.json"
        self.files = path / "files"
        self.logs = path / "logs"
        self.tmp = path / "tmp"
        self.engines = path / "engines"

    def create(self, *, explicit: bool) -> "DataFolder":
        """Make the folder and its parts; refuse a folder that is somebody else's."""
        try:
            if explicit and _is_strange(self.path, self.lock):
                raise RunError(
                    f"{self.path} 里有别的文件，不是本产品的数据目录：请用 --data-dir 另选一个空目录。"
                )
            if not self.path.is_dir():
                # Others may pass through but not look: as root the engines' user must get in.
                self.path.mkdir(parents=True)
                self.path.chmod(0o711 if os.geteuid() == 0 else 0o700)
            self.lock.touch(mode=0o600)
            for part in (self.files, self.logs, self.tmp):
                part.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise RunError(
                f"数据目录 {self.path} 无法使用（{error.strerror}）："
                "请检查权限和磁盘，或用 --data-dir 另选一个目录。"
            ) from error
        return self

    def log(self, name: str) -> Path:
        """The log of one process; a long one is put aside first."""
        path = self.logs / f"{name}.log"
        if path.exists() and path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_suffix(".log.1"))
        return path

    def secret_key(self) -> str:
        """The folder's own SECRET_KEY, made at first use."""
        path = self.path / "secret_key"
        if not path.exists():
            fresh = path.with_suffix(".new")
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_urlsafe(64))
            fresh.replace(path)
        return path.read_text().strip()

    def write_state(self, state: dict[str, Any]) -> None:
        """Tell other commands who holds the folder; complete or not at all."""
        fresh = self.state.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps({"pid": os.getpid(), **state}))
        fresh.replace(self.state)

    def read_state(self) -> dict[str, Any]:
        """What the holder wrote; empty when it is not there or the holder is dead."""
        try:
            state: dict[str, Any] = json.loads(self.state.read_text())
            os.kill(state["pid"], 0)
        except PermissionError:
            return state
        except (OSError, ValueError, KeyError):
            return {}
        return state

    def try_lock(self) -> int | None:
        """The lock's descriptor, or None when somebody holds it."""
        return _try_lock(self.lock, fcntl.LOCK_EX)

    def lock_for_product(self, patience: float = 25.0) -> int:
        """The lock; after a crash wait until the guardian has stopped what was left."""
        deadline, told = time.monotonic() + patience, False
        while (descriptor := self.try_lock()) is None:
            state = self.read_state()
            if state or time.monotonic() > deadline:
                where = f"，地址 {state['address']}" if state.get("address") else ""
                raise RunError(
                    f"另一个 run.py 正在使用数据目录 {self.path}{where}："
                    "请先在它的窗口按 Ctrl-C，或用 --data-dir 另选一个目录。"
                )
            if not told:
                say("上一次运行正在收尾，请稍候…")
                told = True
            time.sleep(0.1)
        return descriptor

    @contextmanager
    def as_guest(self) -> Iterator[None]:
        """While this lasts, a one-off command that owns the engines will not stop them."""
        descriptor = os.open(self.users, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            yield
        finally:
            os.close(descriptor)

    def wait_for_guests(self) -> None:
        """Before engines are stopped: let others finish with them, and let nobody new join."""
        descriptor = _try_lock(self.users, fcntl.LOCK_EX)
        if descriptor is None:
            say("还有别的命令在使用数据库，等它结束…")
            descriptor = os.open(self.users, os.O_RDWR)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        self.state.unlink(missing_ok=True)
        os.close(descriptor)

    def erase(self) -> None:
        """Delete everything except the lock, which the caller holds."""
        for entry in self.path.iterdir():
            if entry == self.lock:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()


def _is_strange(path: Path, lock: Path) -> bool:
    return path.is_dir() and not lock.exists() and any(path.iterdir())


def _try_lock(path: Path, kind: int) -> int | None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
