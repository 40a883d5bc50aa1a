"""The words of the exchange: nothing is claimed that was not measured, and every state says what to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sync.errors import OFFLINE, SENTENCES
from sync.exchange import Exchanged, ExchangeStatus
from ui.pages import exchange_words as words
from ui.words import copies_words

QUIET = ExchangeStatus(True, "肥城市民政局", "d", {}, 0, 0, 0, 0, 0, "", 0, None, 0, 0, 0)


def test_kinds_stand_in_one_order() -> None:
    assert words.waiting_words({"person": 3, "record": 12, "unheard": 1, "relation": 0}) == "填写的记录 12 条、档案 3 条、其他 1 条"


@pytest.mark.parametrize(("seconds", "told"), [(5, "不到 1 分钟"), (240, "约 4 分钟"), (3600, "约 1 小时"), (4800, "约 1 小时 20 分钟")])
def test_how_long(seconds: float, told: str) -> None:
    assert words.time_words(seconds) == told


def test_time_is_told_only_where_it_was_measured() -> None:
    waiting = replace(QUIET, pending_by_kind={"record": 1}, bytes_left=600_000)
    assert "分钟" not in words.left_words(waiting, None)
    assert words.left_words(waiting, 2000) == "还要传：585 KB，按上次测到的速度（每秒 1 KB）约 5 分钟"
    assert words.left_words(replace(waiting, last_error=OFFLINE), 2000).endswith("连上后约 5 分钟")
    assert words.left_words(QUIET, 2000) == ""


def test_when_next_and_why() -> None:
    assert words.next_words(QUIET, 0).startswith("没有要送的；每半小时")
    assert words.next_words(replace(QUIET, pending_by_kind={"record": 1}), 0) == "下次自动发送：一分钟内。"
    failed = replace(QUIET, last_error=OFFLINE, next_try=1_781_485_500_000, failures=4)
    told = words.next_words(failed, 1_781_485_200_000)
    assert told.startswith("下次自动再试：6月15日 09:05（约 5 分钟后）。已经试了 4 次") and "最长 15 分钟" in told
    assert words.next_words(failed, 1_781_485_500_000) == "下次自动再试：一分钟内。"
    assert words.next_words(replace(QUIET, last_error=SENTENCES["FORK"]), 0).startswith("不会自动再试")


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_final_state_has_one_thing_to_do(code: str) -> None:
    sentence = SENTENCES[code]
    assert words.code_of(sentence) == code
    assert words.must_rejoin(sentence) == (code in words.REJOIN)
    assert sentence.message


@pytest.mark.parametrize(
    ("offset", "told"),
    [(0, ""), (300_000, ""), (-300_001, "快了 5 分钟"), (7_200_000, "慢了 2 小时"), (-3 * 86_400_000, "快了 3 天")],
)
def test_a_clock_is_fast_or_slow(offset: int, told: str) -> None:
    found = words.clock_words(offset)
    assert told in found if told else found == ""


def test_a_result_claims_what_the_receipts_say() -> None:
    assert words.result_words(Exchanged()) == "没有要送的，县里也没有新内容。"
    done = Exchanged(batches=1, sent=5, accepted=4, returned=1, pulled=2, receipts=("a",), files=1)
    assert words.result_words(done) == "送达 4 条（回执 1 张），附件 1 个，收到县里的 2 项，退回 1 条，请看“县里退回”。"
    assert words.result_words(replace(done, stopped=True)).startswith("已停下：送达 4 条")
    assert words.taken_words(Exchanged())[1] == "amber"


def test_where_a_record_lies() -> None:
    assert copies_words("", "") == "只在本机（还没有送出，或没有收到回执）"
    assert copies_words("stick", "").startswith("本机、U盘")
    assert copies_words("stick", "260615-ABCD-0001") == "本机、县里（回执号 260615-ABCD-0001）"
    assert copies_words("county", "") == "本机、县里（由县里下发）"


def test_values_in_dispute_read_as_people_say_them() -> None:
    assert words.side_words("deleted_at", 0) == "保留" and words.side_words("deleted_at", 5) == "删除"
    assert words.side_words("life", "") == "（空）" and words.side_words("tags", ["甲", "乙"]) == "甲、乙"
