"""A page's form as a browser without scripts would send it: what stands in it, plus what is typed."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from django.test import Client


class _Fields(HTMLParser):
    """Collects the successful controls of the form that is marked with an attribute."""

    def __init__(self, marker: str) -> None:
        super().__init__()
        self.marker = marker
        self.inside = False
        self.fields: dict[str, list[str]] = {}
        self.textarea: str | None = None
        self.select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value if value is not None else "" for name, value in attrs}
        if tag == "form":
            self.inside = self.marker in at
        if not self.inside or "disabled" in at:
            return
        if tag == "input" and at.get("name"):
            if at.get("type") not in {"checkbox", "radio"} or "checked" in at:
                sent = at.get("value", "on" if at.get("type") in {"checkbox", "radio"} else "")
                self.fields.setdefault(at["name"], []).append(sent)
        elif tag == "textarea":
            self.textarea = at["name"]
            self.fields[at["name"]] = [""]
        elif tag == "select":
            self.select = at["name"]
        elif tag == "option" and self.select and ("selected" in at or self.select not in self.fields):
            self.fields[self.select] = [at.get("value", "")]

    def handle_data(self, data: str) -> None:
        if self.textarea:
            self.fields[self.textarea][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.textarea:
            # A browser drops the first line break and sends the others as CRLF.
            text = self.fields[self.textarea][0].removeprefix("\r\n").removeprefix("\n")
            self.fields[self.textarea][0] = text.replace("\r\n", "\n").replace("\n", "\r\n")
            self.textarea = None
        elif tag == "select":
            self.select = None
        elif tag == "form":
            self.inside = False


class OpenedPage:
    """A page that was opened once; posting sends what stood there then."""

    def __init__(self, client: Client, path: str, marker: str = "data-entry") -> None:
        self.client, self.path = client, path
        self.answer = client.get(path)
        self.fields = fields_in(self.answer.content.decode(), marker)

    def post(self, action: str = "save", to: str = "", **typed: Any) -> Any:
        """Send the form; `typed` replaces fields (names with _ for -), None leaves one out."""
        data: dict[str, Any] = {**self.fields, "action": action}
        for name, value in typed.items():
            data.pop(name.replace("_", "-"), None)
            if value is not None:
                data[name.replace("_", "-")] = value
        body = urlencode(data, doseq=True)
        return self.client.post(to or self.path, body, content_type="application/x-www-form-urlencoded")


def fields_in(html: str, marker: str = "data-entry") -> dict[str, list[str]]:
    """The controls of the marked form: name → values."""
    parser = _Fields(marker)
    parser.feed(html)
    return parser.fields
