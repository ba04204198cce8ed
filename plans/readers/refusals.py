"""What reading a document can end with: its text, or a refusal with a code. Pure: no Django."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from accounts.text import gettext_noop


class SourceFormat(StrEnum):
    """What the text was read from."""

    TEXT = "TEXT"
    DOCX = "DOCX"
    HTML = "HTML"


@dataclass(frozen=True)
class ReadDocument:
    """A document's text; `encoding` is how its bytes were decoded, empty for .docx."""

    text: str
    format: SourceFormat
    encoding: str


class DocumentCode(StrEnum):
    """Why a document is not read."""

    EMPTY = "EMPTY"
    TOO_BIG = "TOO_BIG"
    WRONG_EXTENSION = "WRONG_EXTENSION"
    NAME_DIFFERS = "NAME_DIFFERS"
    OLD_FORMAT = "OLD_FORMAT"
    RICH_TEXT = "RICH_TEXT"
    WEB_ARCHIVE = "WEB_ARCHIVE"
    FIXED_PAGES = "FIXED_PAGES"
    SPREADSHEET = "SPREADSHEET"
    PICTURE = "PICTURE"
    OTHER_KIND = "OTHER_KIND"
    ENCRYPTED = "ENCRYPTED"
    MACROS = "MACROS"
    DAMAGED = "DAMAGED"
    TOO_MANY_PARTS = "TOO_MANY_PARTS"
    UNPACKED_TOO_BIG = "UNPACKED_TOO_BIG"
    PACKED_TOO_TIGHTLY = "PACKED_TOO_TIGHTLY"
    SIZES_DIFFER = "SIZES_DIFFER"
    UNSAFE_NAME = "UNSAFE_NAME"
    DUPLICATE_NAME = "DUPLICATE_NAME"
    DOCUMENT_TYPE = "DOCUMENT_TYPE"
    TOO_COMPLEX = "TOO_COMPLEX"
    MIXED_ENCODING = "MIXED_ENCODING"
    UNKNOWN_ENCODING = "UNKNOWN_ENCODING"
    NO_TEXT = "NO_TEXT"
    TOO_LONG = "TOO_LONG"
    CONTROL_CHARACTER = "CONTROL_CHARACTER"
    NO_NUMBER = "NO_NUMBER"


