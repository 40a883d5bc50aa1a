"""The one kind of error that a user can act on; everything else is a bug and reaches the crash dialog."""

from __future__ import annotations


class MzError(Exception):
    """A problem told in Chinese: `title` says what happened, `message` says what to do about it.

    `field` names the question or column where it happened, "" where there is none.
    """

    def __init__(self, title: str, message: str = "", *, field: str = "") -> None:
        super().__init__(f"{title}：{message}" if message else title)
        self.title = title
        self.message = message
        self.field = field
