"""Uploaded files before they are opened: real workbooks pass, each kind of bad file is refused."""

from __future__ import annotations

import io
import random
import struct
import tracemalloc
import zipfile
import zlib

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.archives import (
    CHUNK,
    MAX_ENTRIES,
    MAX_FILE,
    MAX_RATIO,
    MAX_UNPACKED,
    MEGABYTE,
    RATIO_FROM,
    ArchiveCode,
)
from targets.file_checks import MESSAGES, RefusalCode, RefusedFile, check_workbook_file

NAME = "三季度填报.xlsx"
CFB = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
TYPES = "[Content_Types].xml"
SHEET = "xl/worksheets/sheet1.xml"
MAIN = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
DOCX = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def says(refused: RefusedFile) -> str:
    """The message as a reader sees it; fails if a named value is missing."""
    return MESSAGES[refused.code] % refused.values


def check(content: bytes, name: str = NAME) -> None:
    check_workbook_file(io.BytesIO(content), name, len(content))


def code_of(content: bytes, name: str = NAME) -> RefusalCode:
    with pytest.raises(RefusedFile) as refused:
        check(content, name)
    assert says(refused.value)
    return refused.value.code


def by_openpyxl() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["指标", "累计完成", "=1+2"])
    book.active.append(["技术合同成交额", 262.4, "<!DOCTYPE & <!ENTITY as a text"])
    book.create_sheet("定性")
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def by_xlsxwriter(rows: int = 20, columns: int = 5) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"constant_memory": rows > 1000}) as book:
        sheet = book.add_worksheet("填报")
        for row in range(rows):
            for column in range(columns):
                sheet.write_number(row, column, row * 1.5 + column)
        if rows <= 1000:  # a chart brings more kinds of parts
            chart = book.add_chart({"type": "line"})
            chart.add_series({"values": f"=填报!$A$1:$A${rows}"})
            sheet.insert_chart("H1", chart)
    return file.getvalue()


BOOK = by_openpyxl()
DIRECTORY = struct.unpack_from("<L", BOOK, BOOK.rindex(b"PK\x05\x06") + 16)[0]
WRITTEN = by_xlsxwriter()


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in parts.items() if isinstance(parts, dict) else parts:
            archive.writestr(name, content)
    return file.getvalue()


def book_with(changes: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    return packed(parts_of(BOOK) | changes, method)


def with_type(part: str, content_type: str) -> bytes:
    line = f'<Override PartName="/{part}" ContentType="{content_type}"/></Types>'.encode()
    return parts_of(BOOK)[TYPES].replace(b"</Types>", line)


def patched(content: bytes, part: str, field: int, layout: str, value: int) -> bytes:
    """The same file with one number of the part's entry in the directory replaced."""
    end = content.rindex(b"PK\x05\x06")
    [start] = struct.unpack_from("<L", content, end + 16)
    entry = content.rindex(part.encode(), start, end) - 46
    assert content[entry : entry + 4] == b"PK\x01\x02"
    changed = bytearray(content)
    struct.pack_into(layout, changed, entry + field, value)
    return bytes(changed)


def flags(content: bytes, part: str, value: int) -> bytes:
    return patched(content, part, 8, "<H", value)


def method(content: bytes, part: str, value: int) -> bytes:
    return patched(content, part, 10, "<H", value)


def checksum(content: bytes, part: str, value: int) -> bytes:
    return patched(content, part, 16, "<L", value)


def packed_size(content: bytes, part: str, value: int) -> bytes:
    return patched(content, part, 20, "<L", value)


def declared_size(content: bytes, part: str, value: int) -> bytes:
    return patched(content, part, 24, "<L", value)


# Positive controls


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(BOOK, id="openpyxl"),
        pytest.param(WRITTEN, id="XlsxWriter with a chart"),
        pytest.param(book_with({}, zipfile.ZIP_STORED), id="not compressed"),
        pytest.param(book_with({"xl/": b""}), id="with an entry for a folder"),
        pytest.param(book_with({"xl/media/image1.png": b"\x89PNG<!DOCTYPE<!ENTITY"}), id="picture"),
        pytest.param(
            book_with({SHEET: parts_of(BOOK)[SHEET].decode().encode("utf-16")}), id="a part in UTF-16"
        ),
        pytest.param(
            book_with({TYPES: b"\xef\xbb\xbf" + parts_of(BOOK)[TYPES]}), id="content types with a BOM"
        ),
    ],
)
def test_a_real_workbook_passes(content):
    check(content)


