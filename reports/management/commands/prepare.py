"""`manage.py prepare`: what run.py does before it opens the doors; one process, so that a start is quick."""

from __future__ import annotations

from argparse import ArgumentParser

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accounts.models import User
from reports.demonstration.structure import PASSWORD

SHOWN = ("reporter", "reviewer", "office", "leader")


class Command(BaseCommand):
    help = "Migrate, load the demonstration into an empty database, print the demonstration accounts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--through", choices=["year"], help="load the real year-end figures too")
        parser.add_argument("--quiet", action="store_true", help="do not print the accounts")

    def handle(
        self, *args: object, through: str | None = None, quiet: bool = False, **options: object
    ) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0)
        if not settings.DEMO:
            return
        call_command("load_demo", through=through, stdout=self.stderr)
        if not quiet:
            self._print_accounts()

    def _print_accounts(self) -> None:
        names = [f"{city}_{role}" for city in ("wuhan", "xian") for role in SHOWN]
        names += ["observer", "sysadmin", "secadmin", "auditor"]
        people = {user.username: user for user in User.objects.filter(username__in=names, is_demo=True)}
        self.stdout.write(f"演示账号(密码均为 {PASSWORD};其余处室:wuhan_reporter_02 等):")
        for name in names:
            if name in people:
                self.stdout.write(f"  {name:<16}{people[name].display_name}")
