"""The commands of run.py. Each returns an exit code."""

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from runner.checks import checks, run_checks
from runner.console import RunError, say
from runner.folder import DataFolder
from runner.foreground import run_in_foreground
from runner.installation import Environment, install
from runner.product import Address, Product
from runner.session import LOCAL_HOSTS, Session, django_environment, own_or_shared_session, own_session
from runner.supervisor import ROOT

# While one process waits for a browser or an engine the other works. A third would load all data again.
# Tests go one at a time to the process that is free: so loadgroup hands out tests without a group.
WHOLE_RUN = ["--numprocesses=2", "--dist=loadgroup"]

# Commands that work on the bureaus' data: a fresh folder is filled first, as a first start would.
NEED_DATA = frozenset({"bench", "import_figures", "send_digests"})


@dataclass(frozen=True)
class Options:
    """What the user asked for. `data_dir` is None for the project's own folder."""

    address: Address
    data_dir: Path | None = None
    through: str | None = None
    yes: bool = False

    @property
    def folder(self) -> DataFolder:
        """The data folder of this run."""
        return DataFolder((self.data_dir or ROOT / ".data").resolve())

    def created_folder(self) -> DataFolder:
        """The data folder, made where it is missing."""
        return self.folder.create(explicit=self.data_dir is not None)


def environment() -> Environment:
    """The project's own virtual environment."""
    return Environment(ROOT, ROOT / ".venv")


def run(options: Options, _rest: list[str]) -> int:
    """Start the product and stay until Ctrl-C."""
    folder = options.created_folder()
    lock = folder.lock_for_product()
    options.address.refuse_if_taken()
    ours = environment()
    install(ours, dev=False)
    with own_session(folder, ours.packages, os.environ, lock) as session:
        product = Product(ours, session, options.address)
        product.start(["--through", options.through] if options.through else [])
        try:
            product.watch()
        except KeyboardInterrupt:
            say("\n正在停止…")
    say("已停止，数据已保存。")
    return 0


def manage(options: Options, rest: list[str]) -> int:
    """Run one of manage.py's commands with the engines up; only the command writes to standard output."""
    with contextlib.redirect_stdout(sys.stderr):
        folder = options.created_folder()
        ours = environment()
        install(ours, dev=False)
        with own_or_shared_session(folder, ours.packages, os.environ) as session:
            variables = django_environment(ours, folder, session.environment)
            run = [str(ours.python), "manage.py"]
            if rest[:1] and rest[0] in NEED_DATA:
                prepared = run_in_foreground([*run, "prepare", "--quiet"], variables, session.supervisor)
                if prepared != 0:
                    return prepared
            return run_in_foreground([*run, *rest], variables, session.supervisor)


def bench(options: Options, rest: list[str]) -> int:
    """Run the measurements."""
    return manage(options, ["bench", *rest])


def test(options: Options, rest: list[str]) -> int:
    """Run pytest on engines of its own, which are fast and forgetful; without arguments in two processes."""
    ours = environment()
    install(ours, dev=True)
    with _test_session(options, ours) as session:
        variables = hermetic(django_environment(ours, session.folder, session.environment), session.folder)
        argv = [str(ours.python), "-m", "pytest", *(rest or WHOLE_RUN)]
        return run_in_foreground(argv, variables, session.supervisor)


def check(options: Options, _rest: list[str]) -> int:
    """Run every check and sum up."""
    ours = environment()
    install(ours, dev=True)
    with _test_session(options, ours) as session:
        variables = hermetic(django_environment(ours, session.folder, session.environment), session.folder)
        return run_checks(checks(ours), variables)


def hermetic(variables: Mapping[str, str], folder: DataFolder) -> dict[str, str]:
    """The variables for tests: a .env made for production must change neither results nor its files."""
    fixed = {"DEMO": "1", "SECURE": "0", "DEBUG": "0", "TRUST_PROXY": "0", "CSRF_TRUSTED_ORIGINS": ""}
    hosts = {"ALLOWED_HOSTS": LOCAL_HOSTS, "DATA_DIR": str(folder.files)}
    return {**variables, **fixed, **hosts, "SECRET_KEY": folder.secret_key()}


@contextmanager
def _test_session(options: Options, ours: Environment) -> Iterator[Session]:
    """Engines on the first test folder that nobody uses, so that two test runs can go side by side."""
    base = options.created_folder()
    for number in range(1, 100):
        name = "test" if number == 1 else f"test-{number}"
        folder = DataFolder(base.path / name).create(explicit=False)
        lock = folder.try_lock()
        if lock is not None:
            break
    else:
        raise RunError(f"{base.path} 下的测试目录都在使用中：请结束其中一些测试后重试。")
    shutil.rmtree(folder.files)
    folder.files.mkdir(mode=0o700)
    with own_session(folder, ours.packages, os.environ, lock, durable=False) as session:
        yield session


def reset(options: Options, _rest: list[str]) -> int:
    """Delete all data, after asking, unless something is running on it."""
    folder = options.folder
    if not folder.path.exists():
        say(f"{folder.path} 不存在，无需清空。")
        return 0
    folder.create(explicit=options.data_dir is not None)
    with contextlib.ExitStack() as locks:
        tests = [DataFolder(path) for path in folder.path.glob("test*") if (path / "run.lock").exists()]
        for one in [folder, *tests]:
            lock = one.try_lock()
            if lock is None:
                raise RunError(f"{one.path} 正在使用中，不能清空：请先按 Ctrl-C 停止正在运行的 run.py。")
            locks.callback(os.close, lock)
        if not options.yes and not _confirmed(folder.path):
            say("已取消，数据没有改动。")
            return 1
        try:
            folder.erase()
        except OSError as error:
            raise RunError(
                f"无法删除 {error.filename}（{error.strerror}）：请用建立它的用户（可能是 root）执行。"
            ) from error
    say(f"已清空 {folder.path}。")
    return 0


def _confirmed(path: Path) -> bool:
    say(f"将删除 {path} 中的全部数据（数据库、上传的文件、日志），无法恢复。")
    print("确定请输入 yes：", end="", flush=True)
    return sys.stdin.readline().strip().lower() in ("yes", "y", "是")
