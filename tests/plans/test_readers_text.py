"""Texts as they were written: encodings, places in another encoding, what no plan can be."""

from __future__ import annotations

import random

import pytest

from accounts.archives import MEGABYTE
from plans.readers import (
    MAX_CHARACTERS,
    DocumentCode,
    RefusedDocument,
    SourceFormat,
    check_text,
    read_document,
)
from tests.plans.documents import LINE, PLAN, code_of, refusal, says

# Plain text


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (PLAN.encode(), "utf-8"),
        (PLAN.encode("utf-8-sig"), "utf-8"),
        (PLAN.encode("gbk"), "gb18030"),
        ((PLAN + "𠮷").encode("gb18030"), "gb18030"),
        (PLAN.encode("utf-16"), "utf-16-le"),
        (b"\xfe\xff" + PLAN.encode("utf-16-be"), "utf-16-be"),
    ],
)
@pytest.mark.parametrize("name", ["要点.txt", " A.TXT ", "C:\\桌面\\2014.要点.txt"])
def test_a_text_is_decoded_and_its_newlines_stay(data, encoding, name):
    document = read_document(data, name)
    assert document.text.rstrip("𠮷") == PLAN
    assert (document.format, document.encoding) == (SourceFormat.TEXT, encoding)


def mixed(*parts: tuple[str, str]) -> bytes:
    return b"".join(text.encode(encoding) for text, encoding in parts)


SIZE = {encoding: len(LINE.encode(encoding)) for encoding in ("utf-8", "gb18030", "utf-16-le")}


@pytest.mark.parametrize(
    ("data", "line", "byte", "encoding"),
    [
        (mixed((LINE * 3, "utf-8"), (LINE, "gb18030")), 4, SIZE["utf-8"] * 3 + 1, "UTF-8"),
        (mixed((LINE, "gb18030"), (LINE * 3, "utf-8")), 1, 1, "UTF-8"),
        (mixed((LINE * 3, "gb18030"), ("2" + LINE, "utf-8")), 4, SIZE["gb18030"] * 3 + 2, "GB 18030"),
        (mixed((LINE * 9, "gb18030"), ("一、总则\n", "utf-8")), 10, SIZE["gb18030"] * 9 + 1, "GB 18030"),
        (LINE.encode() * 2 + b"\xe6\x8a\n" + LINE.encode(), 3, SIZE["utf-8"] * 2 + 1, "UTF-8"),
        (LINE.strip().encode()[:-1], 1, SIZE["utf-8"] - 3, "UTF-8"),  # one line that was cut off
        (LINE.encode("utf-8-sig") + b"\xff", 2, 3 + SIZE["utf-8"] + 1, "UTF-8"),
        (LINE.encode("gb18030") * 2 + b"\xff\n", 3, SIZE["gb18030"] * 2 + 1, "GB 18030"),
        (b"\xff\xfe" + LINE.encode("utf-16-le") + b"5", 2, 2 + SIZE["utf-16-le"] + 1, "UTF-16"),
        (b"\xff\xfe" + LINE.encode("utf-16-le") + b"\x00\xd8a\0", 2, 2 + SIZE["utf-16-le"] + 1, "UTF-16"),
    ],
)
def test_a_place_in_another_encoding_is_named(data, line, byte, encoding):
    refused = refusal(data, "要点.txt")
    assert refused.code is DocumentCode.MIXED_ENCODING
    assert refused.values == {"line": str(line), "byte": str(byte), "encoding": encoding}


def test_one_broken_byte_never_turns_utf_8_into_other_characters():
    data = (LINE * 20).encode()
    randomly = random.Random(4)
    for _ in range(300):
        broken = bytearray(data)
        broken[randomly.randrange(len(data))] = randomly.choice([0x80, 0xBF, 0xC4, 0xE4, 0xFE, 0x41])
        try:
            document = read_document(bytes(broken), "要点.txt")
        except RefusedDocument as refused:
            assert refused.code is DocumentCode.MIXED_ENCODING
        else:  # another character of UTF-8, as a slip of the pen would be
            assert document.encoding == "utf-8"
            assert sum(one != other for one, other in zip(document.text, LINE * 20, strict=True)) <= 1


