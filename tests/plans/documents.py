"""Small published documents for the tests of the readers: from python-docx, from raw XML, and web pages."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx import Document
from docx.oxml import parse_xml

from plans.readers import MESSAGES, DocumentCode, RefusedDocument, SourceFormat, read_document

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES = (
    f'xmlns:w="{W}" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
TYPES = "[Content_Types].xml"
BODY = "word/document.xml"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{MAIN}"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_WORD}styles+xml"/>'
    f'<Override PartName="/word/numbering.xml" ContentType="{_WORD}numbering+xml"/>'
    f'<Override PartName="/word/footnotes.xml" ContentType="{_WORD}footnotes+xml"/>'
    f'<Override PartName="/word/header1.xml" ContentType="{_WORD}header+xml"/>'
    f'<Override PartName="/word/comments.xml" ContentType="{_WORD}comments+xml"/>'
    "</Types>"
)
TYPES_OF_A_WORKBOOK = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'spreadsheetml.sheet.main+xml"/></Types>'
)


def packed(parts: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def body(inner: str) -> str:
    return f"<?xml version='1.0'?><w:document {NAMESPACES}><w:body>{inner}</w:body></w:document>"


def word_zip(inner: str, numbering: str = "", styles: str = "", **others: str | bytes) -> bytes:
    """A .docx from the XML inside of its body, its numbering and its styles; others by `header1="…"`."""
    parts: dict[str, str | bytes] = {TYPES: _TYPES, BODY: body(inner)}
    if numbering:
        parts["word/numbering.xml"] = f"<w:numbering {NAMESPACES}>{numbering}</w:numbering>"
    if styles:
        parts["word/styles.xml"] = f"<w:styles {NAMESPACES}>{styles}</w:styles>"
    for name, content in others.items():
        parts[f"word/{name}.xml"] = content
    return packed(parts)


def p(text: str = "", *, properties: str = "", mark: str = "") -> str:
    """A paragraph of one run; `mark` are properties of the paragraph's end."""
    inner = properties + (f"<w:rPr>{mark}</w:rPr>" if mark else "")
    return f"<w:p>{f'<w:pPr>{inner}</w:pPr>' if inner else ''}{run(text) if text else ''}</w:p>"


def run(text: str, properties: str = "") -> str:
    shape = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{shape}<w:t xml:space="preserve">{text}</w:t></w:r>'


