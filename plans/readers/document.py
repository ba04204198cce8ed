"""From the bytes of an uploaded file to its text: which reader, or which refusal. Pure: no Django."""

from __future__ import annotations

import io

from accounts.archives import MAX_FILE, MEGABYTE, ZIP_SIGNATURE, ArchiveCode, RefusedArchive, checked_archive
from plans.readers import signatures
from plans.readers.decoding import decode_page, decode_text, is_marred
from plans.readers.page_article import article_text
from plans.readers.refusals import DocumentCode, ReadDocument, RefusedDocument, SourceFormat
from plans.readers.text_checks import check_text
from plans.readers.word_document import WORD_TYPE, word_text


def read_document(data: bytes, name: str) -> ReadDocument:
    """The text of a .docx, .txt or .html file; `name` is the file's name, whose ending has to agree.

    A .txt file keeps its newlines as they are; the other formats end each paragraph and each table row with a
    line feed. Raises RefusedDocument, and nothing else.
    """
    _check_size(data)
    extension = signatures.extension_of(name)
    signatures.refuse_other_kinds(data, extension)
    if data.startswith(ZIP_SIGNATURE):
        return ReadDocument(check_text(_read_zip(data, name)), SourceFormat.DOCX, "")
    if extension == ".docx":
        raise _refusal_of_a_docx_without_zip(data, name)
    if signatures.looks_like_page(data) and extension not in signatures.PAGE_EXTENSIONS:
        raise _name_differs(name, ".html")
    if extension in signatures.PAGE_EXTENSIONS:
        return _read_page(data, name)
    if extension != ".txt":
        raise RefusedDocument(DocumentCode.WRONG_EXTENSION, extension=signatures.shown_ending(name))
    decoded = decode_text(data)
    return ReadDocument(check_text(decoded.text), SourceFormat.TEXT, decoded.encoding)


def _check_size(data: bytes) -> None:
    if not data:
        raise RefusedDocument(DocumentCode.EMPTY)
    if len(data) > MAX_FILE:
        megabytes = f"{len(data) / MEGABYTE:.1f}"
        raise RefusedDocument(DocumentCode.TOO_BIG, megabytes=megabytes, limit=str(MAX_FILE // MEGABYTE))


def _read_zip(data: bytes, name: str) -> str:
    """The text of a .docx, whose archive is checked as a whole before any part of it is read."""
    extension = signatures.extension_of(name)
    try:
        archive = checked_archive(io.BytesIO(data), len(data))
        if not archive.has_main(WORD_TYPE):
            names = [entry.orig_filename for entry in archive.entries]
            signatures.refuse_other_archives(archive.types, names, extension)
        if extension != ".docx":
            raise _name_differs(name, ".docx")
        return word_text(archive)
    except RefusedArchive as refused:
        if refused.code is ArchiveCode.NOT_OFFICE:
            signatures.refuse_other_archives((), _names_in(data), extension)
        raise RefusedDocument(DocumentCode(refused.code.value), **refused.values) from refused


def _names_in(data: bytes) -> list[str]:
    """The one name that tells an OFD file; its parts are not listed, for the archive was refused."""
    return ["OFD.xml"] if b"OFD.xml" in data else []


def _refusal_of_a_docx_without_zip(data: bytes, name: str) -> RefusedDocument:
    if signatures.looks_like_page(data):
        return _name_differs(name, ".html")
    try:
        check_text(decode_text(data).text)
    except RefusedDocument:
        return RefusedDocument(DocumentCode.DAMAGED)
    return _name_differs(name, ".txt")


def _read_page(data: bytes, name: str) -> ReadDocument:
    """A page's article. Bytes in another encoding are forgiven where they are no part of it."""
    if not signatures.has_tags(data):
        raise _name_differs(name, ".txt")
    decoded = decode_page(data)
    text = check_text(article_text(decoded.text))
    if decoded.flaw and is_marred(text):
        raise decoded.flaw
    return ReadDocument(text, SourceFormat.HTML, decoded.encoding)


def _name_differs(name: str, found: str) -> RefusedDocument:
    return RefusedDocument(DocumentCode.NAME_DIFFERS, extension=signatures.shown_ending(name), found=found)
