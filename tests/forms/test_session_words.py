"""Words: languages and their fallbacks, outputs, hints, guidance, pictures, names of choices, messages."""

from __future__ import annotations

from forms.session import FormSession
from tests.forms.session_support import start

ITEXT = """<itext><translation lang="中文 (zh)" default="true()">
<text id="a"><value>姓名 <output value="/data/b"/></value><value form="image">jr://images/a.png</value></text>
<text id="hint"><value>写全名</value><value form="guidance">与户口簿一致</value></text><text id="c1"><value>是</value></text>
<text id="only"><value>只有中文</value></text><text id="msg"><value>不能是 <output value="."/></value></text></translation>
<translation lang="English (en)">
<text id="a"><value>Name</value></text><text id="hint"><value>-</value></text>
<text id="c1"><value>Yes</value></text></translation></itext>"""


def session() -> FormSession:
    return start(
        "<a/><b>乙</b><c/><d/>",
        '<bind nodeset="/data/a" constraint=". != \'x\'" jr:constraintMsg="jr:itext(\'msg\')"/>'
        '<bind nodeset="/data/d" calculate="jr:choice-name(/data/c, \'/data/c\')"/>',
        """<input ref="/data/a"><label ref="jr:itext('a')"/><hint ref="jr:itext('hint')"/></input>
        <select1 ref="/data/c"><label ref="jr:itext('only')"/><item><label ref="jr:itext('c1')"/><value>1</value></item></select1>
        <input ref="/data/b"><label>给 <output value="/data/a"/> 的话</label></input>""",
        extra=ITEXT,
    )


def test_default_language_comes_first() -> None:
    filling = session()
    state = filling.state("/data/a")
    assert (state.label, state.hint, state.guidance, state.media) == ("姓名 乙", "写全名", "与户口簿一致", {"image": "a.png"})
    assert filling.language == "中文 (zh)"


def test_outputs_follow_answers() -> None:
    filling = session()
    assert filling.state("/data/b").label == "给  的话"
    assert filling.state("/data/a").label == "姓名 乙"
    assert "/data/b" in filling.set("/data/a", "甲")
    assert filling.state("/data/b").label == "给 甲 的话"
    assert "/data/a" in filling.set("/data/b", "丙")
    assert filling.state("/data/a").label == "姓名 丙"


def test_switching_language_by_code_or_name() -> None:
    filling = session()
    filling.state("/data/a")
    filling.choices("/data/c")
    assert {"/data/a", "/data/c"} <= filling.set_language("en")
    assert filling.state("/data/a").label == "Name"
    assert filling.choices("/data/c")[0].label == "Yes"
    filling.set_language("中文 (zh)")
    assert filling.state("/data/a").label == "姓名 乙"
    filling.set_language("没有的语言")
    assert filling.language == "中文 (zh)"


def test_words_missing_in_a_language_are_taken_from_the_default() -> None:
    filling = session()
    filling.set_language("en")
    assert filling.state("/data/a").hint == "写全名"
    assert filling.state("/data/c").label == "只有中文"


def test_choice_names_follow_answer_and_language() -> None:
    filling = session()
    filling.set("/data/c", "1")
    assert filling.named("d") == "是"
    assert "/data/d" in filling.set_language("en")
    assert filling.named("d") == "Yes"


def test_words_of_listed_choices_follow_answers() -> None:
    filling = start(
        "<a/><c/>",
        "",
        """<input ref="/data/a"/><select1 ref="/data/c">
        <itemset nodeset="instance('l')/root/item"><value ref="name"/><label ref="jr:itext(itextId)"/></itemset></select1>""",
        extra="""<itext><translation lang="zh"><text id="l-0"><value>给<output value="/data/a"/></value></text></translation></itext>
        <instance id="l"><root><item><itextId>l-0</itextId><name>x</name></item></root></instance>""",
    )
    assert filling.choices("/data/c")[0].label == "给"
    assert "/data/c" in filling.set("/data/a", "甲")
    assert filling.choices("/data/c")[0].label == "给甲"


def test_messages_are_worked_out_at_the_question() -> None:
    filling = session()
    filling.set("/data/a", "x")
    assert filling.state("/data/a").message == "不能是 x"


def test_what_a_person_types_is_never_evaluated() -> None:
    filling = session()
    filling.set("/data/b", "jr:itext('only') <output value=\"1+1\"/>")
    assert filling.state("/data/a").label == "姓名 jr:itext('only') <output value=\"1+1\"/>"