@pytest.mark.parametrize("name", ["a.xlsx", "A.XLSX", "台账.2014.xlsx", " 台账.xlsx ", "C:\\桌面\\台账.xlsx"])
def test_the_name_has_to_end_in_xlsx_only(name):
    check(BOOK, name)


def test_a_sheet_of_twenty_thousand_rows_passes_in_little_memory():
    content = by_xlsxwriter(20_000, 10)
    tracemalloc.start()
    check(content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    unpacked = max(len(part) for part in parts_of(content).values())
    assert unpacked > 5 * MEGABYTE
    assert peak < MEGABYTE


def test_a_path_is_checked_like_a_file_and_a_file_is_left_at_its_beginning(tmp_path):
    path = tmp_path / "stored under a random name"
    path.write_bytes(BOOK)
    check_workbook_file(path, NAME, len(BOOK))
    check_workbook_file(str(path), NAME, len(BOOK))
    with path.open("rb") as file:
        file.read(100)
        check_workbook_file(file, NAME, len(BOOK))
        assert file.tell() == 0
        assert openpyxl.load_workbook(file).sheetnames == ["Sheet", "定性"]


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
@pytest.mark.parametrize("level", [0, 1, 9])
@pytest.mark.parametrize("kind", ["noise", "zeros"])
def test_a_part_that_ends_where_a_piece_ends_is_whole(size, level, kind):
    data = random.Random(size).randbytes(size) if kind == "noise" else bytes(size)
    file = io.BytesIO(BOOK)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/media/image1.bin", data, zipfile.ZIP_DEFLATED, level)
    check(file.getvalue())


# Size, signature, extension


@pytest.mark.parametrize(("content", "size"), [(b"", 0), (b"", 10), (BOOK, 0)])
def test_an_empty_file(content, size):
    with pytest.raises(RefusedFile) as refused:
        check_workbook_file(io.BytesIO(content), NAME, size)
    assert refused.value.code is RefusalCode.EMPTY


@pytest.mark.parametrize(
    ("length", "size"), [(MAX_FILE + 1, MAX_FILE + 1), (MAX_FILE + 1, 10), (10, MAX_FILE + 1)]
)
def test_more_than_ten_megabytes_declared_or_real(length, size):
    with pytest.raises(RefusedFile) as refused:
        check_workbook_file(io.BytesIO(b"PK\x03\x04".ljust(length)), NAME, size)
    assert refused.value.code is RefusalCode.TOO_BIG
    assert "10.0 MB, more than the 10 MB allowed" in says(refused.value)


def test_ten_megabytes_are_allowed():
    filler = random.Random(1).randbytes(MAX_FILE)
    room = MAX_FILE - len(book_with({"xl/media/image1.bin": b""}, zipfile.ZIP_STORED))
    content = book_with({"xl/media/image1.bin": filler[:room]}, zipfile.ZIP_STORED)
    assert len(content) == MAX_FILE
    check(content)


WORKBOOK_STREAM = "Workbook".encode("utf-16-le")
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
CSV = "指标,累计完成\r\n技术合同成交额,262.4\r\n"


@pytest.mark.parametrize(
    ("code", "content", "name"),
    [
        (RefusalCode.OLD_FORMAT, CFB + WORKBOOK_STREAM, "台账.xls"),
        (RefusalCode.OLD_FORMAT, CFB + WORKBOOK_STREAM, "台账.et"),
        (RefusalCode.OLD_FORMAT, CFB, "台账.XLS"),
        (RefusalCode.OLD_FORMAT, CFB + WORKBOOK_STREAM, NAME),  # renamed
        (RefusalCode.ENCRYPTED, CFB + ENCRYPTED_STREAM, NAME),
        (RefusalCode.ENCRYPTED, CFB + bytes(CHUNK - 520) + ENCRYPTED_STREAM, "台账.xls"),  # across two pieces
        (RefusalCode.ENCRYPTED, CFB + ENCRYPTED_STREAM, "台账.xls"),
        (RefusalCode.ENCRYPTED, CFB, NAME),
        (RefusalCode.NOT_A_WORKBOOK, CFB, "总结.doc"),
        (RefusalCode.TEXT_FILE, CSV.encode(), NAME),
        (RefusalCode.TEXT_FILE, CSV.encode(), "台账.csv"),
        (RefusalCode.TEXT_FILE, CSV.encode("utf-8-sig"), NAME),
        (RefusalCode.TEXT_FILE, CSV.encode("gb18030"), NAME),
        (RefusalCode.TEXT_FILE, CSV.encode("utf-16"), NAME),
        (RefusalCode.TEXT_FILE, ("a" + "指" * 3000).encode("gb18030"), NAME),  # the head ends in a character
        (RefusalCode.TEXT_FILE, b"<html><table><tr><td>1</td></tr></table></html>", "导出.xls"),
        (RefusalCode.NOT_A_WORKBOOK, b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", NAME),
        (RefusalCode.NOT_A_WORKBOOK, b"\x89PNG\r\n\x1a\n" + bytes(100), NAME),
        (RefusalCode.NOT_A_WORKBOOK, bytes(range(256)), NAME),
        (RefusalCode.MACROS, BOOK, "台账.xlsm"),
        (RefusalCode.WRONG_EXTENSION, BOOK, "台账.xls"),
        (RefusalCode.WRONG_EXTENSION, BOOK, "台账.xlsb"),
        (RefusalCode.WRONG_EXTENSION, BOOK, "台账.zip"),
        (RefusalCode.WRONG_EXTENSION, BOOK, "台账"),
        (RefusalCode.WRONG_EXTENSION, BOOK, "台账.xlsx.exe"),
        (RefusalCode.WRONG_EXTENSION, BOOK, ""),
        (RefusalCode.DAMAGED, b"PK", NAME),
        (RefusalCode.DAMAGED, b"PK\x03\x04", NAME),
        (RefusalCode.DAMAGED, BOOK[:-1], NAME),
        (RefusalCode.DAMAGED, BOOK[: len(BOOK) // 2], NAME),
        (RefusalCode.NOT_A_WORKBOOK, b"PK\x05\x06" + bytes(18), NAME),  # a zip of nothing
    ],
)
def test_signature_and_extension_have_to_say_xlsx(code, content, name):
    assert code_of(content, name) is code


# Content types


@pytest.mark.parametrize(
    ("code", "content"),
    [
        pytest.param(
            RefusalCode.NOT_A_WORKBOOK,
            book_with({TYPES: parts_of(BOOK)[TYPES].replace(MAIN, DOCX)}),
            id="a renamed .docx",
        ),
        pytest.param(RefusalCode.NOT_A_WORKBOOK, packed({"照片/1.jpg": b"\xff\xd8"}), id="any other zip"),
        pytest.param(
            RefusalCode.NOT_A_WORKBOOK,
            packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}),
            id="a renamed .ods",
        ),
        pytest.param(
            RefusalCode.NOT_A_WORKBOOK,
            book_with({TYPES: parts_of(BOOK)[TYPES].replace(b"/xl/workbook.xml", b"/xl/other.xml")}),
            id="the workbook itself is missing",
        ),
        pytest.param(
            RefusalCode.NOT_A_WORKBOOK,
            book_with({TYPES: b" " * (MEGABYTE + 1)}, zipfile.ZIP_STORED),
            id="a long list",
        ),
        pytest.param(RefusalCode.DAMAGED, book_with({TYPES: b"<Types><Default"}), id="a broken list"),
        pytest.param(RefusalCode.DAMAGED, book_with({TYPES: b"no XML"}), id="no list"),
        pytest.param(RefusalCode.MACROS, book_with({"xl/vbaProject.bin": b"macro"}), id="vbaProject.bin"),
        pytest.param(RefusalCode.MACROS, book_with({"xl/VBAPROJECT.BIN": b"macro"}), id="in capitals"),
        pytest.param(
            RefusalCode.MACROS,
            book_with(
                {
                    TYPES: parts_of(BOOK)[TYPES].replace(
                        MAIN, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
                    )
                }
            ),
            id="a renamed .xlsm",
        ),
        pytest.param(
            RefusalCode.MACROS,
            book_with(
                {TYPES: with_type("xl/m.bin", "application/vnd.ms-office.vbaProject"), "xl/m.bin": b""}
            ),
            id="macros under another name",
        ),
        pytest.param(
            RefusalCode.MACROS,
            book_with(
                {
                    TYPES: with_type("xl/macrosheets/sheet1.xml", "application/vnd.ms-excel.macrosheet+xml"),
                    "xl/macrosheets/sheet1.xml": b"<a/>",
                }
            ),
            id="an Excel 4.0 macro sheet",
        ),
    ],
)
def test_the_content_types_have_to_name_a_workbook_without_macros(code, content):
    assert code_of(content) is code


# Sizes


def filled(parts: int) -> bytes:
    """A workbook of exactly so many parts."""
    own = parts_of(BOOK)
    return packed(own | {f"xl/media/{number}": b"" for number in range(parts - len(own))})


def test_the_limits_are_those_of_the_security_items():
    assert (MAX_FILE, MAX_UNPACKED, RATIO_FROM) == (10 * 2**20, 60 * 2**20, 2**20)
    assert (MAX_ENTRIES, MAX_RATIO) == (2000, 200)


def test_two_thousand_parts_are_allowed_and_no_more():
    check(filled(MAX_ENTRIES))
    assert code_of(filled(MAX_ENTRIES + 1)) is RefusalCode.TOO_MANY_PARTS


def test_a_directory_of_many_thousand_parts_is_not_even_read():
    """60,000 entries, hand-made: zipfile would keep an object for each before it could be asked how many."""
    record = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", *(20, 0, 20, 0), *([0] * 14))
    directory = b"".join(
        record[:28] + b"\x05\0" + record[30:46] + b"%05d" % number for number in range(60_000)
    )
    content = b"PK\x03\x04" + directory
    content += struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 60_000, 60_000, len(directory), 4, 0)
    assert len(zipfile.ZipFile(io.BytesIO(content)).infolist()) == 60_000
    tracemalloc.start()
    assert code_of(content) is RefusalCode.TOO_MANY_PARTS
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MEGABYTE


def test_many_small_parts_may_not_unpack_to_more_than_sixty_megabytes():
    part = bytes(RATIO_FROM)  # exempt from the ratio
    assert (
        code_of(book_with({f"xl/media/{number}": part for number in range(60)}))
        is RefusalCode.UNPACKED_TOO_BIG
    )
    check(book_with({f"xl/media/{number}": part for number in range(59)}))


def test_a_part_over_one_megabyte_may_not_unpack_to_more_than_two_hundred_times_its_size():
    assert code_of(book_with({SHEET: bytes(RATIO_FROM + 1)})) is RefusalCode.PACKED_TOO_TIGHTLY
    tame = random.Random(2).randbytes(RATIO_FROM // MAX_RATIO) + bytes(RATIO_FROM)
    check(book_with({"xl/media/image1.bin": tame}))


def test_a_bomb_that_lies_about_its_size_is_not_unpacked():
    """Size and checksum are those of the first thousand bytes: zipfile itself notices nothing."""
    bomb = book_with({"xl/media/bomb.bin": bytes(70 * MEGABYTE)})
    lie = checksum(
        declared_size(bomb, "xl/media/bomb.bin", 1000), "xl/media/bomb.bin", zlib.crc32(bytes(1000))
    )
    assert len(zipfile.ZipFile(io.BytesIO(lie)).read("xl/media/bomb.bin")) == 1000
    tracemalloc.start()
    assert code_of(lie) is RefusalCode.SIZES_DIFFER
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MEGABYTE
    assert code_of(bomb) is RefusalCode.PACKED_TOO_TIGHTLY


@pytest.mark.parametrize(
    ("code", "content"),
    [
        pytest.param(RefusalCode.SIZES_DIFFER, declared_size(BOOK, SHEET, 10), id="declares less"),
        pytest.param(RefusalCode.SIZES_DIFFER, declared_size(BOOK, SHEET, 100_000), id="declares more"),
        pytest.param(
            RefusalCode.SIZES_DIFFER,
            packed_size(book_with({}, zipfile.ZIP_STORED), SHEET, 20),
            id="a stored part that declares less",
        ),
        pytest.param(RefusalCode.DAMAGED, checksum(BOOK, SHEET, 1), id="another checksum"),
        pytest.param(RefusalCode.DAMAGED, packed_size(BOOK, SHEET, 20), id="cut off"),
        pytest.param(
            RefusalCode.DAMAGED,
            packed_size(BOOK, SHEET, len(zlib.compress(parts_of(BOOK)[SHEET])) + 30),
            id="runs into the next part",
        ),
        pytest.param(RefusalCode.DAMAGED, packed_size(BOOK, SHEET, len(BOOK)), id="shares bytes with others"),
        pytest.param(RefusalCode.DAMAGED, method(BOOK, SHEET, zipfile.ZIP_LZMA), id="another compression"),
        pytest.param(RefusalCode.DAMAGED, patched(BOOK, SHEET, 42, "<L", 3), id="starts elsewhere"),
        pytest.param(RefusalCode.DAMAGED, patched(BOOK, SHEET, 42, "<L", 0), id="starts at another part"),
        pytest.param(
            RefusalCode.DAMAGED, patched(BOOK, SHEET, 42, "<L", len(BOOK) - 5), id="starts at the end"
        ),
        pytest.param(RefusalCode.ENCRYPTED, flags(BOOK, SHEET, 1), id="an encrypted part"),
    ],
)
def test_a_part_has_to_be_what_the_directory_says(code, content):
    assert code_of(content) is code


class CountedFile(io.BytesIO):
    """A file that knows how much was read of it."""

    count = 0

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        self.count += len(data)
        return data


def test_a_part_that_is_longer_than_it_declares_is_not_read_to_its_end():
    noise = random.Random(3).randbytes(5 * MEGABYTE)
    content = declared_size(book_with({"xl/a.bin": noise}, zipfile.ZIP_STORED), "xl/a.bin", 1000)
    file = CountedFile(content)
    with pytest.raises(RefusedFile) as refused:
        check_workbook_file(file, NAME, len(content))
    assert refused.value.code is RefusalCode.SIZES_DIFFER
    assert file.count < MEGABYTE


def local_header(name: bytes, data: bytes) -> bytes:
    sizes = (zlib.crc32(data), len(data), len(data))
    return struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 0, 0, 0, *sizes, len(name), 0) + name


def with_nested_parts(count: int) -> bytes:
    """A workbook whose last parts, each stored and each true, hold one another: little, counted often."""
    end = BOOK.rindex(b"PK\x05\x06")
    nest = bytes(10_000)
    parts = []
    for number in range(count):
        name = b"xl/media/%03d" % number
        parts.append((name, nest))
        nest = local_header(name, nest) + nest
    directory = BOOK[DIRECTORY:end]
    for name, data in parts:
        start = DIRECTORY + len(nest) - len(data) - 30 - len(name)
        header = local_header(name, data)
        directory += b"PK\x01\x02\x14\0" + header[4:30] + struct.pack("<3H2L", 0, 0, 0, 0, start) + name
    total = struct.unpack_from("<H", BOOK, end + 10)[0] + count
    sizes = (total, total, len(directory), DIRECTORY + len(nest), 0)
    return BOOK[:DIRECTORY] + nest + directory + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, *sizes)


