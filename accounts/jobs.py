"""How jobs reach the workers, and how a lost or dead one is found again.

A job is a row in the database (see `accounts.models.Job`); the broker only carries its id. When the broker
is down the row waits, and the periodic sweep sends it again: nothing that was accepted is lost.
"""

from __future__ import annotations

import functools
import gc
import logging
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar

from celery.contrib.django.task import DjangoTask
from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.models import Job, JobState

logger = logging.getLogger(__name__)

J = TypeVar("J", bound=Job)
# Queued this long: the message was probably lost, send it again.
LOST_AFTER = timedelta(seconds=settings.JOB_LOST_SECONDS)
DEAD_AFTER = timedelta(minutes=6)  # no sign of life for longer than a task may run: its worker is gone
MOST_ATTEMPTS = 3
SECONDS_PER_SIGN = 0.5
UNEXPECTED = "unexpected"  # the reason of a failure that nobody foresaw; the page has the words


class JobTask(DjangoTask):
    """A task whose sending never breaks the page: a dead broker is logged, the sweep sends it later."""

    abstract = True

    def delay_on_commit(self, *args: Any, **kwargs: Any) -> None:
        """Send after the transaction has committed; returns nothing, raises nothing for a dead broker."""
        transaction.on_commit(functools.partial(self.delay_if_possible, *args, **kwargs))

    def delay_if_possible(self, *args: Any, **kwargs: Any) -> bool:
        """Send now. Returns False when the broker cannot be reached."""
        try:
            self.apply_async(args=args, kwargs=kwargs)
        except (OperationalError, OSError) as error:
            logger.warning("broker unreachable, %s waits for the sweep: %s", self.name, error)
            return False
        return True


def claim(model: type[J], pk: int) -> J | None:
    """Take a queued job for this worker, or None when it is finished or another worker has it.

    Counts the attempt; what was tried `MOST_ATTEMPTS` times is marked failed by `lost_jobs`.
    """
    with transaction.atomic():
        job = model._default_manager.select_for_update(skip_locked=True).filter(pk=pk).first()
        if job is None or job.state != JobState.QUEUED:
            return None
        job.state = JobState.RUNNING
        job.attempts += 1
        job.touched_at = timezone.now()
        job.save(update_fields=["state", "attempts", "touched_at"])
    return job


def run(model: type[J], pk: int, work: Callable[[J], None]) -> None:
    """Claim the job and do its work; nothing for one that is finished or in another worker's hands.

    Whatever goes wrong unforeseen leaves a failed job, never one that seems to run for ever.
    """
    job = claim(model, pk)
    if job is None:
        return
    try:
        work(job)
    except Exception:
        logger.exception("%s %s failed", model.__name__, pk)
        fail(job, UNEXPECTED)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Without the search for circles, for work that makes hundreds of thousands of objects and no circle.

    They are freed as ever once nobody uses them; walking through all of them again and again took a third of
    the time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def finish(job: Job, *, at: datetime | None = None, **outcome: Any) -> bool:
    """Mark a job as done with its outcome. Returns False, with nothing stored, once another worker has it."""
    now = at or timezone.now()
    mine = type(job)._default_manager.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts)
    return bool(mine.update(state=JobState.DONE, finished_at=now, touched_at=now, **outcome))


def touch(job: Job, *, done: int, total: int) -> None:
    """Store a job's counts and its sign of life, outside the work's own transaction."""
    type(job)._default_manager.filter(pk=job.pk).update(done=done, total=total, touched_at=timezone.now())


def watcher(job: Job) -> Callable[[int, int], None]:
    """Stores the counts of a job as it is told them: at once, each half second, and at the end.

    Each is a commit of its own, which takes longer than a hundred rows.
    """
    told = -math.inf

    def watch(done: int, total: int) -> None:
        nonlocal told
        if done >= total or time.monotonic() - told >= SECONDS_PER_SIGN:
            touch(job, done=done, total=total)
            told = time.monotonic()

    return watch


def fail(job: Job, reason: str) -> None:
    """Mark a job as failed with a reason its owner can read."""
    type(job)._default_manager.filter(pk=job.pk).update(
        state=JobState.FAILED, failure=reason[:300], finished_at=timezone.now()
    )


def lost_jobs(model: type[J], now: datetime) -> list[int]:
    """Put dead jobs back in the queue and return the ids of all that should be sent again.

    Dead: running without a sign of life for `DEAD_AFTER`. After `MOST_ATTEMPTS` it is marked failed.
    """
    jobs: models.QuerySet[J] = model._default_manager.all()
    dead = Q(state=JobState.RUNNING, touched_at__lt=now - DEAD_AFTER)
    jobs.filter(dead, attempts__gte=MOST_ATTEMPTS).update(
        state=JobState.FAILED, failure="worker-lost", finished_at=now
    )
    jobs.filter(dead).update(state=JobState.QUEUED, touched_at=F("created_at"))
    waiting = jobs.filter(state=JobState.QUEUED, touched_at__lt=now - LOST_AFTER)
    found = list(waiting.values_list("pk", flat=True))
    jobs.filter(pk__in=found).update(touched_at=now)
    return found
