"""What of a web page is not its article: menus, paths, tools, notices. Pure: no Django.

Names of classes are only hints, for every site has its own: who uses them looks at the text first.
"""

from __future__ import annotations

import re

from plans.readers.page_tree import Element

# Never read: no text of the page, or controls.
UNREAD_TAGS = frozenset(
    {
        *(
            "script",
            "style",
            "noscript",
            "template",
            "title",
            "iframe",
            "noframes",
            "noembed",
            "object",
            "embed",
        ),
        *("svg", "canvas", "audio", "video", "map", "select", "option", "button", "textarea", "input"),
    }
)
_CHROME_TAGS = frozenset({"nav", "header", "footer", "aside", "form", "menu"})
_CHROME_ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "complementary"})
_CHROME_WORDS = frozenset(
    {
        *(
            "nav",
            "navbar",
            "navigation",
            "menu",
            "submenu",
            "topnav",
            "leftnav",
            "rightnav",
            "sidenav",
            "subnav",
        ),
        *("breadcrumb", "breadcrumbs", "crumb", "crumbs", "position", "location", "weizhi", "dqwz", "path"),
        *(
            "header",
            "footer",
            "foot",
            "copyright",
            "sidebar",
            "aside",
            "banner",
            "toolbar",
            "tools",
            "search",
            "login",
        ),
        *("share", "sharebar", "bdshare", "bdsharebuttonbox", "jiathis", "qrcode", "ewm", "erweima", "print"),
        *("related", "recommend", "friendlink", "friendlinks", "pager", "pagination", "prevnext", "dayin"),
        *("comment", "comments", "fontsize", "zihao"),
    }
)
# How sites name the place of an article; the first are those of content management systems.
_ARTICLE_MARKS = frozenset(
    {"trs_editor", "ucap-content", "zoom", "vsb_content", "view_text", "articlecontent"}
)
_ARTICLE_WORDS = frozenset(
    {
        "article",
        "content",
        "con",
        "detail",
        "main",
        "maincontent",
        "text",
        "txt",
        "neirong",
        "zhengwen",
        "news",
    }
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_MARK = re.compile(r"[\w-]+")

LONGEST_LINE = 200  # of a line that is looked at; sentences about printing are longer or hold more
_PATH = re.compile(
    r"[【\[]?(?:(?:您|你)?(?:现在|当前|目前|所在)?的?(?:所在)?的?位置|(?:网站|本站)?首页\s*(?:>|»|›|＞|→|-+|/|\||·))"
)
_PATH_MARK = re.compile(r"位置\s*(?:是|为|在)?\s*(?:[:：>＞]|$)|首页")
_NEIGHBOUR = re.compile(r"[【\[«<＜]*\s*(?:上|下)一(?:篇|条|页|则)\s*(?:[】\]»>＞]|[:：]|$)")
_NOTICE = re.compile(
    r"版权所有\s*[:：©@]|^\W*版权所有|^\W*copyright|©|[A-Z\u4e00-\u9fff]ICP(?:备|证)|公网安备|网站标识码|^扫一扫|^今天是|^主办(?:单位)?\s*[:：].*(?:承办|地址|电话|邮编)"
    r"|(?:浏览|访问|点击|阅读)(?:量|次数|人次)\s*[:：]\s*\d*\s*(?:次|人次)?$",
    re.IGNORECASE,
)
_TOOLS = re.compile(
    r"打印(?:本页|此页|本文|文章)?|关闭(?:本页|此页|窗口|页面)?|收藏(?:本页)?|返回(?:顶部|首页|列表)?|分享(?:到|至)?"
    r"|字号|字体|复制链接|我要纠错|纠错|新浪微博|腾讯微博|微博|微信|QQ空间|QQ好友|人人网|更多|语音播报|无障碍"
)
_SIZES = re.compile(r"[大中小加减+＋-]")
_SEPARATORS = re.compile(r"[\s\[\]【】（）()|｜:：·.。,，、<>《》/\\—_-]")


def is_unread(element: Element) -> bool:
    """Whether nothing in this element is ever text of the page."""
    return element.tag in UNREAD_TAGS


def looks_like_chrome(element: Element) -> bool:
    """Whether its tag, its role or its names say that it is no article."""
    role = element.attributes.get("role", "").lower()
    is_named = not _CHROME_WORDS.isdisjoint(_words(element))
    return element.tag in _CHROME_TAGS or role in _CHROME_ROLES or is_named


def is_hidden(element: Element) -> bool:
    """Whether the element itself says that it is not shown."""
    return "hidden" in element.attributes or bool(_HIDDEN.search(element.attributes.get("style", "")))


def is_marked_as_article(element: Element) -> bool:
    """Whether it has a name that a content management system gives to the place of the text."""
    return not _ARTICLE_MARKS.isdisjoint(mark.lower() for mark in _MARK.findall(_names(element)))


def looks_like_article(element: Element) -> bool:
    """Whether its tag or its names say that it holds the text."""
    is_named = not _ARTICLE_WORDS.isdisjoint(_words(element))
    return element.tag in {"article", "main"} or is_named or is_marked_as_article(element)


def looks_like_title(element: Element) -> bool:
    """Whether its tag or its names say that it is a heading."""
    return element.tag in {"h1", "h2", "h3"} or not {"title", "biaoti", "headline", "bt"}.isdisjoint(
        _words(element)
    )


def is_chrome_line(line: str) -> bool:
    """Whether a line is a path, a link to a neighbour, a row of tools or a notice of the site."""
    line = line.strip()
    if not line or len(line) > LONGEST_LINE or "\t" in line:
        return False
    is_path = bool(_PATH.match(line)) and bool(_PATH_MARK.search(line))
    return is_path or bool(_NEIGHBOUR.match(line) or _NOTICE.search(line)) or _holds_tools_only(line)


def _holds_tools_only(line: str) -> bool:
    left = _TOOLS.sub("", line)
    if left == line:
        return False
    if "字号" in line or "字体" in line:
        left = _SIZES.sub("", left)
    return not _SEPARATORS.sub("", left)


def _names(element: Element) -> str:
    return f"{element.attributes.get('class', '')} {element.attributes.get('id', '')}"[:500]


def _words(element: Element) -> set[str]:
    """The words in its class and id: `newsContent-left` has three."""
    names = _names(element)
    return {word.lower() for word in _WORDS.findall(names)} | {name.lower() for name in names.split()}