def test_parts_that_share_their_bytes_are_refused():
    check(with_nested_parts(1))
    nested = with_nested_parts(50)
    assert len(parts_of(nested)) == len(parts_of(BOOK)) + 50
    assert code_of(nested) is RefusalCode.DAMAGED


def changed_header(offset: int, value: bytes) -> bytes:
    """The workbook with some bytes of the sheet's local header replaced; the directory stays as it was."""
    start = BOOK.index(SHEET.encode()) - 30
    return BOOK[: start + offset] + value + BOOK[start + offset + len(value) :]


@pytest.mark.parametrize("content", [changed_header(0, b"PK\x05"), changed_header(30, b"XL/")])
def test_a_part_begins_with_a_header_of_its_own_name(content):
    assert code_of(content) is RefusalCode.DAMAGED


def test_a_part_may_not_begin_beyond_every_possible_file(tmp_path):
    """Eight bytes of offset, as large zips have them: too large a number for any file to seek to."""
    file = io.BytesIO(BOOK)
    with zipfile.ZipFile(file, "a") as archive:
        added = zipfile.ZipInfo("xl/media/1")
        added.extra = struct.pack("<HHQ", 0x4E56, 8, 2**64 - 1)  # of no meaning, until its kind is changed
        archive.writestr(added, b"")
    content = file.getvalue()
    place = content.rindex(b"VN\x08\0")
    content = content[:place] + b"\x01\0" + content[place + 2 :]
    content = patched(content, "xl/media/1", 42, "<L", 0xFFFFFFFF)
    path = tmp_path / "upload"
    path.write_bytes(content)
    with pytest.raises(RefusedFile) as refused:
        check_workbook_file(path, NAME, len(content))
    assert refused.value.code is RefusalCode.DAMAGED
    assert code_of(content) is RefusalCode.DAMAGED


