"""Whether an attached file is what its name says and may be kept; and how many names a list holds.

Pure: no Django. Source of the rules: security items A-08 to A-10, and the domain description, section 4 (a
list of names behind a count). What holds for every zip of Office parts is judged in `accounts.archives`.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import PurePath
from typing import BinaryIO

from python_calamine import CalamineError, CalamineWorkbook

from accounts.archives import MAX_FILE, MEGABYTE, RefusedArchive, checked_archive, shown
from accounts.text import gettext_noop
from targets.file_checks import is_text

SIGNATURES = {
    "pdf": b"%PDF-",
    "png": b"\x89PNG\r\n\x1a\n",
    "jpg": b"\xff\xd8\xff",
    "jpeg": b"\xff\xd8\xff",
}
_OFFICE = "application/vnd.openxmlformats-officedocument."
OFFICE_TYPES = {
    "docx": f"{_OFFICE}wordprocessingml.document.main+xml",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet.main+xml",
}
KINDS = (*SIGNATURES, *OFFICE_TYPES, "txt")
MOST_COUNTED = 20 * MEGABYTE  # unpacked: a list of names is far smaller
_SUMS = ("合计", "总计", "小计", "备注", "注:", "注：", "说明", "填表人", "审核人", "制表人")
_HEADERS = ("序号", "名称", "姓名", "单位", "企业", "项目", "编号")


class EvidenceCode(StrEnum):
    """Why a file is not attached."""

    EMPTY = "EMPTY"
    TOO_BIG = "TOO_BIG"
    KIND = "KIND"
    OTHER_CONTENT = "OTHER_CONTENT"
    UNSAFE = "UNSAFE"
    NOT_A_LIST = "NOT_A_LIST"
    NO_NAMES = "NO_NAMES"


MESSAGES: dict[EvidenceCode, str] = {
    EvidenceCode.EMPTY: gettext_noop("The file is empty: choose it again."),
    EvidenceCode.TOO_BIG: gettext_noop(
        "The file has %(megabytes)s MB, more than the %(limit)s MB allowed: make it smaller, or split it."
    ),
    EvidenceCode.KIND: gettext_noop(
        "Files that end in “%(extension)s” are not accepted. Allowed are: %(kinds)s; "
        "save old Word or Excel files as .docx or .xlsx."
    ),
    EvidenceCode.OTHER_CONTENT: gettext_noop(
        "The name ends in “%(extension)s”, but the content is something else: "
        "open the file and save it in this format; renaming it is not enough."
    ),
    EvidenceCode.UNSAFE: gettext_noop(
        "The file is damaged, protected by a password, or holds macros or parts that are not allowed: "
        "open it, save it as a new file and attach that."
    ),
    EvidenceCode.NOT_A_LIST: gettext_noop("A list of names has to be a workbook (.xlsx) of ordinary size."),
    EvidenceCode.NO_NAMES: gettext_noop(
        "No names were found in the first sheet: put one name per row below a header."
    ),
}


class RefusedEvidence(Exception):
    """A file that is not attached: `code` and the named values of its message."""

    def __init__(self, code: EvidenceCode, **values: str) -> None:
        super().__init__(f"{code} {values}")
        self.code = code
        self.values = values


def check_evidence(file: BinaryIO, name: str, size: int) -> str:
    """The kind of a file that may be attached, as its ending (pdf, xlsx …); raises RefusedEvidence.

    Size, ending and content have to agree. The file is left at its beginning.
    """
    kind = PurePath(name.strip()).suffix.lower().removeprefix(".")
    length = _length(file, size)
    if kind not in KINDS:
        values = {"extension": shown(f".{kind}"), "kinds": "、".join(f".{one}" for one in KINDS)}
        raise RefusedEvidence(EvidenceCode.KIND, **values)
    head = file.read(4096)
    if kind in OFFICE_TYPES:
        _check_office(file, kind, head, length)
    elif not (head.startswith(SIGNATURES[kind]) if kind in SIGNATURES else is_text(head)):
        raise RefusedEvidence(EvidenceCode.OTHER_CONTENT, extension=f".{kind}")
    file.seek(0)
    return kind


def count_names(file: BinaryIO) -> int:
    """How many names the first sheet of a checked workbook lists; raises RefusedEvidence for none.

    Titles and the header stand above the names; a numbered row without a name, sums and remarks are none.
    The file is left at its beginning.
    """
    length = _length(file, 1)
    if sum(entry.file_size for entry in checked_archive(file, length).entries) > MOST_COUNTED:
        raise RefusedEvidence(EvidenceCode.NOT_A_LIST)
    file.seek(0)
    try:
        book = CalamineWorkbook.from_filelike(file)
        rows = book.get_sheet_by_index(0).to_python()
    except (CalamineError, IndexError, ValueError) as error:
        raise RefusedEvidence(EvidenceCode.UNSAFE) from error
    file.seek(0)
    filled = [cells for row in rows if (cells := [str(cell).strip() for cell in row if str(cell).strip()])]
    start = next((index + 1 for index, cells in enumerate(filled) if _is_header(cells)), 0)
    count = sum(1 for cells in filled[start:] if _is_name(cells))
    if not count:
        raise RefusedEvidence(EvidenceCode.NO_NAMES)
    return count


def _length(file: BinaryIO, size: int) -> int:
    file.seek(0, 2)
    length = file.tell()
    file.seek(0)
    if not length or not size:
        raise RefusedEvidence(EvidenceCode.EMPTY)
    if max(length, size) > MAX_FILE:
        megabytes = f"{max(length, size) / MEGABYTE:.1f}"
        raise RefusedEvidence(EvidenceCode.TOO_BIG, megabytes=megabytes, limit=str(MAX_FILE // MEGABYTE))
    return length


def _check_office(file: BinaryIO, kind: str, head: bytes, length: int) -> None:
    if not head.startswith(b"PK"):
        raise RefusedEvidence(EvidenceCode.OTHER_CONTENT, extension=f".{kind}")
    try:
        archive = checked_archive(file, length)
    except RefusedArchive as refused:
        raise RefusedEvidence(EvidenceCode.UNSAFE) from refused
    if not archive.has_main(OFFICE_TYPES[kind]):
        raise RefusedEvidence(EvidenceCode.OTHER_CONTENT, extension=f".{kind}")


def _is_header(cells: list[str]) -> bool:
    """A row of at least one short heading such as 序号 or 企业名称, and no sentence."""
    short = all(len(cell) <= 12 for cell in cells)
    return short and any(cell.endswith(word) for cell in cells for word in _HEADERS)


def _is_name(cells: list[str]) -> bool:
    words = [cell for cell in cells if not cell.replace(".", "").isdigit()]
    return bool(words) and not any(words[0].startswith(word) for word in _SUMS)
