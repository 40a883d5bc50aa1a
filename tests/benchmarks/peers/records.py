"""The records that ours and the peer send: filled visit forms of about 600 bytes of answers, Chinese text, valid under the shipped form."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from forms import catalog
from mzdesk.clock import FixedClock, new_id

FORM = "left_behind_child_visit"
SENTENCES = (
    "孩子由祖母照料，父母在外务工，每周通话一次。",
    "屋后水沟没有盖板，已提醒并登记上报。",
    "饮水安全，厨房用火规范，已提醒注意防火。",
    "近期情绪低落，话少，建议下周再次探访。",
    "学校反映作业完成情况良好，希望有人辅导数学。",
    "邻里关系融洽，没有受欺负的情况。",
    "早餐常常不吃，偏瘦，已与祖父约定准备早饭。",
    "祖父下地时孩子独自在家约两小时。",
    "低保金已足额到账，医保已续缴。",
)
SURNAMES, GIVEN = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗", "秀英桂兰建国志强玉梅小军丽华海燕春花文博子涵"


@dataclass(frozen=True, slots=True)
class Visit:
    """One filled form and what travels with it."""

    id: str
    content: dict[str, Any]


def visits(count: int, villages: tuple[str, ...], seed: int = 1) -> Iterator[Visit]:
    """Yield filled visits, the same for the same seed."""
    draw = random.Random(seed)
    clock = FixedClock.at("2026-11-24T09:00:00")
    version = catalog.get(FORM).version
    people = [new_id(clock) for _ in range(max(count // 4, 1))]
    for serial in range(count):
        clock.advance(seconds=7)
        village = draw.choice(villages)
        content = {
            "form_id": FORM,
            "form_version": version,
            "kind": "visit",
            "number": f"{village[:9]}-20261124-A7C2-{serial:05d}",
            "person_id": draw.choice(people),
            "village": village,
            "occurred_on": f"2026-11-{draw.randint(1, 24):02d}",
            "amends": "",
            "author_name": "李翀",
            "saved_at": clock.now_ms(),
            "answers": _answers(draw, village),
        }
        yield Visit(new_id(clock), content)


def _answers(draw: random.Random, village: str) -> dict[str, Any]:
    name = draw.choice(SURNAMES) + draw.choice(GIVEN) + draw.choice(GIVEN)
    note = "".join(draw.sample(SENTENCES, draw.randint(1, 2)))
    grades = {f"grade_{part}": draw.choice(["good", "good", "fair"]) for part in ("care", "living", "health", "school", "mood", "safety")}
    return {
        "subject": {
            "person_name": name,
            "person_sex": draw.choice("12"),
            "person_birth_date": f"201{draw.randint(2, 9)}-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}",
            "village_code": village,
        },
        "visit": _visit(draw, name),
        "grades": grades,
        "action": {"problems": note, "actions": draw.choice(SENTENCES), "risk_level": "low", "report_required": "no"},
    }


def _visit(draw: random.Random, name: str) -> dict[str, str]:
    return {
        "occurred_on": f"2026-11-{draw.randint(1, 24):02d}",
        "contact_mode": "home",
        "reached": "yes",
        "visitor": "李翀",
        "saw_child": "yes",
        "saw_carer": "yes",
        "interviewee": f"{name[0]}{draw.choice(GIVEN)}，祖父",
    }


def answer_bytes(sample: list[Visit]) -> float:
    """Return the mean size of the answers in bytes of compact UTF-8 JSON."""
    sizes = [len(json.dumps(visit.content["answers"], ensure_ascii=False, separators=(",", ":")).encode()) for visit in sample]
    return sum(sizes) / len(sizes)