MESSAGES: dict[DocumentCode, str] = {
    DocumentCode.EMPTY: gettext_noop("The file is empty: choose the document again and upload it."),
    DocumentCode.TOO_BIG: gettext_noop(
        "The file has %(megabytes)s MB, more than the %(limit)s MB allowed: "
        "remove pictures, or upload the text alone."
    ),
    DocumentCode.WRONG_EXTENSION: gettext_noop(
        "The name ends in “%(extension)s”, but only .docx, .txt, .html and .htm are accepted: "
        "save the document in one of these formats and upload that."
    ),
    DocumentCode.NAME_DIFFERS: gettext_noop(
        "The name ends in “%(extension)s”, but the file holds what belongs into a “%(found)s” file: "
        "give it that ending, or save the document anew, and upload it again."
    ),
    DocumentCode.OLD_FORMAT: gettext_noop(
        "The file is in an old format (.doc or .wps): "
        "open it in Word or WPS, save it as .docx and upload that; renaming it is not enough."
    ),
    DocumentCode.RICH_TEXT: gettext_noop(
        "The file is in rich text format (RTF): open it in Word or WPS, save it as .docx and upload that."
    ),
    DocumentCode.WEB_ARCHIVE: gettext_noop(
        "The file is a web archive (.mht): "
        "open it in a browser, save the page as “web page, HTML only” and upload that."
    ),
    DocumentCode.FIXED_PAGES: gettext_noop(
        "The file is a %(kind)s, whatever its name says, and may hold scanned pages only: "
        "ask for the .docx file, or paste the text."
    ),
    DocumentCode.SPREADSHEET: gettext_noop(
        "The file is a workbook, not a text document: "
        "copy the table into a Word or WPS document, save it as .docx and upload that."
    ),
    DocumentCode.PICTURE: gettext_noop(
        "The file is a picture, whatever its name says: ask for the .docx file, or paste the text."
    ),
    DocumentCode.OTHER_KIND: gettext_noop(
        "The file is no text document, whatever its name says: choose the .docx, .txt or .html file."
    ),
    DocumentCode.ENCRYPTED: gettext_noop(
        "The document is protected by a password: "
        "remove the password in Word or WPS, save it and upload it again."
    ),
    DocumentCode.MACROS: gettext_noop(
        "The document contains macros: save it as .docx without macros and upload that."
    ),
    DocumentCode.DAMAGED: gettext_noop(
        "The document is damaged or was not uploaded completely: "
        "open it in Word or WPS, save it as a new .docx file and upload that."
    ),
    DocumentCode.TOO_MANY_PARTS: gettext_noop(
        "The document consists of more than %(limit)s parts: "
        "copy the text into a new document and upload that."
    ),
    DocumentCode.UNPACKED_TOO_BIG: gettext_noop(
        "Unpacked, the document is larger than %(limit)s MB: "
        "copy the text alone into a new document and upload that."
    ),
    DocumentCode.PACKED_TOO_TIGHTLY: gettext_noop(
        "The part “%(part)s” unpacks to more than %(limit)s times its size: "
        "copy the text alone into a new document and upload that."
    ),
    DocumentCode.SIZES_DIFFER: gettext_noop(
        "The part “%(part)s” is not as large as the file says: "
        "open the file in Word or WPS, save it as a new .docx file and upload that."
    ),
    DocumentCode.UNSAFE_NAME: gettext_noop(
        "The part “%(part)s” has a name that points outside the file: "
        "copy the text into a new document and upload that."
    ),
    DocumentCode.DUPLICATE_NAME: gettext_noop(
        "The part “%(part)s” occurs twice in the file: copy the text into a new document and upload that."
    ),
    DocumentCode.DOCUMENT_TYPE: gettext_noop(
        "The part “%(part)s” declares a document type, entities or an unusual encoding, "
        "which are not allowed: copy the text into a new document and upload that."
    ),
    DocumentCode.TOO_COMPLEX: gettext_noop(
        "The document consists of more than %(limit)s elements, or nests them too deeply: "
        "copy the text alone into a new document and upload that."
    ),
    DocumentCode.MIXED_ENCODING: gettext_noop(
        "Line %(line)s, from byte %(byte)s of the file on, is not written in %(encoding)s like the rest: "
        "open the file in a text editor, correct this place, save all of it as UTF-8 and upload it again."
    ),
    DocumentCode.UNKNOWN_ENCODING: gettext_noop(
        "The file is no text in UTF-8, GB 18030 or UTF-16 with a byte order mark: "
        "open it in the program that wrote it, save it as .txt in the encoding UTF-8 and upload that."
    ),
    DocumentCode.NO_TEXT: gettext_noop(
        "There is no text, only blanks or pictures: ask for a document whose text can be selected and copied."
    ),
    DocumentCode.TOO_LONG: gettext_noop(
        "The text is longer than the %(limit)s characters allowed: "
        "keep the work plan and leave out everything else."
    ),
    DocumentCode.CONTROL_CHARACTER: gettext_noop(
        "Line %(line)s holds a control character (%(character)s), which no text has: "
        "delete it, or save the document as .txt anew."
    ),
    DocumentCode.NO_NUMBER: gettext_noop(
        "The text holds not a single number, so it has no targets: check that it is the whole work plan."
    ),
}


class RefusedDocument(ValueError):
    """A document that is not read: `code` and the named values of its message."""

    def __init__(self, code: DocumentCode, **values: str) -> None:
        super().__init__(f"{code} {values}")
        self.code = code
        self.values = values
