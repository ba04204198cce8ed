"""What happens in a child between fork and exec: it dies with its parent and may change its user.

PostgreSQL refuses to run as root, so as root the engines run as an unprivileged user. That user
often cannot enter the project (a clone below a private folder of root's). Permissions of folders
that are not ours are never changed and nothing is copied elsewhere; instead, on Linux, the child
keeps exactly one capability: to search and read folders (in containers, where that one is not
given, to override file permissions). It is kept only when plain access has been tried and failed.
"""

import ctypes
import functools
import os
import pwd
import signal
import struct
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from runner.console import RunError

PR_SET_PDEATHSIG, PR_SET_SECUREBITS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 28, 47, 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
CAPABILITY_VERSION_3 = 0x20080522

LINUX = sys.platform.startswith("linux")
# Loaded here because a library must not be loaded between fork and exec.
LIBC = ctypes.CDLL(None, use_errno=True) if LINUX else None


@dataclass(frozen=True)
class Credentials:
    """The user an engine runs as, and the capability it keeps (None: none)."""

    uid: int
    gid: int
    capability: int | None = None


def die_with_parent(number: int) -> None:
    """Linux: the kernel sends this signal when the parent dies, however it dies."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def become(credentials: Credentials) -> None:
    """Turn this process, which is root's, into the engine's user. Cannot be undone."""
    os.setgroups([])
    os.setgid(credentials.gid)
    if credentials.capability is None:
        os.setuid(credentials.uid)
    else:
        _become_with(credentials.uid, credentials.capability)


def _become_with(uid: int, capability: int) -> None:
    """Change the user and hold one capability across exec; access(2) must respect it too."""
    if LIBC is None:
        raise OSError("capabilities exist on Linux only")
    if LIBC.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "securebits")
    os.setuid(uid)
    mask = 1 << capability
    header = struct.pack("Ii", CAPABILITY_VERSION_3, 0)
    if LIBC.capset(header, struct.pack("6I", mask, mask, mask, 0, 0, 0)):
        raise OSError(ctypes.get_errno(), "capset")
    if LIBC.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def before_exec(credentials: Credentials | None, number: int) -> Callable[[], None]:
    """The function for `preexec_fn`. Changing the user clears the death signal: it comes second."""

    def prepare() -> None:
        if credentials is not None:
            become(credentials)
        die_with_parent(number)

    return prepare


def engine_user(engines: Path, root: Path) -> Credentials | None:
    """The user for the engines: None keeps the one who runs run.py.

    As root: whoever owns the engines' folder already, else the owner of the project, else nobody.
    """
    if os.geteuid() != 0:
        return None
    if engines.exists() and engines.stat().st_uid != 0:
        return Credentials(engines.stat().st_uid, engines.stat().st_gid)
    owner = root.stat().st_uid
    try:
        # initdb needs a user with a name; a bind mount's owner often has none in a container.
        entry = pwd.getpwuid(owner) if owner != 0 else pwd.getpwnam("nobody")
    except KeyError:
        entry = pwd.getpwnam("nobody")
    return Credentials(entry.pw_uid, entry.pw_gid)


def with_access(credentials: Credentials, binary: Path, engines: Path) -> Credentials:
    """These credentials with the least capability that lets them run `binary` inside `engines`."""
    for capability in (None, CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        candidate = replace(credentials, capability=capability)
        if _can_run(candidate, binary, engines):
            return candidate
    raise RunError(
        f"以 root 运行时数据库使用普通用户身份，但该用户进不了 {engines}："
        "请改用普通用户运行，或把项目放到其他用户可进入的目录。"
    )


def _can_run(credentials: Credentials, binary: Path, folder: Path) -> bool:
    def prepare() -> None:
        become(credentials)
        os.chdir(folder)
        # initdb looks for its neighbours with access(2), which is stricter than exec.
        if not os.access(binary, os.X_OK):
            raise PermissionError(binary)

    try:
        done = subprocess.run(
            [str(binary), "--version"],
            preexec_fn=prepare,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


dies_with_run = functools.partial(die_with_parent, signal.SIGINT)
