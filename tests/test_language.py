"""Simplified Chinese is complete: every source string has its translation, and pages show no English."""

from __future__ import annotations

import ast
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import polib
import pytest
from django.test import Client
from django.utils.translation.template import templatize

from accounts.models import Bureau, User

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
APPS = ["accounts", "plans", "targets", "reports"]
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext"}

# What stays Latin in Chinese text: names, file types, the units of measure and abbreviations of the field.
LATIN = {
    "Excel", "WPS", "LibreOffice", "xlsx", "xls", "xlsm", "csv", "PDF", "GDP", "YBC", "Yanshi",
    "docx", "txt", "html", "Enter", "Shift", "Tab", "Ctrl",
}  # fmt: skip


def strings_in(source: str) -> set[str]:
    """The constant strings given to gettext functions in Python source."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in CALLS:
            wanted = node.args[1:2] if name == "pgettext" else node.args[: 2 if "ngettext" in name else 1]
            found |= {a.value for a in wanted if isinstance(a, ast.Constant) and isinstance(a.value, str)}
    return found


def source_strings() -> dict[str, Path]:
    found: dict[str, Path] = {}
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            if "migrations" not in path.parts:
                found.update(dict.fromkeys(strings_in(path.read_text(encoding="utf-8")), path))
    for path in (ROOT / "templates").rglob("*.html"):
        text = templatize(path.read_text(encoding="utf-8"))
        for literal in re.findall(
            r"\b(?:gettext|ngettext)\(u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")", text
        ):
            found[ast.literal_eval(literal)] = path
    return found


def test_every_source_string_has_a_chinese_translation() -> None:
    catalogue = {
        text for entry in polib.pofile(str(CATALOGUE)) for text in (entry.msgid, entry.msgid_plural) if text
    }
    missing = {
        text: str(path.relative_to(ROOT)) for text, path in source_strings().items() if text not in catalogue
    }
    assert missing == {}


def test_the_catalogue_is_complete_and_its_placeholders_agree() -> None:
    for entry in polib.pofile(str(CATALOGUE)):
        translations = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
        assert all(translations), f"not translated: {entry.msgid}"
        assert "fuzzy" not in entry.flags, f"unsure: {entry.msgid}"
        for translation in translations:
            assert placeholders(translation) == placeholders(entry.msgid_plural or entry.msgid), entry.msgid


def placeholders(text: str) -> set[str]:
    """What has to come through a translation unchanged: values to fill in, and tags."""
    return set(re.findall(r"%\(\w+\)[sdr]|%%|%s|\{\w+\}|</?\w+[^>]*>", text))


def test_chinese_sentences_use_chinese_punctuation() -> None:
    beside_chinese = re.compile(r"[,;:?!()](?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])[,;:?!()]")
    half_width = {
        entry.msgid
        for entry in polib.pofile(str(CATALOGUE))
        for translation in [entry.msgstr, *entry.msgstr_plural.values()]
        if beside_chinese.search(translation)
    }
    assert half_width == set()


def test_the_compiled_catalogue_is_the_written_one() -> None:
    compiled = polib.mofile(str(CATALOGUE.with_suffix(".mo")))
    written = {
        (e.msgctxt, e.msgid): (e.msgstr, e.msgstr_plural)
        for e in polib.pofile(str(CATALOGUE))
        if not e.obsolete
    }
    assert {(e.msgctxt, e.msgid): (e.msgstr, e.msgstr_plural) for e in compiled} == written


VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SAID = (
    *("title", "placeholder", "aria-label", "alt"),
    *("data-confirm", "data-failed", "data-stale", "data-told"),  # what scripts show
)


class VisibleText(HTMLParser):
    """What a person reads: text and the attributes that are read out or shown.

    Left out with everything inside: scripts, styles, what is marked as English, and what stands as it was
    written (`data-as-written`: user names, file names, rows of the audit trail).
    """

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.inside: list[tuple[str, bool]] = []  # the open elements, and whether each is left out

    @property
    def is_hidden(self) -> bool:
        return any(hidden for _tag, hidden in self.inside)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        hidden = tag in {"script", "style"} or values.get("lang") == "en" or "data-as-written" in values
        if not hidden and not self.is_hidden:
            self.parts += [values[name] or "" for name in SAID if name in values]
            if tag == "input" and values.get("type") in {"submit", "button"}:
                self.parts.append(values.get("value") or "")
        if tag not in VOID:
            self.inside.append((tag, hidden))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self.inside) - 1, -1, -1):
            if self.inside[place][0] == tag:
                del self.inside[place:]
                return

    def handle_data(self, data: str) -> None:
        if not self.is_hidden:
            self.parts.append(data)


def test_what_counts_as_visible() -> None:
    parser = VisibleText()
    parser.feed(
        '<p title="甲">乙<br><td data-as-written>Kept <a href="/">Too</a> Still</td><input placeholder="丙">'
        '<svg><rect/></svg><button lang="en">English</button><script>let x</script>丁</p>'
    )
    assert "".join(parser.parts) == "甲乙丙丁"


def english_words(html: str) -> set[str]:
    """Latin words of three letters and more that are no names of the demonstration."""
    parser = VisibleText()
    parser.feed(html)
    text = re.sub(r"\{\w+\}", " ", " ".join(parser.parts))  # a script fills these in
    for username in User.objects.values_list("username", flat=True):
        text = text.replace(username, " ")
    return set(re.findall(r"[A-Za-z]{3,}", text)) - LATIN


PEOPLE = [
    "wuhan_reporter", "wuhan_reviewer", "wuhan_office", "wuhan_leader",
    "observer", "sysadmin", "secadmin", "auditor",
]  # fmt: skip


def pages_for(client: Client, start: str = "/") -> dict[str, str]:
    """Every page of the product reachable by links from the start page, one of each kind of address."""
    seen: set[str] = set()
    pages: dict[str, str] = {}
    queue = [start]
    while queue:
        address = queue.pop(0)
        kind = re.sub(r"\d+", "#", address.partition("?")[0])
        if kind in seen or kind.rstrip("/").endswith(("/workbook", "/download", "/marked")):
            continue
        seen.add(kind)
        answer = client.get(address, follow=True)
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            pages[address] = html = answer.content.decode()
            links = [unescape(link) for link in re.findall(r'href="(/[^"#]*)', html)]
            queue += [link for link in links if not link.startswith("/static/")]
    return pages


@pytest.mark.django_db
@pytest.mark.parametrize("username", PEOPLE)
def test_no_english_word_on_a_chinese_page(username: str) -> None:
    assert Bureau.objects.exists()
    client = Client(headers={"accept-language": "en-US,en"})
    client.force_login(User.objects.get(username=username))
    pages = pages_for(client)
    assert len(pages) >= 2
    left = {page: english_words(html) for page, html in pages.items()}
    assert {page: words for page, words in left.items() if words} == {}


@pytest.mark.django_db
def test_the_log_in_page_and_its_refusals_are_chinese(client: Client) -> None:
    page = client.get("/login/")
    refused = client.post("/login/", {"username": "wuhan_office", "password": "wrong"})
    for answer in (page, refused, client.get("/nowhere/")):
        assert english_words(answer.content.decode()) == set()


@pytest.mark.django_db
def test_the_switch_turns_the_interface_english(client: Client) -> None:
    client.force_login(User.objects.get(username="wuhan_leader"))
    assert "Work Plan Tracker" not in client.get("/", follow=True).content.decode()
    client.post("/language/", {"language": "en", "next": "/"})
    assert "Work Plan Tracker" in client.get("/", follow=True).content.decode()
