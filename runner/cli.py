"""Options and commands of run.py, and the one place where a problem becomes a sentence."""

import argparse
import contextlib
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from runner import commands, guardian
from runner.commands import Options
from runner.console import RunError, complain, prepare_streams, say
from runner.product import Address
from runner.supervisor import ROOT

COMMANDS: dict[str, Callable[[Options, list[str]], int]] = {
    "run": commands.run,
    "test": commands.test,
    "check": commands.check,
    "bench": commands.bench,
    "manage": commands.manage,
    "reset": commands.reset,
}
# What follows these belongs to pytest or manage.py.
PASS_ON = {"test", "bench", "manage"}
FLAGS = {"-h", "--help", "--yes"}

HELP = """\
用法：python3 run.py [选项] [命令]

命令（省略时启动产品）：
  run            启动产品：内置 PostgreSQL 和 Valkey、网页、后台任务；Ctrl-C 停止
  test [参数]    运行测试，参数交给 pytest
  check          代码检查
  bench [参数]   性能测量
  manage …       执行 manage.py 的命令
  reset [--yes]  清空数据目录

选项：
  --port 端口        默认 8000
  --host 地址        默认 127.0.0.1；0.0.0.0 表示允许别的机器访问
  --data-dir 目录    默认 .data
  --through year     首次启动时连同全年实际数据一起载入

环境变量 DATABASE_URL、REDIS_URL 可换用已有的 PostgreSQL 和 Redis/Valkey，其余见 .env.example。
"""


class Parser(argparse.ArgumentParser):
    """Says in Chinese what is wrong with the options."""

    def error(self, message: str) -> NoReturn:
        """Called by argparse."""
        raise RunError(f"命令行参数不对（{message}）：请看 python3 run.py --help", code=2)

    def print_help(self, file: object = None) -> None:
        """Called by argparse."""
        say(HELP)


def parse(argv: list[str]) -> tuple[str, Options, list[str]]:
    """The command, our options, and the arguments that belong to the command."""
    before, command, rest = _split(argv)
    if command not in COMMANDS:
        raise RunError(f"没有“{command}”这个命令：可用 {'、'.join(COMMANDS)}。", code=2)
    if command not in PASS_ON:
        before, rest = [*before, *rest], []
    parser = Parser(prog="run.py", allow_abbrev=False)
    parser.add_argument("--port", type=_port, default=8000)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--through", choices=["year"])
    parser.add_argument("--yes", action="store_true")
    found = parser.parse_args(before)
    address = Address(found.host.strip("[]"), found.port)
    return command, Options(address, found.data_dir, found.through, found.yes), rest


def _split(argv: list[str]) -> tuple[list[str], str, list[str]]:
    """Cut the arguments at the first word that is neither an option nor an option's value."""
    index = 0
    while index < len(argv) and argv[index].startswith("-"):
        index += 1 if "=" in argv[index] or argv[index] in FLAGS else 2
    if index >= len(argv):
        return argv, "run", []
    return argv[:index], argv[index], argv[index + 1 :]


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError("端口应为 1 到 65535")
    return int(text)


def read_env_file(path: Path) -> None:
    """Variables from .env, as the settings read them too; the environment itself wins."""
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if equals and name.strip().isidentifier():
            os.environ.setdefault(name.strip(), value.strip().strip("'\""))


def main(argv: list[str]) -> int:
    """Run one command; whatever goes wrong ends as a sentence and an exit code."""
    if argv[:1] == ["guardian"] and len(argv) == 4:
        return guardian.main(argv[1:])
    prepare_streams()
    # SIGINT too: a shell script's background job inherits it as ignored.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        command, options, rest = parse(argv)
        read_env_file(ROOT / ".env")
        return COMMANDS[command](options, rest)
    except RunError as problem:
        complain(problem)
        return problem.code
    except KeyboardInterrupt:
        with contextlib.suppress(OSError):  # the terminal may be gone
            say("\n已停止。")
        return 130
    except Exception as error:
        if os.environ.get("WPT_TRACEBACK"):
            raise
        complain(_unforeseen(error))
        return 1


def _unforeseen(error: Exception) -> RunError:
    """Even what nobody thought of is a sentence; the traceback is one variable away."""
    if isinstance(error, PermissionError):
        return RunError(
            f"没有权限访问 {error.filename}（也许以前用 root 运行过）："
            "请用同一个用户运行，或把目录的所有者改成当前用户。"
        )
    if isinstance(error, OSError):
        where = f"（{error.filename}）" if error.filename else ""
        return RunError(f"操作系统报错：{error.strerror}{where}：请检查权限和磁盘空间后重试。")
    return RunError(
        f"run.py 内部错误（{type(error).__name__}：{error}）："
        "请用 WPT_TRACEBACK=1 重新运行，把输出交给维护者。"
    )


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt
