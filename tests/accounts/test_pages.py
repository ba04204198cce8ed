"""What every page carries: language, navigation, marks, headers, error pages; and the floor of the styles."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from accounts.context_processors import chrome
from accounts.errors import bad_request, server_error
from accounts.models import Bureau, User
from accounts.permissions import Role
from accounts.templatetags.ui import navigation, thousands

from .conftest import Town

STATIC = Path(__file__).resolve().parents[2] / "static"


class Page(HTMLParser):
    """Collects links, forms and whatever a strict content policy would refuse."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.refused: list[str] = []
        self.dead: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "a":
            self.links.append(values.get("href") or "")
            if not values.get("href") or values["href"] == "#":
                self.dead.append(str(attrs))
        if (tag == "script" and "src" not in values) or tag == "style" or "style" in values:
            self.refused.append(f"{tag} {attrs}")
        self.refused += [f"{tag} {name}" for name in values if name.startswith("on")]
        for name in ("src", "href", "action"):
            if re.match(r"(https?:)?//|javascript:", values.get(name) or ""):
                self.refused.append(f"{tag} {values[name]}")


def test_chinese_unless_switched_whatever_the_browser_prefers(db: None) -> None:
    client = Client(headers={"accept-language": "en-US,en;q=0.9"})
    answer = client.get("/login/")
    assert answer["Content-Language"] == "zh-hans"
    assert '<html lang="zh-hans"' in answer.content.decode()
    switched = client.post("/language/", {"language": "en", "next": "/login/?next=/people/"})
    assert switched["Location"] == "/login/?next=/people/"
    assert '<html lang="en"' in client.get("/login/").content.decode()


@pytest.mark.parametrize("wanted", ["fr", "", "zh-hans'"])
def test_an_unknown_language_is_not_kept(client: Client, db: None, wanted: str) -> None:
    assert not client.post("/language/", {"language": wanted, "next": "/login/"}).cookies
    client.cookies["wpt_language"] = wanted
    assert client.get("/login/")["Content-Language"] == "zh-hans"


@pytest.mark.parametrize(
    "wanted", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"]
)
def test_the_switches_do_not_lead_to_another_site(
    hire: Callable[..., User], visit: Callable[..., Client], wanted: str
) -> None:
    client = visit(hire(Role.SYSTEM_ADMIN))
    assert client.post("/language/", {"language": "en", "next": wanted})["Location"] == "/"
    assert client.post("/text-size/", {"size": "large", "next": wanted})["Location"] == "/"


def test_large_text_is_remembered_with_the_account(
    hire: Callable[..., User], visit: Callable[..., Client]
) -> None:
    user = hire(Role.SYSTEM_ADMIN)
    client = visit(user)
    assert 'class="large-text"' not in client.get("/people/").content.decode()
    answer = client.post("/text-size/", {"size": "large", "next": "/people/?page=1"})
    assert answer["Location"] == "/people/?page=1"
    assert 'class="large-text"' in visit(user).get("/people/").content.decode()
    client.post("/text-size/", {"size": "normal", "next": "/people/"})
    assert 'class="large-text"' not in visit(user).get("/people/").content.decode()


def test_the_switches_are_no_links(hire: Callable[..., User], visit: Callable[..., Client]) -> None:
    client = visit(hire(Role.SYSTEM_ADMIN))
    assert client.get("/language/").status_code == 405
    assert client.get("/text-size/").status_code == 405


ADMIN_PAGES = [
    (Role.SYSTEM_ADMIN, "/people/"),
    (Role.SECURITY_ADMIN, "/roles/"),
    (Role.AUDIT_ADMIN, "/audit-log/?check=1"),
]


@pytest.mark.parametrize(("role", "address"), ADMIN_PAGES)
def test_the_navigation_leads_where_the_role_may_go(
    role: Role, address: str, hire: Callable[..., User], visit: Callable[..., Client]
) -> None:
    html = visit(hire(role)).get(address).content.decode()
    links = Page(html).links
    path = address.partition("?")[0]
    others = {other.partition("?")[0] for _role, other in ADMIN_PAGES} - {path}
    assert path in links
    assert not others & set(links)
    assert f'href="{path}" aria-current="page"' in html


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.REPORTER, {"home", "plan", "entry", "uploads", "dashboard"}),
        (Role.REVIEWER, {"home", "plan", "review", "reporting-matrix", "dashboard"}),
        (
            Role.OFFICE,
            {"home", "plan", "entry", "review", "reporting-matrix", "imports", "periods", "settings"}
            | {"adjustments", "uploads", "dashboard", "exports"},
        ),
        (Role.LEADER, {"home", "plan", "reporting-matrix", "adjustments", "dashboard", "exports"}),
        (Role.OBSERVER, {"home", "dashboard", "overview"}),
        (Role.SYSTEM_ADMIN, {"home", "people"}),
        (Role.SECURITY_ADMIN, {"home", "settings", "roles"}),
        (Role.AUDIT_ADMIN, {"home", "audit-log"}),
    ],
)
def test_each_role_is_shown_its_own_places(role: Role, expected: set[str], hire: Callable[..., User]) -> None:
    links = {item.url for item in navigation(chrome_of(hire(role)))}
    assert links == {address_of_place(name) for name in expected}


def test_places_opened_now_and_then_are_folded_where_one_line_does_not_hold_all(
    hire: Callable[..., User], visit: Callable[..., Client]
) -> None:
    office = hire(Role.OFFICE)
    folded = [item.url for item in navigation(chrome_of(office)) if item.is_folded]
    names = ["adjustments", "exports", "periods", "imports", "settings"]
    assert folded == [address_of_place(name) for name in names]
    assert not [item for item in navigation(chrome_of(hire(Role.LEADER))) if item.is_folded]
    assert "nav-more" in visit(office).get("/settings/").content.decode()


def chrome_of(user: User, **more: object) -> dict[str, object]:
    """What the base template knows on a page of this person."""
    request = RequestFactory().get("/")
    request.user = User.objects.get(pk=user.pk)
    return {"request": request, **chrome(request), **more}


def address_of_place(name: str, code: str = "here") -> str:
    year = Bureau.objects.get(code=code).today.year
    args = {"plan": [code, year], "periods": [code], "reporting-matrix": [code]}
    return reverse(name, args=args.get(name, []))


def test_the_plan_s_link_follows_the_page_where_one_may(town: Town, hire: Callable[..., User]) -> None:
    elsewhere = {"nav_bureau": town.elsewhere, "nav_year": 2014}
    watching = {item.url for item in navigation(chrome_of(hire(Role.OBSERVER), **elsewhere))}
    assert reverse("plan", args=["there", 2014]) in watching
    office = {item.url for item in navigation(chrome_of(hire(Role.OFFICE), **elsewhere))}
    assert reverse("plan", args=["here", 2014]) in office
    assert not any("there" in url for url in office)


@pytest.mark.parametrize(("role", "address"), [*ADMIN_PAGES, (None, "/login/"), (None, "/nowhere/")])
def test_pages_need_no_inline_code_and_no_other_site(
    role: Role | None, address: str, hire: Callable[..., User], visit: Callable[..., Client], client: Client
) -> None:
    answer = (visit(hire(role)) if role else client).get(address)
    page = Page(answer.content.decode())
    assert page.refused == []
    assert page.dead == []
    policy = answer["Content-Security-Policy"]
    for directive in ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert directive in policy


def test_the_demonstration_is_marked_on_every_page(
    town: Town, hire: Callable[..., User], visit: Callable[..., Client], settings: Settings
) -> None:
    client = visit(hire(Role.REPORTER))
    settings.DEMO = False
    assert "demo-strip" not in client.get("/people/").content.decode()
    settings.DEMO = True
    assert "demo-strip" in client.get("/people/").content.decode()
    settings.DEMO = False
    Bureau.objects.filter(pk=town.bureau.pk).update(is_demo=True)
    assert "demo-strip" in client.get("/people/").content.decode()


def test_a_fault_shows_the_request_and_nothing_else(
    hire: Callable[..., User], visit: Callable[..., Client], settings: Settings
) -> None:
    settings.ROOT_URLCONF = "tests.accounts.pages"
    client = visit(hire(Role.SYSTEM_ADMIN))
    client.raise_request_exception = False
    answer = client.get("/test/fault/")
    assert answer.status_code == 500
    assert answer["X-Request-ID"] in answer.content.decode()
    assert "secret detail" not in answer.content.decode()


