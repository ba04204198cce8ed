"""Signs of life of a job, and the pause of the collector."""

from __future__ import annotations

import gc

import pytest

from accounts import jobs
from accounts.models import Job


@pytest.fixture
def signs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """What was stored of a job whose clock goes on by a tenth of a second with each look."""
    stored: list[tuple[int, int]] = []
    clock = iter(number / 10 for number in range(1000))
    monkeypatch.setattr(jobs.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(jobs, "touch", lambda job, done, total: stored.append((done, total)))
    return stored


def test_counts_are_stored_at_once_each_half_second_and_at_the_end(signs: list[tuple[int, int]]) -> None:
    watch = jobs.watcher(Job.__new__(Job))
    for done in range(1, 21):
        watch(done, 20)
    assert signs[0] == (1, 20) and signs[-1] == (20, 20)
    assert 3 <= len(signs) <= 6


def test_a_job_of_nothing_says_so(signs: list[tuple[int, int]]) -> None:
    jobs.watcher(Job.__new__(Job))(0, 0)
    assert signs == [(0, 0)]


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_paused_and_then_as_it_was(enabled: bool) -> None:
    (gc.enable if enabled else gc.disable)()
    try:
        with pytest.raises(ZeroDivisionError), jobs.collector_paused():
            assert not gc.isenabled()
            raise ZeroDivisionError
        assert gc.isenabled() is enabled
    finally:
        gc.enable()
