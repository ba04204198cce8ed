#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""Start the product, its tests or its checks on a machine that has nothing but Python.

Kept tiny and in old syntax on purpose: an old interpreter must still be able to read this file
in order to say that it is too old. Everything else lives in the package "runner".
"""

from __future__ import unicode_literals

import os
import sys


def obstacle():
    # type: () -> str | None
    """The sentence for a machine on which not even the package "runner" can be imported."""
    if sys.version_info < (3, 11):
        return (
            "需要 Python 3.11 或更新版本，当前是 %d.%d：请安装新版后用它运行，例如 python3.12 run.py。"
            % sys.version_info[:2]
        )
    if os.name != "posix":
        return (
            "Windows 没有内置引擎（PostgreSQL、Valkey），网页服务也不能直接运行：请在 WSL 中运行 run.py；"
            "或执行 docker compose up，并用 DATABASE_URL、REDIS_URL 指定已有的服务。"
        )
    return None


if __name__ == "__main__":
    sentence = obstacle()
    if sentence is not None:
        os.write(2, (sentence + "\n").encode("utf-8"))  # bytes: an old stderr may know no Chinese
        sys.exit(2)
    try:
        from runner.cli import main  # only now: it needs what was just checked

        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
