"""What the user sees: short Chinese sentences, and never a traceback."""

import sys
from pathlib import Path


class RunError(Exception):
    """Something the user can put right: one sentence with the way out, and what the log says."""

    def __init__(self, sentence: str, *, details: str = "", code: int = 1) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.details = details
        self.code = code


def prepare_streams() -> None:
    """Terminals without Chinese characters get replacement marks instead of a crash."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def say(text: str) -> None:
    """One line to the user, at once."""
    print(text, flush=True)


def progress(text: str) -> None:
    """A line that replaces the one before it on a terminal; an ordinary line elsewhere."""
    if sys.stdout.isatty():
        sys.stdout.write("\r\033[K" + text)
        sys.stdout.flush()
    else:
        say(text)


def end_progress() -> None:
    """Leave the line that `progress` has been rewriting."""
    if sys.stdout.isatty():
        say("")


def complain(problem: RunError) -> None:
    """The problem on the error stream: first what the log says, then the sentence."""
    if problem.details:
        print(problem.details, file=sys.stderr)
    print(problem.sentence, file=sys.stderr, flush=True)


def tail(log: Path, lines: int = 8, since: int = 0) -> str:
    """The last lines that a log has got after its first `since` bytes, indented.

    Of a traceback only the last line is shown, which names the error; the log has the rest.
    """
    try:
        content = log.read_bytes()[since:][-20_000:].decode("utf-8", "replace")
    except OSError:
        return ""
    said = [line for line in content.splitlines() if line.strip() and not line.startswith((" ", "Traceback"))]
    return "\n".join("    " + line for line in said[-lines:])
