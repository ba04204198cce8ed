"""Each kind of file: what is read, what is refused and how, and that nothing but a refusal ever escapes."""

from __future__ import annotations

import struct
import zipfile
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.archives import MAX_ENTRIES, MAX_FILE, RATIO_FROM, ArchiveCode
from plans.readers import MESSAGES, DocumentCode, RefusedDocument, check_text, read_document, xml_events
from tests.plans import documents as made
from tests.plans.documents import (
    CFB,
    DOCX,
    LINE,
    PIECES,
    PLAN,
    code_of,
    government_page,
    p,
    refusal,
    says,
    word,
    word_zip,
)

# Kinds of files that are not read


def stream(name: str) -> bytes:
    return CFB + name.encode("utf-16-le")


XLSX_TYPES = made.TYPES_OF_A_WORKBOOK


@pytest.mark.parametrize(
    ("code", "data", "name"),
    [
        (DocumentCode.EMPTY, b"", "要点.txt"),
        (DocumentCode.EMPTY, b"", "要点.docx"),
        (DocumentCode.TOO_BIG, b"1" * (MAX_FILE + 1), "要点.txt"),
        (DocumentCode.OLD_FORMAT, stream("WordDocument"), "要点.doc"),
        (DocumentCode.OLD_FORMAT, stream("WordDocument") + stream("Workbook"), "要点.doc"),  # a table within
        (DocumentCode.OLD_FORMAT, CFB, "要点.wps"),
        (DocumentCode.OLD_FORMAT, stream("WordDocument"), "要点.docx"),  # renamed
        (DocumentCode.OLD_FORMAT, CFB, "要点.txt"),
        (DocumentCode.ENCRYPTED, stream("EncryptedPackage"), "要点.docx"),
        (DocumentCode.SPREADSHEET, stream("Workbook"), "要点.docx"),
        (DocumentCode.SPREADSHEET, CFB, "要点.xls"),
        (DocumentCode.OTHER_KIND, stream("PowerPoint Document"), "要点.ppt"),
        (DocumentCode.FIXED_PAGES, b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "要点.pdf"),
        (DocumentCode.FIXED_PAGES, b"%PDF-1.4\n" + bytes(range(256)), "扫描件.txt"),
        (DocumentCode.FIXED_PAGES, b"%PDF-1.4\n" + bytes(range(256)), "扫描件.docx"),
        (DocumentCode.FIXED_PAGES, b"\r\n%PDF-1.4\n", "扫描件.html"),
        (DocumentCode.FIXED_PAGES, made.packed({"OFD.xml": "<a/>"}), "要点.ofd"),
        (DocumentCode.FIXED_PAGES, made.packed({"OFD.xml": "<a/>"}), "要点.docx"),
        (DocumentCode.PICTURE, b"\x89PNG\r\n\x1a\n" + bytes(100), "要点.docx"),
        (DocumentCode.PICTURE, b"\xff\xd8\xff\xe0" + bytes(100), "要点.txt"),
        (DocumentCode.PICTURE, b"GIF89a" + bytes(100), "要点.html"),
        (DocumentCode.PICTURE, b"BM" + b"1234" + bytes(100), "要点.txt"),
        (DocumentCode.PICTURE, b"RIFF1234WEBPVP8 ", "要点.txt"),
        (DocumentCode.PICTURE, b"II*\0" + bytes(100), "要点.tif"),
        (DocumentCode.RICH_TEXT, b"{\\rtf1\\ansi 5}", "要点.doc"),
        (DocumentCode.WEB_ARCHIVE, b"From: <Saved by Blink>\r\nMIME-Version: 1.0", "要点.html"),
        (DocumentCode.WEB_ARCHIVE, b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "要点.mht"),
        (DocumentCode.OTHER_KIND, b"Rar!\x1a\x07\0", "要点.docx"),
        (DocumentCode.OTHER_KIND, b"PK\x05\x06" + bytes(18), "要点.docx"),
        (DocumentCode.OTHER_KIND, made.packed({"a.txt": "1"}), "要点.docx"),
        (DocumentCode.OTHER_KIND, made.packed({"a.txt": "1"}), "要点.zip"),
        (
            DocumentCode.SPREADSHEET,
            made.packed({made.TYPES: XLSX_TYPES, "xl/workbook.xml": "<a/>"}),
            "要点.docx",
        ),
        (
            DocumentCode.SPREADSHEET,
            made.packed({made.TYPES: XLSX_TYPES, "xl/workbook.xml": "<a/>"}),
            "要点.xlsx",
        ),
        (DocumentCode.WRONG_EXTENSION, PLAN.encode(), "要点.doc"),
        (DocumentCode.WRONG_EXTENSION, PLAN.encode(), "要点.md"),
        (DocumentCode.WRONG_EXTENSION, PLAN.encode(), "要点"),
        (DocumentCode.WRONG_EXTENSION, PLAN.encode(), ""),
        (DocumentCode.DAMAGED, b"PK", "要点.docx"),
        (DocumentCode.DAMAGED, bytes(100), "要点.docx"),
        (DocumentCode.NO_TEXT, made.by_python_docx("", " "), "只有图片.docx"),
        (DocumentCode.NO_TEXT, b"<html><body><img src=1.jpg></body></html>", "只有图片.html"),
        (DocumentCode.NO_NUMBER, made.by_python_docx("抓好工作。"), "要点.docx"),
    ],
)
def test_each_other_kind_of_file_has_its_own_refusal(code, data, name):
    assert code_of(data, name) is code


