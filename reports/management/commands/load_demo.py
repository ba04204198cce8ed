"""`manage.py load_demo [--through year]`: load the two real plans with their demonstration data."""

from __future__ import annotations

from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import Bureau
from reports.demonstration import loading


class Command(BaseCommand):
    help = "Load the two published plans with the demonstration's units, people, figures and stories."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--through", choices=["year"], help="load the real year-end figures too")

    @transaction.atomic
    def handle(self, *args: object, through: str | None = None, **options: object) -> None:
        if not settings.DEMO:
            raise CommandError("演示数据只在演示模式下装载:请设置 DEMO=1。")
        if Bureau.objects.exists():
            self.stdout.write("数据库里已有数据,演示数据不再装载。")
            return
        loading.load(through_year=through == "year")
        self.stdout.write("演示数据已装载。")