@pytest.mark.parametrize("where", ["memory", "disk"])
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(patched(BOOK, SHEET, 6, "<H", 99), id="a zip of a later version"),
        pytest.param(
            flags(BOOK, SHEET, 0x800).replace(SHEET.encode(), b"\xff" * len(SHEET)), id="a name not in UTF-8"
        ),
        pytest.param(BOOK[:-10] + struct.pack("<LLH", len(BOOK) + 1000, 0, 0), id="begins before the file"),
    ],
)
def test_a_directory_that_cannot_be_read_is_refused(tmp_path, content, where):
    path = tmp_path / "upload"
    path.write_bytes(content)
    with pytest.raises(RefusedFile) as refused:
        check_workbook_file(path if where == "disk" else io.BytesIO(content), NAME, len(content))
    assert refused.value.code is RefusalCode.DAMAGED


# Names


@pytest.mark.parametrize(
    "name",
    ["../evil.xml", "xl/../../evil.xml", "/etc/passwd", "C:/evil.xml", "xl\\evil.xml", "..", "xl/a\nb.xml"],
)
def test_a_name_may_not_point_outside(name):
    assert code_of(book_with({name: b""})) is RefusalCode.UNSAFE_NAME


def test_a_name_is_judged_behind_its_zero_byte_too():
    content = book_with({"xl/media/aXX../evil": b""}).replace(b"aXX../evil", b"a\0/../evil")
    assert code_of(content) is RefusalCode.UNSAFE_NAME


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", [SHEET, SHEET.upper()])
def test_a_name_may_occur_only_once(name):
    assert code_of(packed([*parts_of(BOOK).items(), (name, b"<a/>")])) is RefusalCode.DUPLICATE_NAME


