from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QPushButton

from mzdesk.casework import follow_ups, person_files, route_papers, route_scans
from mzdesk.registry import enrolments, people
from mzdesk.registry.people import PersonRow, Query
from mzdesk.station import Station
from tests.mzdesk.casework.test_route_scans import photo
from tests.ui.conftest import Desk
from tests.ui.test_desk import VISIT, first_person, start_visit
from ui.pages.fill import FillPage
from ui.pages.fill_trip import TripDialog
from ui.pages.person import PersonPage
from ui.pages.person_edit_cards import PictureDialog
from ui.pages.today import TodayPage
from ui.pages.today_route import ScanDialog
from ui.paper_preview import PaperPreview
from ui.requests import OpenPage, OpenPerson


def neighbours(station: Station) -> tuple[PersonRow, ...]:
    """Return the overdue people of the village that has most of them."""
    overdue = people.find(station, Query(due="overdue")).rows
    village = Counter(row.village for row in overdue).most_common(1)[0][0]
    return tuple(row for row in overdue if row.village == village)


def visible(desk: Desk, kind: type[Any]) -> Any:
    return next(found for found in desk.window.findChildren(kind) if found.isVisible())


def test_a_route_sheet_goes_out_and_comes_back(desk: Desk, station: Station, tmp_path: Path) -> None:
    someone = neighbours(station)[0]
    page = desk.open(OpenPage("today"))
    assert isinstance(page, TodayPage)
    page.village.setCurrentIndex(page.village.findData(someone.village))
    page.opened()
    desk.settle()
    dialog = page.route.ask()
    assert dialog is not None and dialog.value("village") == someone.village
    dialog.submit()
    desk.settle()
    preview = visible(desk, PaperPreview)
    assert isinstance(preview, PaperPreview) and preview.pages
    scan = tmp_path / "路线单.pdf"
    scan.write_bytes(preview._pdf)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(scan))])
    page.dropEvent(QDropEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier))
    desk.settle()
    asked = visible(desk, ScanDialog)
    assert isinstance(asked, ScanDialog)
    assert set(asked.boxes) == {row.id for row in neighbours(station)}
    for person_id, box in asked.boxes.items():
        box.setChecked(person_id == someone.id)
    asked.submit()
    desk.settle()
    assert desk.window.current == "person"
    (matter,) = follow_ups.find_open(station, person_id=someone.id, kinds=("route_sheet",))
    assert "照路线单补录走访" in matter.title
    assert len(person_files.of_person(station, someone.id)) == 1


def test_nobody_ticked_is_asked_again(desk: Desk, station: Station, tmp_path: Path) -> None:
    page = desk.open(OpenPage("today"))
    scan = tmp_path / "a.pdf"
    scan.write_bytes(route_papers.print_route_sheet(station, neighbours(station)[0].village))
    page.route.take(scan)
    desk.settle()
    asked = visible(desk, ScanDialog)
    assert isinstance(asked, ScanDialog)
    for box in asked.boxes.values():
        box.setChecked(False)
    asked.submit()
    assert asked.isVisible() and "至少" in asked.banner.text()


def test_a_photo_without_a_code_says_how_to_take_one(desk: Desk, tmp_path: Path) -> None:
    page = desk.open(OpenPage("today"))
    path = tmp_path / "风景.png"
    Image.new("RGB", (300, 200), "white").save(path)
    page.route.take(path)
    desk.settle()
    assert "二维码" in page.banner.text()
    page.route.take(tmp_path / "没有.jpg")
    desk.settle()
    assert "读不到" in page.banner.text()


def test_a_picture_opens_from_the_file(desk: Desk, station: Station, tmp_path: Path) -> None:
    someone = neighbours(station)[0]
    content = photo(route_papers.print_route_sheet(station, someone.village))
    (sheet,) = route_scans.find(station, content)
    assert route_scans.bind(station, sheet, "a.jpg", content, [someone.id]) == 1
    page = desk.open(OpenPerson(someone.id))
    assert isinstance(page, PersonPage)
    assert page.files.isVisible()
    next(found for found in page.files.findChildren(QPushButton) if found.text() == "查看").click()
    desk.settle()
    shown = visible(desk, PictureDialog)
    assert isinstance(shown, PictureDialog) and shown.picture.pixmap().width() > 100


def test_whoever_else_is_due_at_the_address_is_offered_with_what_is_shared(desk: Desk, station: Station) -> None:
    visited = first_person(station)
    home = people.get(station, visited).person
    other = next(row for row in people.find(station, Query()).rows if row.id != visited and row.next_due <= "2026-07-10")
    if other.village != home.village:
        enrolments.move(station, other.id, home.village, "2026-06-14")
    people.edit(station, other.id, {"address": home.address})
    page = start_visit(desk, visited)
    view = page.view
    assert view is not None
    for ref, value in VISIT.items():
        view.change(ref, value)
    page.submit()
    desk.settle()
    assert desk.window.current == "record"
    offer = visible(desk, TripDialog)
    assert isinstance(offer, TripDialog)
    offer.starts[0].click()
    desk.settle()
    filling = desk.window.page("fill")
    assert isinstance(filling, FillPage) and filling.view is not None and desk.window.current == "fill"
    session = filling.view.session
    assert session.named("person_id") == other.id
    assert session.named("contact_mode") == VISIT["/data/visit/contact_mode"]
