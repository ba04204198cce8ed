"""The page of an upload of many rows: counted, narrowed by kind, in pages; errors likewise."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import JobState, Unit, User
from targets.models import Period, Upload, UploadStage
from targets.workbook.changes import CHANGED, NEW, SAME

pytestmark = pytest.mark.django_db


def change(number: int, kind: str, **more: Any) -> dict[str, Any]:
    fields = [["本期累计", "", f"{number}", "指标", number, "G", "", False]]
    named = {"item": "figure", "code": f"Z{number}", "label": f"指标{number}", "kind": kind}
    return {**named, "revision": 0, "content": {}, "fields": fields, "unit": "家", **more}


ODD = [{"code": "CUMULATIVE_FELL", "values": {"previous": "9", "value": "8", "unit": "家"}}]
CHANGES = [
    *(change(number, NEW) for number in range(1, 131)),
    *(change(number, CHANGED) for number in range(131, 141)),
    change(141, CHANGED, warnings=ODD),
    change(142, CHANGED, others_by="李四"),
    *({"item": "figure", "code": f"Z{number}", "label": "", "kind": SAME} for number in range(143, 150)),
]


@pytest.fixture
def stored(september: Period, person: Callable[[str], User]) -> Callable[..., Upload]:
    unit = Unit.objects.get(bureau=september.bureau, name="高新技术处")

    def made(**more: Any) -> Upload:
        return Upload.objects.create(
            owner=person("wuhan_reporter"),
            unit=unit,
            period=september,
            file="uploads/none.xlsx",
            original_name="很多行.xlsx",
            state=JobState.DONE,
            **more,
        )

    return made


@pytest.fixture
def page(client_of: Callable[[str], Client]) -> Callable[..., str]:
    client = client_of("wuhan_reporter")

    def text(upload: Upload, query: str = "") -> str:
        answer = client.get(upload.get_absolute_url() + query)
        assert answer.status_code == 200
        return answer.content.decode()

    return text


def codes(text: str) -> list[int]:
    """The numbers of the changes on the page, in their order."""
    return [int(found) for found in re.findall(r'<span class="muted">Z(\d+)</span>', text)]


def test_changes_are_counted_by_kind_and_come_in_pages(stored, page) -> None:
    upload = stored(stage=UploadStage.PREVIEW, changes=CHANGES)
    first = page(upload)
    assert "142处变化待确认" in first and "另有7项无变化。" in first
    for words in ("全部 142", "新增 130", "改动 12", "需留意 1", "他人也已修改 1"):
        assert words in first
    assert codes(first) == [142, 141, *range(1, 99)]  # what others changed first, then what looks odd
    assert codes(page(upload, "?page=2")) == list(range(99, 141))


@pytest.mark.parametrize(
    ("show", "expected"),
    [("changed", [142, 141, *range(131, 141)]), ("odd", [141]), ("conflict", [142])],
)
def test_the_preview_is_narrowed_to_one_kind(stored, page, show: str, expected: list[int]) -> None:
    upload = stored(stage=UploadStage.PREVIEW, changes=CHANGES)
    text = page(upload, f"?show={show}")
    assert codes(text) == expected
    assert re.search(rf'href="\?show={show}" aria-current="true"', text)
    assert 'action="/uploads/' in text  # confirming takes all of them, whatever is shown


def test_the_next_page_keeps_the_kind(stored, page) -> None:
    upload = stored(stage=UploadStage.PREVIEW, changes=CHANGES)
    text = page(upload, "?show=new")
    assert re.search(r'rel="next" href="\?show=new&amp;page=2"', text)
    assert codes(page(upload, "?show=new&page=2")) == list(range(101, 131))


@pytest.mark.parametrize("query", ["?show=other", "?page=0", "?page=x", "?page=99"])
def test_a_query_that_makes_no_sense_is_answered_with_what_is_nearest(stored, page, query: str) -> None:
    assert codes(page(stored(stage=UploadStage.PREVIEW, changes=CHANGES), query))


def test_errors_come_in_pages_and_are_all_counted(stored, page) -> None:
    errors = [
        {
            "sheet": "指标",
            "row": row,
            "column": "G",
            "header": "本期累计",
            "value": f"约{row}",
            "code": "APPROXIMATE",
            "values": {"text": f"约{row}", "unit": "家"},
        }
        for row in range(5, 255)
    ]
    upload = stored(stage=UploadStage.REFUSED, errors=errors)
    first, last = page(upload), page(upload, "?page=3")
    assert "250处错误" in first and "约5<" in first and "约104<" in first and "约105<" not in first
    assert "约254<" in last and "约5<" not in last


def test_a_page_of_many_asks_no_more_than_one_of_few(stored, page) -> None:
    page(stored(stage=UploadStage.PREVIEW, changes=CHANGES[:1]))  # the session's own questions
    counts = []
    for size in (1, 149):
        upload = stored(stage=UploadStage.PREVIEW, changes=CHANGES[:size])
        with CaptureQueriesContext(connection) as queries:
            page(upload)
        counts.append(len(queries))
    assert counts[0] == counts[1]
