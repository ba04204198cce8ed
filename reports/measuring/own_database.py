"""Another database on the server of this one, for what must not touch it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from django.conf import settings
from django.db import connections


def database_url(name: str) -> str:
    """The address of another database on the same server."""
    database = settings.DATABASES["default"]
    host = database["OPTIONS"].get("host") or database["HOST"]
    query = f"?host={host}" if str(host).startswith("/") else ""
    place = "" if query else f"{host}:{database['PORT'] or 5432}"
    secret = f":{database['PASSWORD']}" if database["PASSWORD"] else ""
    return f"postgres://{database['USER']}{secret}@{place}/{name}{query}"


def administer(statement: str) -> None:
    """Run one statement outside any transaction on the server's own database."""
    options = connections["default"].get_connection_params()
    options.update({"dbname": "postgres"})
    options.pop("cursor_factory", None)
    with_server = psycopg2.connect(**options)
    try:
        with_server.autocommit = True
        with_server.cursor().execute(statement)
    finally:
        with_server.close()


@contextmanager
def own_database(suffix: str) -> Iterator[str]:
    """The address of a new, empty database, which is dropped at the end."""
    name = f"{settings.DATABASES['default']['NAME']}_{suffix}"
    administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    administer(f'CREATE DATABASE "{name}"')
    try:
        yield database_url(name)
    finally:
        administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
