"""What is told of an exception that nobody foresaw: one line, and where the traceback is."""

from __future__ import annotations

import os
import tempfile
import traceback

PREFIX = "a defect of tunspec: "


def tell(error: BaseException) -> str:
    """Write the traceback to a file, and return a line that names the error and the file."""
    text = "".join(traceback.format_exception(error))
    return of_text(text, f"{type(error).__name__}: {' '.join(str(error).split())}".rstrip(": "))


def of_text(text: str, what: str) -> str:
    """Do the same for a traceback that is ``text`` already, of an error that is called ``what``."""
    try:
        handle, name = tempfile.mkstemp(prefix="tunspec-traceback-", suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        return f"{PREFIX}{what}; its traceback could not be written: {error.strerror}"
    return f"{PREFIX}{what}; please report it with its traceback, which is in {name}"
