"""Published documents as text: .docx, .txt and saved web pages, or a refusal that says what to do.

Pure: no Django. `read_document` takes the bytes of a file, `check_text` a pasted text.
"""

from plans.readers.document import read_document
from plans.readers.refusals import MESSAGES, DocumentCode, ReadDocument, RefusedDocument, SourceFormat
from plans.readers.text_checks import MAX_CHARACTERS, check_text

__all__ = [
    "MAX_CHARACTERS",
    "MESSAGES",
    "DocumentCode",
    "ReadDocument",
    "RefusedDocument",
    "SourceFormat",
    "check_text",
    "read_document",
]
