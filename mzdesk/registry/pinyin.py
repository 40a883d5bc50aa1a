"""How names sound: every reading of every sign, surnames first as surnames are read, and near-homophones folded together."""

from __future__ import annotations

import os
import re
import unicodedata
from functools import lru_cache
from itertools import islice, product

READINGS_OF_A_SIGN = 4
READINGS_OF_A_NAME = 9

# Surnames that are read otherwise than the sign usually is (《现代汉语词典》第7版).
_SURNAMES = {
    "曾": "zeng", "单": "shan", "仇": "qiu", "解": "xie", "区": "ou", "查": "zha", "华": "hua", "任": "ren", "朴": "piao", "盖": "ge",
    "翟": "zhai", "缪": "miao", "宓": "mi", "员": "yun", "覃": "qin", "秘": "bi", "冼": "xian", "黑": "he", "乐": "yue", "种": "chong",
    "洗": "xian", "折": "she", "祭": "zhai", "谌": "chen", "隗": "wei", "繁": "po", "那": "na", "车": "che", "俞": "yu", "佴": "nai",
    "牟": "mu", "燕": "yan", "应": "ying", "哈": "ha", "重": "chong", "召": "shao", "尹": "yin", "卜": "bu", "柏": "bai", "薄": "bo",
    "鲍": "bao", "沈": "shen", "石": "shi", "郗": "xi", "於": "yu", "么": "yao", "乜": "nie", "逄": "pang", "邰": "tai", "句": "gou",
    "过": "guo", "宁": "ning", "葛": "ge", "纪": "ji", "阚": "kan", "臧": "zang", "藏": "zang", "晁": "chao", "长": "zhang", "教": "jiao",
    "令": "ling", "万": "wan", "尉": "wei", "拓": "tuo", "呙": "guo", "郇": "xun", "撒": "sa", "适": "kuo", "都": "du", "干": "gan",
}  # fmt: skip
_DOUBLE_SURNAMES = {
    "尉迟": ("yu", "chi"), "万俟": ("mo", "qi"), "长孙": ("zhang", "sun"), "单于": ("chan", "yu"), "令狐": ("ling", "hu"),
    "澹台": ("tan", "tai"), "宰父": ("zai", "fu"), "皇甫": ("huang", "fu"), "夏侯": ("xia", "hou"), "拓跋": ("tuo", "ba"),
    "钟离": ("zhong", "li"), "鲜于": ("xian", "yu"), "呼延": ("hu", "yan"), "乐正": ("yue", "zheng"), "亓官": ("qi", "guan"),
}  # fmt: skip
_RARE = {"𬱖": "di", "龑": "yan", "䶮": "yan", "㛃": "jie", "𬭼": "sui", "𬬻": "lu", "𫍽": "xuan", "𬎆": "bin", "𬀩": "wei", "𫖯": "fu"}
_LATER_NG = re.compile(r"ng(?![aeiouv])")


@lru_cache(maxsize=20_000)
def readings(sign: str) -> tuple[str, ...]:
    """Return the toneless readings of one sign, the commonest first, ü as v; a sign that no table knows stands for itself."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")  # the phrases cost 180 ms to load and are not needed for names
    from pypinyin.constants import PINYIN_DICT

    known = PINYIN_DICT.get(ord(sign), "") or _RARE.get(sign, "")
    found = dict.fromkeys(_toneless(reading) for reading in known.split(",") if reading)
    return tuple(islice(found, READINGS_OF_A_SIGN)) or (sign.lower(),)


def _toneless(reading: str) -> str:
    bare = reading.replace("ü", "v").replace("ǖ", "v").replace("ǘ", "v").replace("ǚ", "v").replace("ǜ", "v")
    return "".join(part for part in unicodedata.normalize("NFD", bare) if part.isascii() and part.isalpha())


@lru_cache(maxsize=20_000)
def name_readings(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the ways in which a whole name may be read, each as syllables; the likeliest first, at most READINGS_OF_A_NAME."""
    signs = [sign for sign in name if sign not in " ·"]
    if not signs:
        return ()
    choices = [readings(sign) for sign in signs]
    head = _DOUBLE_SURNAMES.get("".join(signs[:2])) if len(signs) > 2 else None
    for place, syllable in enumerate(head or ((_SURNAMES[signs[0]],) if signs[0] in _SURNAMES else ())):
        choices[place] = tuple(dict.fromkeys((syllable, *choices[place])))
    return tuple(islice(product(*_narrowed(choices)), READINGS_OF_A_NAME))


def _narrowed(choices: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Drop the rarest readings, at the end of the name first, until the combinations are few enough to keep them all."""
    kept = list(choices)
    while _combinations(kept) > READINGS_OF_A_NAME:
        most = max(len(options) for options in kept)
        place = max(index for index, options in enumerate(kept) if len(options) == most)
        kept[place] = kept[place][: most - 1]
    return kept


def _combinations(choices: list[tuple[str, ...]]) -> int:
    count = 1
    for options in choices:
        count *= len(options)
    return count


@lru_cache(maxsize=20_000)
def sort_key(name: str) -> str:
    """Return what a list is sorted by: the likeliest reading, then the name itself."""
    ways = name_readings(name)
    return f"{' '.join(ways[0]) if ways else ''} {name}"


@lru_cache(maxsize=20_000)
def fold(letters: str) -> str:
    """Return letters as near-homophones share them: zh/z, ch/c, sh/s, l/n, and a final ng/n."""
    text = letters.replace("zh", "z").replace("ch", "c").replace("sh", "s").replace("l", "n")
    return _LATER_NG.sub("n", text)


def fold_syllables(syllables: tuple[str, ...]) -> str:
    """Return the fold of a reading whose syllables are known, so that xin+gang and xing+an stay apart."""
    return "".join(fold(syllable) for syllable in syllables)
