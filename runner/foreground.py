"""A command on the user's terminal: pytest, or one of manage.py's."""

import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from runner.child import dies_with_run
from runner.console import RunError
from runner.supervisor import ROOT, Supervisor


def run_in_foreground(argv: list[str], env: Mapping[str, str], supervisor: Supervisor | None = None) -> int:
    """Run a command to its end; its exit code. Ctrl-C is the command's business, not ours."""
    with _signals_for_the_command() as running:
        try:
            process = subprocess.Popen(argv, env=dict(env), cwd=ROOT, preexec_fn=dies_with_run)
        except OSError as error:
            raise RunError(f"无法执行 {argv[0]}：{error.strerror}。") from error
        running.append(process)
        if supervisor is not None:
            supervisor.watch(process.pid)
        code = process.wait()
        if supervisor is not None:
            supervisor.watch(None)
    return code if code >= 0 else 128 - code


@contextmanager
def _signals_for_the_command() -> Iterator[list[subprocess.Popen[bytes]]]:
    running: list[subprocess.Popen[bytes]] = []

    def pass_on(_number: int, _frame: object) -> None:
        for process in running:
            # As Ctrl-C: pytest then stops what its tests have started, which SIGTERM would leave.
            process.send_signal(signal.SIGINT)

    # A handler and not SIG_IGN for Ctrl-C: an ignored signal would stay ignored in the command.
    before = {signal.SIGINT: signal.signal(signal.SIGINT, lambda *_: None)}
    for number in (signal.SIGTERM, signal.SIGHUP):
        before[number] = signal.signal(number, pass_on)
    try:
        yield running
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