def test_names_in_chinese_and_with_dots_are_allowed():
    check(book_with({"xl/media/图片..1.png": b"", "xl/.rels": b"<a/>"}))


# Document types and entities

DTD = '<!DOCTYPE a [<!ENTITY b "c">]>'


@pytest.mark.parametrize(
    "part", [SHEET, "_rels/.rels", TYPES, "docProps/app.xml", "xl/sheet.dat", "xl/pic.png"]
)
def test_no_part_may_declare_a_document_type(part):
    original = parts_of(BOOK).get(part, b"<a/>")
    assert code_of(book_with({part: DTD.encode() + original})) is RefusalCode.DOCUMENT_TYPE


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"]
)
@pytest.mark.parametrize(
    "text",
    [
        DTD + "<a/>",
        '<?xml version="1.0"?>' + DTD + "<a/>",
        "<!DOCTYPE a SYSTEM 'http://example.invalid/'><a/>",
        "<!ENTITY b 'c'><a/>",
        "<!doctype html><a/>",
        " \r\n\t" * 20_000 + DTD + "<a/>",
    ],
)
def test_in_no_encoding_and_in_no_place(encoding, text):
    assert code_of(book_with({SHEET: text.encode(encoding)})) is RefusalCode.DOCUMENT_TYPE


@pytest.mark.parametrize("before", range(CHUNK - 12, CHUNK + 2))
def test_not_where_two_pieces_meet(before):
    text = "<a>".ljust(before) + "<!DOCTYPE a>"
    assert code_of(book_with({SHEET: text.encode()}, zipfile.ZIP_STORED)) is RefusalCode.DOCUMENT_TYPE


