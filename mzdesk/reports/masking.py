"""Masks on paper: identity and telephone numbers show only what tells two people apart, wherever in a text they stand."""

import re

_ID = re.compile(r"(?<![\dA-Za-z])(\d{4})\d{10}(\d{3}[\dXx])(?![\dA-Za-z])")
_CERTIFICATE = re.compile(r"(?<![\dA-Za-z])(\d{4})\d{10}(\d{3}[\dXx]\d\d)(?![\dA-Za-z])")
_MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")
_DIGITS = re.compile(r"\d{11}")


def mask_numbers(text: str) -> str:
    """Mask every identity number (3709**********001X), disability certificate number (20 characters) and mobile number (138****2206).

    The identity number has 18 characters after GB 11643; masked numbers stay as they are.
    """
    if not _DIGITS.search(text):
        return text
    text = _CERTIFICATE.sub(r"\1**********\2", text)
    text = _ID.sub(r"\1**********\2", text)
    return _MOBILE.sub(r"\1****\2", text)
