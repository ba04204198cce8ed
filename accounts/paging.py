"""Long lists in pages."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

PAGE_SIZE = 50


def page_of_list(request: HttpRequest, items: Any, size: int = PAGE_SIZE) -> Page:
    """The page that `?page=` asks for; the first or last one where that number makes no sense."""
    return Paginator(items, size).get_page(request.GET.get("page"))
