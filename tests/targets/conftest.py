"""Who enters in Wuhan, and a period in which nothing is reported yet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from accounts.models import Bureau, Unit, User
from targets.models import Period
from targets.periods import PeriodKey
from targets.services.periods import Dates, start_period


@pytest.fixture
def unit(wuhan: Bureau) -> Unit:
    """高新技术处, which reports six figures and three texts."""
    return Unit.objects.select_related("bureau").get(bureau=wuhan, name="高新技术处")


@pytest.fixture
def reporter(person: Callable[[str], User]) -> User:
    return person("wuhan_reporter")


@pytest.fixture
def december(wuhan: Bureau, person: Callable[[str], User]) -> Period:
    """A period in which nothing is reported yet."""
    start_period(
        bureau=wuhan, key=PeriodKey(2014, 12), dates=Dates(date(2015, 1, 9)), by=person("wuhan_office")
    )
    return Period.objects.select_related("bureau").get(bureau=wuhan, month=12)
