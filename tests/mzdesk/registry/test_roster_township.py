"""A roster tells its township; a file that holds no people is called that, not a roster of an unknown place."""

from __future__ import annotations

from pathlib import Path

import pytest

from mzdesk.errors import MzError
from mzdesk.registry.roster_township import guess


def write(folder: Path, name: str, rows: list[str]) -> Path:
    path = folder / name
    path.write_text("\n".join(rows), "utf-8")
    return path


def test_the_title_and_the_villages_tell_the_township(tmp_path: Path) -> None:
    rows = ["姓名,身份证号码,村", "王一,370983201603150021,白家楼村", "王二,370983201603150048,后韩村"]
    assert guess(write(tmp_path, "桃园镇留守儿童花名册.csv", rows)).code == "370983103"


@pytest.mark.parametrize("rows", [["# 说明", "这里写了几句话，没有人"], ["日期,事项", "3月1日,开会"]])
def test_a_file_without_people_is_told_so(tmp_path: Path, rows: list[str]) -> None:
    with pytest.raises(MzError, match="没有找到花名册的表头"):
        guess(write(tmp_path, "说明.csv", rows))
