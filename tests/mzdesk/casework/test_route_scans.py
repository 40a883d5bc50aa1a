from __future__ import annotations

import io
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from mzdesk.casework import follow_ups, person_files, route_papers, route_scans
from mzdesk.errors import MzError
from mzdesk.registry import people
from mzdesk.reports.preview import page_bitmaps, page_sizes
from tests.mzdesk.casework.conftest import OTHER_VILLAGE, VILLAGE, Desk, director_of


def due_people(desk: Desk, count: int) -> list[str]:
    """Register children who are overdue; the first two live together."""
    ids = [desk.register(risk="high").person_id for _ in range(count)]
    for person_id in ids[:2]:
        people.edit(desk.station, person_id, {"address": "二组9号"})
    desk.pass_days(60)
    return ids


def photo(pdf: bytes, page: int = 1, *, turn: float = 6.0) -> bytes:
    """A page as a hand-held phone takes it: turned, a little out of focus, strongly compressed."""
    bitmap = next(page_bitmaps(pdf, 130, page, page))
    whole = Image.frombuffer("RGB", (bitmap.width, bitmap.height), bitmap.pixels, "raw", "BGRX", bitmap.stride, 1).convert("L")
    taken = whole.rotate(turn, expand=True, fillcolor=110).filter(ImageFilter.GaussianBlur(0.8))
    out = io.BytesIO()
    taken.save(out, "JPEG", quality=55)
    return out.getvalue()


def test_a_photo_finds_the_people_of_its_page(desk: Desk) -> None:
    ids = due_people(desk, 9)
    pdf = route_papers.print_route_sheet(desk.station, VILLAGE)
    count = len(page_sizes(pdf))
    assert count == 2
    seen: list[str] = []
    for page in (1, 2):
        (found,) = route_scans.find(desk.station, photo(pdf, page, turn=-8.0 * page))
        assert found.page == page and found.village_name == people.get(desk.station, ids[0]).village_name
        seen += [person.person_id for person in found.people]
    assert sorted(seen) == sorted(ids)
    assert [found.page for found in route_scans.find(desk.station, pdf)] == [1, 2]  # the scan of a whole stack


def test_a_photo_is_kept_once_with_a_matter_of_each_and_settled_by_the_visit(desk: Desk) -> None:
    ids = due_people(desk, 2)
    pdf = route_papers.print_route_sheet(desk.station, VILLAGE)
    content = photo(pdf)
    (found,) = route_scans.find(desk.station, content)
    assert route_scans.bind(desk.station, found, "a.jpg", content, ids) == 2
    assert route_scans.bind(desk.station, found, "a.jpg", content, ids) == 0
    assert route_scans.bind(desk.station, found, "b.jpg", photo(pdf, turn=3), ids[:1]) == 1  # a better picture joins the matter
    (matter,) = follow_ups.find_open(desk.station, person_id=ids[0], kinds=("route_sheet",))
    assert matter.due_on == (desk.station.today() + timedelta(days=7)).isoformat()
    held = person_files.of_person(desk.station, ids[0])
    assert len(held) == 2 and all(one.is_picture and one.record_id == "" for one in held)
    assert all(person.kept for person in route_scans.find(desk.station, content)[0].people)
    desk.visit(ids[0])
    assert follow_ups.find_open(desk.station, person_id=ids[0], kinds=("route_sheet",)) == ()
    assert len(follow_ups.find_open(desk.station, person_id=ids[1], kinds=("route_sheet",))) == 1


def test_only_who_stands_on_the_sheet_can_be_chosen(desk: Desk) -> None:
    ids = due_people(desk, 2)
    elsewhere = desk.register(village=OTHER_VILLAGE).person_id
    content = photo(route_papers.print_route_sheet(desk.station, VILLAGE))
    (found,) = route_scans.find(desk.station, content)
    with pytest.raises(MzError, match="请选择"):
        route_scans.bind(desk.station, found, "a.jpg", content, [elsewhere])
    assert route_scans.bind(desk.station, found, "a.jpg", content, [elsewhere, ids[0]]) == 1
    assert person_files.of_person(desk.station, elsewhere) == ()


def test_a_sheet_of_another_village_or_station_is_refused(desk: Desk) -> None:
    ids = due_people(desk, 1)
    pdf = route_papers.print_route_sheet(desk.station, VILLAGE)
    stranger = director_of(desk.station, OTHER_VILLAGE)
    with pytest.raises(MzError, match="不是在这台电脑上"):
        route_scans.find(stranger, photo(pdf))
    with pytest.raises(MzError, match="不能打印"):
        route_papers.print_route_sheet(stranger, VILLAGE)
    with pytest.raises(MzError):
        person_files.of_person(stranger, ids[0])
    with pytest.raises(MzError, match="没有要走访的人"):
        route_papers.print_route_sheet(desk.station, OTHER_VILLAGE)


def test_phones_are_masked_unless_there_is_a_reason(desk: Desk) -> None:
    from pypdfium2 import PdfDocument

    ids = due_people(desk, 1)
    phone = people.reveal(desk.station, ids[0], "核对").phone
    assert phone
    texts = []
    for reason in ("", "山路远，要先打电话"):
        document = PdfDocument(route_papers.print_route_sheet(desk.station, VILLAGE, unmask_reason=reason))
        texts.append(document[0].get_textpage().get_text_range())
        document.close()
    assert phone not in texts[0] and phone[:3] in texts[0]
    assert phone in texts[1]


def test_pictures_without_a_code_say_how_to_take_one() -> None:
    out = io.BytesIO()
    Image.new("RGB", (600, 400), "white").save(out, "PNG")
    with pytest.raises(MzError, match="没有找到路线单的二维码"):
        route_scans.read_codes(out.getvalue())
    with pytest.raises(MzError, match="太大"):
        route_scans.read_codes(bytes(route_scans.MAXIMUM_BYTES + 1))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.binary(max_size=400),
    st.sampled_from((b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"%PDF-1.7\n", b"BM", b"RIFF\x00\x00\x00\x00WEBP")),
)
def test_any_bytes_end_in_one_clear_sentence(tail: bytes, head: bytes) -> None:
    with pytest.raises(MzError):
        route_scans.read_codes(head + tail)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_damaged_photo_is_read_or_refused(data: st.DataObject) -> None:
    out = io.BytesIO()
    Image.linear_gradient("L").save(out, "JPEG")
    content = bytearray(out.getvalue())
    for _ in range(data.draw(st.integers(1, 12))):
        content[data.draw(st.integers(2, len(content) - 1))] = data.draw(st.integers(0, 255))
    with pytest.raises(MzError):
        route_scans.read_codes(bytes(content))