def test_the_bare_error_pages_touch_neither_session_nor_database() -> None:
    """No database fixture: any query would fail this test."""
    request = RequestFactory().get("/")
    assert server_error(request).status_code == 500
    assert bad_request(request, Exception()).status_code == 400


def test_missing_and_forbidden_pages_name_the_request(
    hire: Callable[..., User], visit: Callable[..., Client]
) -> None:
    client = visit(hire(Role.REPORTER))
    for address, status in (("/nowhere/", 404), ("/people/", 403)):
        answer = client.get(address)
        assert answer.status_code == status
        assert answer["X-Request-ID"] in answer.content.decode()


@pytest.mark.parametrize(
    ("light", "symbol"),
    [("RED", "■"), ("YELLOW", "▲"), ("GREY", "○"), ("GREEN", "●"), ("BLUE", "◆"), ("NONE", "–")],
)
def test_a_status_is_symbol_and_word(light: str, symbol: str) -> None:
    html = render_to_string("components/status.html", {"light": light, "word": "某状态"})
    assert f">{symbol}<" in html
    assert "某状态" in html
    assert f"status-{light.lower()}" in html


def test_a_bullet_draws_what_is_known_and_says_it_in_words() -> None:
    known = {"light": "GREEN", "label": "262.4 / 320", "actual": 164, "expected": 150, "target": 198}
    html = render_to_string("components/bullet.html", known)
    assert 'width="164"' in html
    assert 'x1="150"' in html
    assert 'aria-label="262.4 / 320"' in html
    nothing = render_to_string("components/bullet.html", {**known, "actual": None, "expected": None})
    assert "bullet-actual" not in nothing
    assert "bullet-expected" not in nothing
    assert "bullet-target" in nothing
    zero = render_to_string("components/bullet.html", {**known, "actual": 0})
    assert "bullet-actual" in zero, "nought is not missing"


def test_a_progress_bar_says_its_counts() -> None:
    html = render_to_string("components/progress_bar.html", {"done": 3200, "total": 10000})
    assert 'value="3200"' in html
    assert 'max="10000"' in html
    assert "3,200 / 10,000" in html
    assert 'value="0"' in render_to_string("components/progress_bar.html", {"done": None, "total": 0})


def test_pages_of_a_list_keep_the_question() -> None:
    request = RequestFactory().get("/people/", {"name": "张", "page": "2"})
    context = {"page_obj": Paginator(range(150), 50).page(2), "request": request}
    links = Page(render_to_string("components/pagination.html", context)).links
    assert links == ["?name=%E5%BC%A0&page=1", "?name=%E5%BC%A0&page=3"]


def test_messages_are_announced_by_their_weight() -> None:
    told = [SimpleNamespace(level_tag="success"), SimpleNamespace(level_tag="error")]
    html = render_to_string("components/messages.html", {"messages": told})
    assert html.count('role="status"') == 1
    assert html.count('role="alert"') == 1


@pytest.mark.parametrize(
    ("value", "text"), [(3200, "3,200"), (999, "999"), (1234567, "1,234,567"), (None, "")]
)
def test_thousands(value: int | None, text: str) -> None:
    assert thousands(value) == text


@pytest.mark.parametrize("sheet", sorted(STATIC.glob("css/*.css")), ids=lambda path: path.name)
def test_styles_stay_within_the_oldest_browser(sheet: Path) -> None:
    """Chromium 86: what came later must not be relied upon."""
    css = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
    newer = [
        ":has(", ":is(", ":where(", "color-mix(", "oklch(", "@container", "@layer", "aspect-ratio", "inset:",
        "accent-color", "dvh", "svh", "popover", "@import", "http:", "https:", "@keyframes", "animation",
        "transition",
    ]  # fmt: skip
    assert [word for word in newer if word in css] == []
    inside: list[str] = []
    for part in re.findall(r"[^{}]*[{}]", css):
        if part.endswith("}"):
            inside.pop()
            continue
        assert not inside or inside[-1].startswith("@media"), f"nested: {part.strip()}"
        inside.append(part.strip())
    assert inside == []