def item(text: str, number: int | str = 1, level: int = 0) -> str:
    """A paragraph of an automatic list."""
    return p(text, properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def styled(text: str, style: str, properties: str = "") -> str:
    return p(text, properties=f'<w:pStyle w:val="{style}"/>{properties}')


def level(place: int, number_format: str, text: str, *, start: int = 1, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{place}"><w:start w:val="{start}"/><w:numFmt w:val="{number_format}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def definition(*levels: str, key: int = 0) -> str:
    return f'<w:abstractNum w:abstractNumId="{key}">{"".join(levels)}</w:abstractNum>'


def numbered(number: int, key: int = 0, overrides: str = "") -> str:
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{key}"/>{overrides}</w:num>'


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def cell(*texts: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(map(p, texts or ('',)))}</w:tc>"


def by_python_docx(*texts: str) -> bytes:
    """Plain paragraphs, as python-docx writes them."""
    document = Document()
    for text in texts:
        document.add_paragraph(text)
    return saved(document)


def plan_by_python_docx() -> bytes:
    """A plan whose headings are numbered by Word, with a table of merged cells."""
    document = Document()
    numbering = document.part.numbering_part.element
    # ECMA-376 wants all definitions before the first list that uses one.
    numbering.insert(0, parse_xml(_with_namespace(definition(
        level(0, "chineseCountingThousand", "%1、"), level(1, "chineseCountingThousand", "（%2）"),
        level(2, "decimal", "%3."), key=90,
    ))))  # fmt: skip
    numbering.append(parse_xml(_with_namespace(numbered(90, 90))))
    document.add_paragraph("市科技局2014年工作要点")
    for text, place in [
        ("总体要求", 0),
        ("主要目标", 0),
        ("产业目标", 1),
        ("产值6725亿元。", 2),
        ("5家孵化器。", 2),
    ]:
        paragraph = document.add_paragraph(text)
        properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_numId().val = 90
        properties.get_or_add_ilvl().val = place
    grid = document.add_table(rows=3, cols=3)
    for row, texts in enumerate([("指标", "目标", ""), ("产值", "6725", "亿元"), ("", "2040", "亿元")]):
        for column, text in enumerate(texts):
            grid.cell(row, column).text = text
    grid.cell(0, 1).merge(grid.cell(0, 2))
    grid.cell(1, 0).merge(grid.cell(2, 0))
    document.sections[0].header.paragraphs[0].text = "页眉"
    document.add_paragraph("完")
    return saved(document)


def saved(document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _with_namespace(xml: str) -> str:
    return xml.replace(" ", f' xmlns:w="{W}" ', 1)


TITLE = "市科技局2014年工作要点"
ARTICLE = (
    "发布时间：2014-03-05　来源：办公室",
    "2014年是全面实施“十二五”规划的关键之年，全市科技工作将以科学发展观为指导，做出新贡献。",
    "一、总体工作思路",
    "深化科技体制改革，优化科技资源配置；推进自主创新能力提升。",
    "二、主要工作目标",
    "1、高新技术产业产值增幅20%以上，力争突破6725亿元；",
    "2、技术合同成交额达到320亿元；",
    "3、新增省级以上科技创新平台5个。",
    "三、重点工作",
    "关闭落后产能20家，下一步打印推广成果；联系人：张三，电话：027-65692121。",
)
_HEAD = """<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head>
<meta http-equiv="Content-Type" content="text/html; charset=CHARSET" />
<title>TITLE_武汉市科学技术局</title>
<style>.nav { color: red } /* 样式，不是正文；共12行。 */</style>
<script>var 访问 = "脚本，不是正文；共12行。"; if (1 < 2) document.write("<p>脚本写的字。</p>");</script>
</head><body>"""
_MENUS = """
<div id="header"><h1><a href="/">武汉市科学技术局</a></h1><span>今天是：2014年3月5日，星期三</span></div>
<div class="nav"><ul><li><a href="/1">首页</a></li><li><a href="/2">政务公开</a></li>
<li><a href="/3">办事大厅</a>
<li><a href="/4">互动交流</a></ul></div>
<form action="/search"><label>站内搜索</label><input name="q" value="请输入关键字">
<select><option>全文</option></select><button>搜索</button></form>
<div>当前位置：<a href="/">首页</a> &gt; <a href="/2">政务公开</a> &gt; 工作计划</div>
<div class="leftside"><h3>通知公告</h3><ul>
<li><a href="/a">关于申报2014年科技计划项目的通知，请各单位于3月31日前报送。</a>
<li><a href="/b">关于公布2013年科技奖励名单的公告，共50项。</a><li><a href="/c">更多&gt;&gt;</a></ul></div>"""
_TAIL = """
<p>【字号：<a href="#">大</a> <a href="#">中</a> <a href="#">小</a>】
【<a href="#">打印本页</a>】【<a href="#">关闭窗口</a>】</p>
<div class="bdsharebuttonbox"><span>分享到：</span><a href="#">新浪微博</a><a href="#">微信</a></div>
<p>上一篇：<a href="/p">市科技局2013年工作总结，全年完成目标15项。</a></p>
<p>下一篇：没有了</p>
<div class="related"><h4>相关阅读</h4><a href="/r">2013年工作要点</a></div>
<div id="footer"><p>主办：武汉市科学技术局　承办：武汉市科技信息中心　地址：江岸区发展大道164号</p>
<p>版权所有：武汉市科学技术局，未经授权，禁止转载。鄂ICP备05003301号</p></div>
</body></html>"""


def government_page(article: str = "", *, title: str = TITLE, charset: str = "gb2312") -> str:
    """A page as a site of 2014 had it: menus, path, tools, neighbours and notices around `article`."""
    article = article or "".join(f"<p>　　{line}</p>\n" for line in ARTICLE)
    heading = f'<div class="middle"><div class="bt">{title}</div>'
    head = _HEAD.replace("CHARSET", charset).replace("TITLE", title)
    return f'{head}{_MENUS}{heading}<div class="neirong" id="fontbox">{article}</div></div>{_TAIL}'


PLAN = "市科技局2014年工作要点\r\n\r\n一、主要目标\r\n1、技术合同成交额达到320亿元；\n2、新增企业５家。\r\n"
CFB = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
DOCX = by_python_docx("一、主要目标", "技术合同成交额达到320亿元。")
LINE = "技术合同成交额达到320亿元；\n"
LIST = definition(
    level(0, "chineseCounting", "%1、"),
    level(1, "chineseCountingThousand", "（%2）"),
    level(2, "decimal", "%3."),
) + numbered(1)


def says(refused: RefusedDocument) -> str:
    """The message as a reader sees it; fails if a named value is missing."""
    return MESSAGES[refused.code] % refused.values


def refusal(data: bytes, name: str) -> RefusedDocument:
    with pytest.raises(RefusedDocument) as refused:
        read_document(data, name)
    assert says(refused.value)
    return refused.value


def code_of(data: bytes, name: str) -> DocumentCode:
    return refusal(data, name).code


def word(data: bytes) -> str:
    document = read_document(data, "要点.docx")
    assert (document.format, document.encoding) == (SourceFormat.DOCX, "")
    return document.text


def page(html: str, encoding: str = "utf-8") -> str:
    return read_document(html.encode(encoding), "要点.html").text


def article(inner: str) -> list[str]:
    """The lines of an article inside of a whole page, without its title."""
    title, *lines = page(government_page(f"<p>一、目标</p>{inner}", charset="utf-8")).split("\n")
    assert (title, lines[0]) == (TITLE, "一、目标")
    return lines[1:]


# What took other readers long, and what they stumble over.
PIECES = [
    *(
        "<a ",
        '<a x="',
        "<a x='",
        "<!-- >",
        "<!x",
        "<?",
        "</a",
        "&#",
        "&amp",
        "<script>",
        "<p>",
        "<div>一。",
        "<b><p>",
    ),
    *(
        "<ol><li>",
        "<table><tr><td>",
        "<td rowspan=999>1<tr>",
        "<div class=title>",
        "<a href=1>五</a>",
        "<",
        " \n",
        "=",
    ),
]
