"""Made-up people for the demo, the tests and the benchmarks: valid check digits, real village codes, nobody who lives.

ID numbers carry the serial range 9xx in digits 15–17, and names are drawn from lists; the same seed gives the same people.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from mzdesk.registry.id_number import check_digit

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎单重"
RARE_SURNAMES = ("欧阳", "诸葛", "司马", "䶮", "亓", "逄")
GIVEN = "子轩浩宇欣怡梓涵思远雨桐佳琪文博晓彤俊杰志强秀英国富德才桂兰明月立春建军慧敏嘉豪诗涵一诺沐宸若曦天佑"
RARE_GIVEN = ("𬱖垚", "㛃雯", "犇犇", "堃", "翀", "喆", "龑", "昇", "㙍")
WORKPLACES = ("浙江省温州市", "江苏省苏州市", "广东省东莞市", "山东省青岛市", "北京市", "天津市", "上海市", "福建省泉州市")
SCHOOL_LEVELS = ((3, "not_yet"), (6, "kindergarten"), (12, "primary"), (15, "junior"), (18, "senior"))


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """A made-up person; `sex` as in GB/T 2261.1, `village` a 12-digit code."""

    name: str
    sex: str
    birth_date: date
    id_no: str
    village: str
    phone: str


class Sampler:
    """Draws people; no two ID numbers of one sampler are equal."""

    def __init__(self, seed: int = 2026) -> None:
        self._random = random.Random(seed)  # noqa: S311  (samples, not secrets)
        self._taken: set[str] = set()

    def pick(self, choices: Sequence[str]) -> str:
        """Draw one of `choices`."""
        return self._random.choice(choices)

    def chance(self, share: float) -> bool:
        """Tell whether an event of probability `share` happens."""
        return self._random.random() < share

    def number(self, low: int, high: int) -> int:
        """Draw an integer from `low` to `high`, both included."""
        return self._random.randint(low, high)

    def name(self, surname: str = "") -> str:
        """Draw a name; one in twelve has rare characters."""
        family = surname or (self.pick(RARE_SURNAMES) if self.chance(0.04) else self.pick(SURNAMES))
        if self.chance(0.08):
            return family + self.pick(RARE_GIVEN)
        return family + "".join(self.pick(GIVEN) for _ in range(self.number(1, 2)))

    def phone(self) -> str:
        """Draw a mobile number in the reserved-looking range 199 0000 xxxx."""
        return f"1990000{self.number(0, 9999):04d}"

    def birth_date(self, on: date, youngest: int, oldest: int) -> date:
        """Draw a birth date so that the age on `on` lies between `youngest` and `oldest` full years."""
        earliest = on.replace(year=on.year - oldest - 1, day=min(on.day, 28)) + timedelta(days=2)
        latest = on.replace(year=on.year - youngest, day=min(on.day, 28)) - timedelta(days=1)
        return earliest + timedelta(days=self.number(0, (latest - earliest).days))

    def id_no(self, county: str, born: date, sex: str) -> str:
        """Draw an ID number of a 6-digit county that no other person of this sampler has."""
        while True:
            serial = 900 + self.number(0, 49) * 2 + (1 if sex == "1" else 0)
            body = f"{county}{born:%Y%m%d}{serial}"
            if body not in self._taken:
                self._taken.add(body)
                return body + check_digit(body)
            born -= timedelta(days=1)

    def person(self, village: str, on: date, youngest: int, oldest: int, *, sex: str = "", surname: str = "") -> SamplePerson:
        """Draw a person of a village with an age from `youngest` to `oldest` on the date `on`."""
        chosen = sex or self.pick("12")
        id_no = self.id_no(village[:6], self.birth_date(on, youngest, oldest), chosen)
        born = date(int(id_no[6:10]), int(id_no[10:12]), int(id_no[12:14]))
        return SamplePerson(self.name(surname), chosen, born, id_no, village, self.phone())

    def people(self, villages: Sequence[str], on: date, count: int, youngest: int, oldest: int) -> Iterator[SamplePerson]:
        """Draw `count` people spread over `villages`."""
        for index in range(count):
            yield self.person(villages[index % len(villages)], on, youngest, oldest)
