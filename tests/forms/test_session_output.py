"""What leaves a session: OpenRosa submissions and entities."""

from __future__ import annotations

import pytest
from lxml import etree

from forms import catalog
from forms.entities import Entity
from forms.session import FormSession
from forms.xform import Form
from tests.forms.example_parts import CLOCK
from tests.forms.examples import EXAMPLES
from tests.forms.session_support import form_of, open_session, start

PERSON = form_of(
    '<id/><name/><r jr:template=""><kid/><meta><entity dataset="kids" id="" create="1"><label/></entity></meta></r>'
    '<meta><entity dataset="people" id="" create="" update="" baseVersion=""><label/></entity><instanceID/></meta>',
    """<bind nodeset="/data/name" entities:saveto="full_name"/><bind nodeset="/data/r/kid" entities:saveto="kid_name"/>
    <bind nodeset="/data/meta/entity/@id" calculate="/data/id"/><bind nodeset="/data/meta/entity/@create" calculate="/data/id = 'new'"/>
    <bind nodeset="/data/meta/entity/@update" calculate="/data/id != 'new' and /data/id != ''"/>
    <bind nodeset="/data/meta/entity/label" calculate="/data/name"/><bind nodeset="/data/r/meta/entity/label" calculate="../../../kid"/>
    <bind nodeset="/data/r/meta/entity/@id" calculate="concat('k', position(../../..))"/>""",
    '<input ref="/data/name"/><repeat nodeset="/data/r"><input ref="/data/r/kid"/></repeat>',
)


def test_entities_are_created_updated_or_left_alone() -> None:
    session = open_session(PERSON)
    session.set("/data/name", "张三")
    assert session.entities() == ()
    session.set("/data/id", "new")
    assert session.entities() == (Entity("people", "create", "new", "张三", {"full_name": "张三"}),)
    session.set("/data/id", "p7")
    assert [entity.action for entity in session.entities()] == ["update"]


def test_entities_in_repeats_keep_their_own_properties() -> None:
    session = open_session(PERSON)
    for place, name in enumerate(("大娃", "二娃"), 1):
        session.add_repeat("/data/r")
        session.set(f"/data/r[{place}]/kid", name)
    assert session.entities() == (
        Entity("kids", "create", "k1", "大娃", {"kid_name": "大娃"}),
        Entity("kids", "create", "k2", "二娃", {"kid_name": "二娃"}),
    )


def test_submission_is_an_openrosa_instance() -> None:
    session = start("<a/><b>x</b><c/>", '<bind nodeset="/data/c" relevant="/data/b = \'y\'"/>', '<input ref="/data/a"/>')
    session.set("/data/a", "<&\x00𠮷>")
    root = etree.fromstring(session.submission())
    assert (root.tag, root.get("id"), root.get("version")) == ("data", "t", "1")
    assert [child.tag for child in root] == ["a", "b", "{http://openrosa.org/xforms}meta"]
    assert root.findtext("a") == "<&𠮷>"
    assert str(root.findtext("{*}meta/{*}instanceID")).startswith("uuid:")


@pytest.mark.parametrize("form", catalog.all(), ids=lambda form: form.form_id)
def test_every_shipped_form_round_trips_its_example(form: Form) -> None:
    session = FormSession(form, EXAMPLES[form.form_id], clock=lambda: CLOCK)
    assert session.problems() == ()
    assert session.faults == ()
    root = etree.fromstring(session.submission())
    assert (root.get("id"), root.get("version")) == (form.form_id, form.version)
    again = FormSession(form, session.answers(), clock=lambda: CLOCK)
    assert again.answers() == session.answers()
    assert again.submission() == session.submission()
    assert again.entities() == session.entities()
