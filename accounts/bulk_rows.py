"""Many rows of one table in one statement, whether it is one row or ten thousand.

As Django's `bulk_create` and `bulk_update`, but the rows travel as one JSON text that PostgreSQL turns into
its own types, instead of a placeholder for every value: several times faster. Signals and `save()` are passed
by, as there; constraints and triggers of the database are not.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from django.db import connection, models
from psycopg2.sql import SQL, Composable, Identifier

INSERT = SQL(
    "INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s)"
)
UPDATE = SQL(
    "UPDATE {table} old SET {changes} FROM json_populate_recordset(NULL::{table}, %s) new "
    "WHERE old.{key} = new.{key}"
)
CHANGE = SQL("{column} = new.{column}")
NEXT_IDS = SQL("SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)")


def insert_rows(objects: Sequence[models.Model]) -> None:
    """Insert unsaved objects of one model, and give each its id."""
    if not objects:
        return
    meta = objects[0]._meta
    for item, pk in zip(objects, _next_ids(objects), strict=True):
        item.pk = pk
        item._state.adding = False
    columns = {str(field.column): field.attname for field in meta.concrete_fields}
    names = SQL(", ").join(map(Identifier, columns))
    _execute(INSERT.format(table=Identifier(meta.db_table), columns=names), objects, columns)


def update_rows(objects: Sequence[models.Model], fields: Collection[str]) -> None:
    """Store these fields of objects of one model that are in the database already."""
    if not objects:
        return
    meta = objects[0]._meta
    key = str(meta.pk.column)
    changed = {str(field.column): field.attname for field in meta.concrete_fields if field.name in fields}
    changes = SQL(", ").join(CHANGE.format(column=Identifier(column)) for column in changed)
    statement = UPDATE.format(table=Identifier(meta.db_table), changes=changes, key=Identifier(key))
    _execute(statement, objects, {key: meta.pk.attname, **changed})


def _execute(statement: Composable, objects: Sequence[models.Model], columns: dict[str, str]) -> None:
    """Run it with the objects' values as JSON; `columns` gives each column's attribute."""
    rows = [{column: values[name] for column, name in columns.items()} for values in map(vars, objects)]
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(rows, ensure_ascii=False, default=str)])


def _next_ids(objects: Sequence[models.Model]) -> list[int]:
    meta = objects[0]._meta
    with connection.cursor() as cursor:
        cursor.execute(NEXT_IDS, [connection.ops.quote_name(meta.db_table), meta.pk.column, len(objects)])
        return [pk for (pk,) in cursor.fetchall()]