@pytest.mark.parametrize("encoding", ["cp037", "utf-7", "gb2312", "x" * 2000])
@pytest.mark.parametrize("gap", [1, 2000])
def test_no_encoding_in_which_the_words_could_hide(encoding, gap):
    text = f'<?xml version="1.0"{" " * gap}encoding="{encoding}"?><a/>'
    assert code_of(book_with({SHEET: text.encode()})) is RefusalCode.DOCUMENT_TYPE


@pytest.mark.parametrize("encoding", ["UTF-8", "utf-16", "US-ASCII"])
def test_the_usual_encodings_are_allowed(encoding):
    text = f"<?xml version='1.0' encoding='{encoding}' standalone='yes'?><a/>"
    check(book_with({SHEET: text.encode(encoding)}))


def test_an_escaped_document_type_is_only_a_text():
    assert b"&lt;!DOCTYPE" in parts_of(BOOK)[SHEET]
    check(BOOK)


# Nothing but a refusal ever escapes

quick = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@quick
@given(st.integers(0, len(BOOK) - 1))
def test_a_truncated_file_is_always_refused(length):
    with pytest.raises(RefusedFile) as refused:
        check_workbook_file(io.BytesIO(BOOK[:length]), NAME, len(BOOK))
    assert refused.value.code in (RefusalCode.DAMAGED, RefusalCode.EMPTY)


