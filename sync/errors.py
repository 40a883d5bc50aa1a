"""Owns what can go wrong between a laptop and its county, and the Chinese sentence a person can act on for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mzdesk.errors import MzError


class LineError(Exception):
    """The line or the server failed for now; the exchange tries again. `retry_after` is what the server asked for, in seconds."""

    def __init__(self, why: str, retry_after: float | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.retry_after = retry_after


class RefusedError(Exception):
    """The county refused; `code` is stable, `detail` holds what it added (head, offset, order)."""

    def __init__(self, code: str, detail: Mapping[str, object] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail or {}


class RevokedError(MzError):
    """The county revoked this laptop; `order` is its signed order to destroy the keys."""

    def __init__(self, order: bytes) -> None:
        super().__init__("这台电脑已被县里注销", "县里已停用这台电脑，数据将不能再打开。如有疑问，请联系县民政局。")
        self.order = order


@dataclass(frozen=True, slots=True)
class Sentence:
    """Title and advice for one code; `final` where trying again is of no use before a person has acted."""

    title: str
    message: str
    final: bool = False


SENTENCES: Mapping[str, Sentence] = {
    "UNAUTHORISED": Sentence(
        "县里不认得这台电脑", "登记可能已失效。请向县里要一个新的登记码，在“数据交换”页重新登记。数据都在本机。", True
    ),
    "UNKNOWN_DEVICE": Sentence("县里不认得这台电脑", "请向县里要一个新的登记码，在“数据交换”页重新登记。数据都在本机。", True),
    "BAD_SIGNATURE": Sentence("县里核对签名没有通过", "请向县里要一个新的登记码，重新登记这台电脑。数据都在本机。", True),
    "WRONG_COUNTY": Sentence("这不是您的县", "数据是封给另一个县的，这里打不开。请核对服务器地址或所选的文件。", True),
    "WRONG_TOWNSHIP": Sentence("乡镇不一致", "这台电脑登记的乡镇与数据不符。请联系县里核对登记。", True),
    "FORK": Sentence(
        "这台电脑的数据曾被复制或恢复",
        "县里发现同一编号有两份不同的数据，已暂停接收以免混乱。请向县里要一个新的登记码重新登记，未送的记录会自动补送。",
        True,
    ),
    "CHAIN": Sentence("批次前后接不上", "请向县里要一个新的登记码重新登记，未送的记录会自动补送。", True),
    "REVOKED": Sentence("这台电脑已被县里注销", "县里不再接收这台电脑的数据。请联系县民政局。", True),
    "TOO_BIG": Sentence("这一批太大", "请升级程序后再试；数据都在本机。", True),
    "BAD_SUITE": Sentence("县里的程序太旧", "县里还不能读这种加密方式。请联系县里升级服务器。", True),
    "TICKET_EXPIRED": Sentence("登记码已过期", "登记码七天内有效。请向县里要一个新的。", True),
    "TICKET_USED": Sentence("登记码已用过", "一个登记码只能登记一台电脑。请向县里要一个新的。", True),
    "TICKET_UNKNOWN": Sentence("县里没有这个登记码", "请核对是否完整粘贴，或向县里要一个新的。", True),
    "BUSY": Sentence("县里的服务器正忙", "程序会稍后自动再试，您可以继续工作。"),
}
OTHER = Sentence("县里拒收", "程序会稍后再试。如果一直这样，请把这个代码告诉县里：{code}")
OFFLINE = Sentence("连不上县里的服务器", "没有网络也不影响工作，联网后会自动发送。也可以用 U 盘把数据交到县里。")


def told(error: LineError | RefusedError) -> Sentence:
    """Return what to show for a failure of the exchange."""
    if isinstance(error, LineError):
        return Sentence(OFFLINE.title, f"{OFFLINE.message}（{error.why}）")
    found = SENTENCES.get(error.code, OTHER)
    return Sentence(found.title, found.message.format(code=error.code), found.final)