@pytest.mark.parametrize(
    ("data", "name", "found"),
    [
        (DOCX, "要点.txt", ".docx"),
        (DOCX, "要点.doc", ".docx"),
        (DOCX, "要点.html", ".docx"),
        (PLAN.encode(), "要点.docx", ".txt"),
        (PLAN.encode("gbk"), "要点.docx", ".txt"),
        (PLAN.encode(), "要点.html", ".txt"),
        (PLAN.encode("utf-16"), "要点.htm", ".txt"),
        (government_page().encode("gbk"), "要点.txt", ".html"),
        (government_page().encode("gbk"), "要点.docx", ".html"),
        (b"\xef\xbb\xbf \n<HTML><p>5", "要点.doc", ".html"),
        ("<html><p>目标5".encode("utf-16"), "要点.txt", ".html"),
    ],
)
def test_a_renamed_file_is_told_its_right_ending(data, name, found):
    refused = refusal(data, name)
    assert refused.code is DocumentCode.NAME_DIFFERS
    assert refused.values == {"extension": name[2:], "found": found}


def test_a_text_that_speaks_of_pages_and_archives_is_a_text():
    text = "1. <html> 是网页，PK 是压缩包，MIME-Version: 1.0。"
    assert read_document(text.encode(), "要点.txt").text == text


# Archives: what holds for all of them is tested with workbooks, in tests/targets/test_file_checks.py