changes = st.lists(st.tuples(st.integers(0, len(BOOK) - 1), st.integers(0, 255)), min_size=1, max_size=8)
directory_changes = st.lists(
    st.tuples(st.integers(DIRECTORY, len(BOOK) - 1), st.integers(0, 255)), min_size=1, max_size=8
)


@quick
@given(changes | directory_changes, st.sampled_from(["memory", "disk"]))
def test_a_file_with_changed_bytes_passes_or_is_refused(tmp_path, places, where):
    content = bytearray(BOOK)
    for place, byte in places:
        content[place] = byte
    path = tmp_path / "upload"
    path.write_bytes(content)
    try:
        check_workbook_file(io.BytesIO(content) if where == "memory" else path, NAME, len(content))
    except RefusedFile as refused:
        assert says(refused)


@quick
@given(
    st.binary(max_size=200),
    st.sampled_from([b"", CFB, b"PK\x03\x04", b"PK\x05\x06", BOOK[:500]]),
    st.text(max_size=9),
)
def test_any_bytes_under_any_name_are_refused(content, start, name):
    with pytest.raises(RefusedFile) as refused:
        check(start + content, name)
    assert says(refused.value)


@quick
@given(st.sampled_from(sorted(parts_of(BOOK))), st.binary(max_size=300))
def test_a_part_of_any_content_passes_or_is_refused(part, content):
    try:
        check(book_with({part: content}))
    except RefusedFile as refused:
        assert says(refused)


def test_every_code_has_a_message():
    assert set(MESSAGES) == set(RefusalCode)


def test_every_refusal_of_an_archive_has_a_code_of_its_name():
    assert {code.value for code in ArchiveCode} - {code.value for code in RefusalCode} == {"NOT_OFFICE"}
