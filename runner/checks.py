"""The checks, each defined once: `run.py check`, `make check` and continuous integration run these."""

import secrets
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from runner.console import say
from runner.installation import Environment
from runner.supervisor import ROOT

# `check --deploy` must judge what production runs, not the demonstration.
PRODUCTION = {
    "DEMO": "0",
    "DEBUG": "0",
    "SECURE": "1",
    "ALLOWED_HOSTS": "example.org",
    "CSRF_TRUSTED_ORIGINS": "https://example.org",
}


@dataclass(frozen=True)
class Check:
    """One check: its name in the summary, its command, and variables of its own."""

    name: str
    argv: list[str]
    variables: Mapping[str, str] = field(default_factory=dict)


def checks(environment: Environment, root: Path = ROOT) -> list[Check]:
    """All checks in the order of their speed."""
    programs, python = environment.venv / "bin", str(environment.python)
    templates = [str(path.relative_to(root)) for path in sorted((root / "templates").rglob("*.html"))]
    production = {**PRODUCTION, "SECRET_KEY": secrets.token_urlsafe(64)}
    manage = [python, "manage.py"]
    found = [
        Check("ruff check", [str(programs / "ruff"), "check", "."]),
        Check("ruff format", [str(programs / "ruff"), "format", "--check", "."]),
        Check("djade", [str(programs / "djade"), "--check", "--target-version", "5.2", *templates]),
        Check("makemigrations", [*manage, "makemigrations", "--check", "--dry-run"]),
        Check("check --deploy", [*manage, "check", "--deploy", "--fail-level", "WARNING"], production),
        Check("architecture", [python, "-m", "pytest", "-q", "tests/test_architecture.py"]),
        Check("mypy", [str(programs / "mypy"), "."]),
    ]
    return [check for check in found if check.name != "djade" or templates]


def run_checks(found: list[Check], variables: Mapping[str, str], root: Path = ROOT) -> int:
    """Run all of them, whatever fails, and end with a summary; 0 only when all passed."""
    results: list[tuple[Check, int, float]] = []
    for check in found:
        say(f"── {check.name}")
        begun = time.monotonic()
        environment = {**variables, **check.variables}
        code = subprocess.run(check.argv, cwd=root, env=environment, check=False).returncode
        results.append((check, code, time.monotonic() - begun))
    say("")
    for check, code, seconds in results:
        say(f"{'通过' if code == 0 else '失败'}  {check.name}（{seconds:.1f} 秒）")
    failed = sum(code != 0 for _, code, _ in results)
    say("全部通过。" if not failed else f"{failed} 项未通过，详情见上。")
    return 1 if failed else 0