def with_parts(changes: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    return made.packed(made.parts_of(DOCX) | changes, method)


def lying(data: bytes, part: str, size: int) -> bytes:
    """The same archive, whose directory declares another size for one part."""
    end = data.rindex(b"PK\x05\x06")
    [start] = struct.unpack_from("<L", data, end + 16)
    entry = data.rindex(part.encode(), start, end) - 46
    changed = bytearray(data)
    struct.pack_into("<L", changed, entry + 24, size)
    struct.pack_into("<L", changed, entry + 16, zlib.crc32(bytes(size)))
    return bytes(changed)


MACRO_TYPES = made.parts_of(DOCX)[made.TYPES].replace(
    made.MAIN.encode(), b"application/vnd.ms-word.document.macroEnabled.main+xml"
)
BOMB = bytes(RATIO_FROM + 1)


@pytest.mark.parametrize(
    ("code", "data"),
    [
        (DocumentCode.DAMAGED, DOCX[: len(DOCX) // 2]),
        (DocumentCode.DAMAGED, with_parts({made.BODY: b"<w:document"})),
        (DocumentCode.DAMAGED, with_parts({made.BODY: b""})),
        (DocumentCode.DAMAGED, with_parts({"word/styles.xml": b"<a>"})),
        (DocumentCode.DAMAGED, with_parts({"word/numbering.xml": b"no XML"})),
        (DocumentCode.MACROS, with_parts({"word/vbaProject.bin": b"macro"})),
        (DocumentCode.MACROS, with_parts({made.TYPES: MACRO_TYPES})),
        (
            DocumentCode.ENCRYPTED,
            DOCX.replace(b"PK\x01\x02\x14\x03\x14\0\0\0", b"PK\x01\x02\x14\x03\x14\0\1\0", 1),
        ),
        (DocumentCode.TOO_MANY_PARTS, with_parts({f"word/media/{n}": b"" for n in range(MAX_ENTRIES)})),
        (
            DocumentCode.UNPACKED_TOO_BIG,
            with_parts({f"word/media/{n}": bytes(RATIO_FROM) for n in range(60)}),
        ),
        (DocumentCode.PACKED_TOO_TIGHTLY, with_parts({"word/media/1.bmp": BOMB})),
        (DocumentCode.SIZES_DIFFER, lying(with_parts({"word/media/1.bin": BOMB}), "word/media/1.bin", 1000)),
        (DocumentCode.UNSAFE_NAME, with_parts({"../evil.xml": b"<a/>"})),
        (DocumentCode.DUPLICATE_NAME, with_parts({"WORD/DOCUMENT.XML": b"<a/>"})),
    ],
)
def test_an_archive_is_checked_before_it_is_read(code, data):
    assert code_of(data, "要点.docx") is code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "utf-32"])
@pytest.mark.parametrize(
    "part", [made.BODY, "word/styles.xml", "word/numbering.xml", "_rels/.rels", "word/x.bin"]
)
@pytest.mark.parametrize("declaration", ['<!DOCTYPE a [<!ENTITY b "5">]>', "<!ENTITY b '5'>"])
def test_no_part_may_declare_a_document_type_or_an_entity(encoding, part, declaration):
    refused = refusal(with_parts({part: f"{declaration}<a>&b;</a>".encode(encoding)}), "要点.docx")
    assert refused.code is DocumentCode.DOCUMENT_TYPE
    assert refused.values["part"] == part


def test_the_xml_reader_refuses_document_types_itself():
    """If the archive's checks ever let one through."""

    class Reader:
        def __init__(self):
            self.path = []

        def start(self, name, attributes):
            pass

        end = text = lambda self, data: None

    for declared in ("<!DOCTYPE a><a/>", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'):
        with pytest.raises(RefusedDocument) as refused:
            xml_events.read_xml(declared.encode(), Reader(), "x")
        assert refused.value.code is DocumentCode.DOCUMENT_TYPE


def test_every_code_has_a_message_and_every_refusal_of_an_archive_a_code_of_its_name():
    assert set(MESSAGES) == set(DocumentCode)
    assert {code.value for code in ArchiveCode} - {code.value for code in DocumentCode} == {"NOT_OFFICE"}


# Nothing but a refusal ever escapes

quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
names = st.sampled_from(["a.txt", "a.docx", "a.html", "a.htm", "a.doc", "a", ""]) | st.text(max_size=9)
beginnings = st.sampled_from(
    [
        b"",
        CFB,
        b"PK\x03\x04",
        b"%PDF-",
        b"\xff\xfe",
        b"\xfe\xff",
        b"\xef\xbb\xbf",
        b"<html>",
        DOCX[:700],
        LINE.encode(),
    ]
)


def read_or_refused(data: bytes, name: str) -> None:
    try:
        assert read_document(data, name).text
    except RefusedDocument as refused:
        assert says(refused)


@quick
@given(beginnings, st.binary(max_size=300), names)
def test_any_bytes_under_any_name(beginning, data, name):
    read_or_refused(beginning + data, name)


@quick
@given(st.integers(0, len(DOCX) - 1))
def test_a_truncated_document_is_always_refused(length):
    assert code_of(DOCX[:length], "要点.docx") in {DocumentCode.DAMAGED, DocumentCode.EMPTY}


@quick
@given(st.lists(st.tuples(st.integers(0, len(DOCX) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_a_document_with_changed_bytes(places):
    data = bytearray(DOCX)
    for place, byte in places:
        data[place] = byte
    read_or_refused(bytes(data), "要点.docx")


@quick
@given(
    st.sampled_from([made.BODY, "word/styles.xml", "word/numbering.xml", made.TYPES]), st.binary(max_size=200)
)
def test_a_part_of_any_content(part, content):
    read_or_refused(with_parts({part: content}), "要点.docx")


WORD_NAMES = [
    *(
        "p",
        "r",
        "t",
        "pPr",
        "rPr",
        "numPr",
        "numId",
        "ilvl",
        "tbl",
        "tr",
        "tc",
        "tcPr",
        "vMerge",
        "txbxContent",
        "del",
    ),
    *(
        "ins",
        "br",
        "tab",
        "sym",
        "vanish",
        "pStyle",
        "rStyle",
        "trPr",
        "abstractNum",
        "num",
        "lvl",
        "style",
        "lvlText",
    ),
]
word_elements = st.recursive(
    st.text("一二5 \t\n", max_size=3),
    lambda inner: st.builds(
        lambda name, value, parts: f'<w:{name} w:val="{value}" w:char="{value}">{"".join(parts)}</w:{name}>',
        st.sampled_from(WORD_NAMES) | st.just("p"),
        st.sampled_from(["", "0", "1", "9", "-1", "99999999999", "F0B7", "x", "restart"]),
        st.lists(inner, max_size=4),
    ),
    max_leaves=30,
)


@quick
@given(word_elements, word_elements, word_elements)
def test_elements_in_any_order(inner, numbering, styles):
    read_or_refused(word_zip(inner + p("1"), numbering, styles), "要点.docx")
    assert "1" in word(word_zip(inner + p("1"), numbering, styles))


html_pieces = st.sampled_from(
    [
        *PIECES,
        "</div>",
        "</p>",
        "</td>",
        "</tr>",
        "</table>",
        "</b>",
        "</ol>",
        "<br/>",
        "<pre>",
        "<title>",
        "</title>",
        "<body>",
        "<form>",
        "<td rowspan=2>",
        "<h1>",
        "&#99999999999999999999;",
        "&#xD800;",
        "&nbsp;",
        "\x00",
        "目标5。",
    ]
)


@quick
@given(st.lists(html_pieces | st.text(max_size=5), max_size=40))
def test_any_page(pieces):
    read_or_refused(("<html>" + "".join(pieces)).encode("utf-8", "replace"), "a.html")


@quick
@given(st.text(max_size=50))
def test_any_text_is_unchanged_or_refused(text):
    try:
        assert check_text(text) == text.removeprefix("\ufeff")
    except RefusedDocument as refused:
        assert says(refused)


@quick
@given(st.text(st.characters(codec="gb2312"), min_size=1), st.sampled_from(["utf-8-sig", "utf-16", "utf-8"]))
def test_any_text_that_is_marked_or_utf_8_is_read_as_it_was_written(text, encoding):
    try:
        assert read_document(("5" + text).encode(encoding), "a.txt").text == "5" + text
    except RefusedDocument as refused:
        assert refused.code is DocumentCode.CONTROL_CHARACTER
