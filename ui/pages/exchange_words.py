"""What the exchange says on the screen: kinds, sizes, how long, when next and why; pure, and nothing is claimed that was not measured."""

from __future__ import annotations

from collections.abc import Mapping

from mzdesk.registry.field_names import FIELD_NAMES, value_name
from mzdesk.registry.groups import RELATIONS
from sync.errors import SENTENCES, Sentence
from sync.exchange import Exchanged, ExchangeStatus
from ui.words import show_instant

KIND_WORDS: Mapping[str, str] = {
    "record": "填写的记录",
    "person": "档案",
    "enrolment": "对象类别",
    "relation": "家庭关系",
    "follow_up": "跟进事项",
    "attachment": "附件",
    "division": "村（居）",
    "tombstone": "删除",
    "account": "账户",
    "parameter": "参数",
}
REJOIN = frozenset({"UNAUTHORISED", "UNKNOWN_DEVICE", "BAD_SIGNATURE", "FORK", "CHAIN"})
CLOCK_LIMIT_MS = 5 * 60_000
MORE_FIELDS: Mapping[str, str] = {
    "group": "对象类别",
    "deleted_at": "是否删除",
    "life_on": "迁出或去世日期",
    "merged_into": "合并到",
    "bank_tail": "银行卡尾号",
    "other_id": "关系人",
    "kind": "关系",
    "person_id": "对象",
    "answers": "填写的内容",
    "agreed_on": "约定日期",
}


def kind_words(kind: str) -> str:
    """Return what a kind of operation is called."""
    return KIND_WORDS.get(kind, "其他")


def waiting_words(pending: Mapping[str, int]) -> str:
    """Return such as 填写的记录 12 条、档案 3 条."""
    order = list(KIND_WORDS)
    shown = sorted(pending.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order))
    return "、".join(f"{kind_words(kind)} {count} 条" for kind, count in shown if count)


def size_words(size: int) -> str:
    """Return such as 不到 1 KB, 128 KB, 3.4 MB."""
    if size < 1024:
        return "不到 1 KB"
    return f"{size // 1024} KB" if size < 1 << 20 else f"{size / (1 << 20):.1f} MB"


def time_words(seconds: float) -> str:
    """Return such as 不到 1 分钟, 约 4 分钟, 约 1 小时 20 分钟."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return "不到 1 分钟"
    hours, rest = divmod(minutes, 60)
    return f"约 {hours} 小时 {rest} 分钟" if hours and rest else f"约 {hours} 小时" if hours else f"约 {minutes} 分钟"


def left_words(status: ExchangeStatus, rate: int | None) -> str:
    """Return how much is left, and how long that takes at the measured pace; without a measured pace nothing is said of time."""
    if not status.bytes_left:
        return ""
    size = f"还要传：{size_words(status.bytes_left)}"
    if rate is None:
        return f"{size}。还没有测到这条线路的速度，传起来才知道要多久"
    takes = time_words(status.bytes_left / rate)
    return f"{size}，按上次测到的速度（每秒{_spaced(size_words(rate))}）{'连上后' if status.last_error else ''}{takes}"


def _spaced(text: str) -> str:
    """Set a space before a figure, none before a word."""
    return f" {text}" if text[:1].isdigit() else text


def next_words(status: ExchangeStatus, now_ms: int) -> str:
    """Return when the next try is, and why then."""
    error = status.last_error
    if error is not None and error.final:
        return "不会自动再试：先要处理上面的问题。"
    if error is not None and status.next_try > now_ms:
        after = time_words((status.next_try - now_ms) / 1000)
        tried = (
            f"已经试了 {status.failures} 次，每次多等一会儿，最长 15 分钟；网络一恢复会马上再试" if status.failures > 1 else "刚才没有连上"
        )
        return f"下次自动再试：{show_instant(status.next_try)}（{after}后）。{tried}。"
    if error is not None:
        return "下次自动再试：一分钟内。"
    if any(status.pending_by_kind.values()) or status.batches_waiting:
        return "下次自动发送：一分钟内。"
    return "没有要送的；每半小时自动问一次县里有没有新内容。"


def last_words(status: ExchangeStatus) -> str:
    """Return the last receipt with its number and time."""
    if not status.last_receipt_at:
        return "还没有收到过县里的回执。"
    return f"最近一张回执：{status.last_receipt}（{show_instant(status.last_receipt_at)}）"


def clock_words(offset_ms: int) -> str:
    """Return what to say of a clock that is wrong, "" within five minutes; `offset_ms` = county's clock − laptop's."""
    if abs(offset_ms) <= CLOCK_LIMIT_MS:
        return ""
    minutes = abs(offset_ms) // 60_000
    long = f"{minutes // 1440} 天" if minutes >= 2880 else f"{minutes // 60} 小时" if minutes >= 120 else f"{minutes} 分钟"
    way = "慢" if offset_ms > 0 else "快"
    return f"这台电脑的时间比县里{way}了 {long}，请校准电脑的日期和时间。记录里本机时间和校正后的时间都会保存。"


def code_of(error: Sentence | None) -> str:
    """Return the code of a stored sentence, "" where it has none of its own."""
    return next((code for code, known in SENTENCES.items() if error == known), "")


def must_rejoin(error: Sentence | None) -> bool:
    """Tell whether only a new code of the county helps."""
    return code_of(error) in REJOIN


def result_words(done: Exchanged) -> str:
    """Return what an exchange did, in one sentence that never claims more than the receipts say."""
    told = []
    if done.accepted:
        told.append(f"送达 {done.accepted} 条（回执 {len(done.receipts)} 张）")
    if done.files:
        told.append(f"附件 {done.files} 个")
    if done.pulled:
        told.append(f"收到县里的 {done.pulled} 项")
    if done.returned:
        told.append(f"退回 {done.returned} 条，请看“县里退回”")
    words = "，".join(told) if told else "没有要送的，县里也没有新内容"
    return f"已停下：{words}。没送完的还在本机，下次接着送。" if done.stopped else f"{words}。"


def taken_words(done: Exchanged) -> tuple[str, str]:
    """Return what a parcel from the county brought, and the tone."""
    told = []
    if done.receipts:
        told.append(f"回执 {len(done.receipts)} 张：收下 {done.accepted} 条" + (f"，退回 {done.returned} 条" if done.returned else ""))
    if done.pulled:
        told.append(f"县里下发的内容 {done.pulled} 项")
    if not told:
        return "这个文件以前导入过，没有新内容，也没有改动任何数据。", "amber"
    return f"已导入：{'；'.join(told)}。", "amber" if done.returned else "green"


def field_words(name: str) -> str:
    """Return what a column is called."""
    return FIELD_NAMES.get(name) or MORE_FIELDS.get(name, "")


def side_words(field: str, value: object) -> str:
    """Return a value of a dispute as people say it."""
    if field == "deleted_at":
        return "删除" if value else "保留"
    if field == "kind":
        return RELATIONS.get(str(value), str(value))
    if isinstance(value, list):
        return "、".join(str(item) for item in value) or "（空）"
    return value_name(field, str(value)) if value not in ("", None) else "（空）"