def test_a_byte_lost_in_a_long_line_of_gb_18030_is_noticed():
    sentence = "以科学发展观为指导深入贯彻落实党的十八届三中全会精神紧紧围绕市委市政府的中心工作全面深化改革"
    line = sentence * 4 + "A级"  # an A may be the second half of a character, and so no error shows
    data, before = line.encode("gb18030"), (LINE * 20).encode("gb18030")
    assert read_document(before + data, "要点.txt").text == LINE * 20 + line
    for place in range(0, len(data) * 3 // 4, 7):
        refused = refusal(before + data[:place] + data[place + 1 :], "要点.txt")
        assert (refused.code, refused.values["line"]) == (DocumentCode.MIXED_ENCODING, "21")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("科學技術委員會二〇一四年工作要點".encode("big5", "ignore"), id="Big 5"),
        pytest.param(PLAN.encode("utf-16-le"), id="UTF-16 without a mark"),
        pytest.param(PLAN.encode("utf-32"), id="UTF-32"),
        pytest.param(bytes(range(256)) * 4, id="no text at all"),
        pytest.param(random.Random(5).randbytes(5000), id="noise"),
    ],
)
def test_other_encodings_are_refused(data):
    assert code_of(data, "要点.txt") is DocumentCode.UNKNOWN_ENCODING


# Any text


@pytest.mark.parametrize("text", ["", " \r\n\t　", "\u200b\ufeff\n"])
def test_a_blank_text_is_refused(text):
    with pytest.raises(RefusedDocument) as refused:
        check_text(text)
    assert refused.value.code is DocumentCode.NO_TEXT
    assert says(refused.value)


@pytest.mark.parametrize("character", ["\0", "\x01", "\x1a", "\x1b", "\x7f", "\x85", "\ud800", "\ufffe"])
def test_a_control_character_is_refused_with_its_line(character):
    with pytest.raises(RefusedDocument) as refused:
        check_text(f"一\r\n二\n三{character}")
    assert refused.value.code is DocumentCode.CONTROL_CHARACTER
    assert refused.value.values == {"line": "3", "character": f"U+{ord(character):04X}"}


@pytest.mark.parametrize("text", ["抓好工作。", "abc", "◎北京参观"])
def test_a_text_without_any_number_is_refused(text):
    with pytest.raises(RefusedDocument) as refused:
        check_text(text)
    assert refused.value.code is DocumentCode.NO_NUMBER


@pytest.mark.parametrize("number", ["5", "５", "五", "〇", "两", "万", "①", "⑴", "⒈", "Ⅲ", "㈠", "㊀", "叁"])
def test_a_number_in_any_digits_is_one(number):
    assert check_text(f"新增{number}家\r\n\t\f\v") == f"新增{number}家\r\n\t\f\v"


def test_a_byte_order_mark_in_a_pasted_text_is_dropped():
    assert check_text("\ufeff目标1") == "目标1"


def test_two_million_characters_are_allowed_and_no_more():
    assert MAX_CHARACTERS == 2_000_000
    assert check_text("一" * MAX_CHARACTERS)
    with pytest.raises(RefusedDocument) as refused:
        check_text("一" * (MAX_CHARACTERS + 1))
    assert refused.value.code is DocumentCode.TOO_LONG
    assert "2,000,000" in says(refused.value)


@pytest.mark.parametrize(
    "data", [b"5" * 5 * MEGABYTE, LINE.encode("gb18030") * 180_000, LINE.encode() * 125_000 + b"\xff"]
)
def test_five_megabytes_of_text_are_too_long(data):
    assert len(data) > 5_000_000
    assert code_of(data, "要点.txt") is DocumentCode.TOO_LONG
