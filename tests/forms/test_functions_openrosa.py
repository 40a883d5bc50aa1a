"""OpenRosa's functions on numbers, texts, selections, nodes, places and chance."""

from __future__ import annotations

import base64
import hashlib
import math

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from forms.errors import FormError
from forms.functions import LIBRARY, extended
from forms.functions_registry import Function
from forms.tree import document_of, element
from forms.xpath import Context, Environment
from forms.xpath import compile as compile_expression
from tests.forms.xpath_support import context, nodes, number, text, truth, value


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("int(2.9)", 2),
        ("int(-2.9)", -2),
        ("int('7.9e-12')", 0),
        ("abs(-3)", 3),
        ("pow(2, 10)", 1024),
        ("pow(0, -1)", math.inf),
        ("pow(-2, 3)", -8),
        ("pow(10, 400)", math.inf),
        ("pow(-10, 401)", -math.inf),
        ("exp(1000)", math.inf),
        ("exp10(2)", 100),
        ("log(exp(1))", 1),
        ("log(0)", -math.inf),
        ("log10(1000)", 3),
        ("sqrt(9)", 3),
        ("sin(pi() div 2)", 1),
        ("cos(0)", 1),
        ("tan(0)", 0),
        ("asin(1) * 2", math.pi),
        ("acos(1)", 0),
        ("atan(1) * 4", math.pi),
        ("atan2(1, 1) * 4", math.pi),
        ("max(1, '5', 3)", 5),
        ("min(1, -2, true())", -2),
        ("max(a)", 30),
        ("min(a, 2)", 2),
        ("count-non-empty(*)", 3),
        ("count-selected(' a  b c ')", 3),
        ("sum(a)", 33),
    ],
)
def test_numbers(expression: str, expected: float) -> None:
    assert number(expression, "<d><a>3</a><a>30</a><b/><c>x</c></d>") == pytest.approx(expected)


@pytest.mark.parametrize(
    "expression",
    ["max()", "sqrt(-1)", "log(-1)", "acos(2)", "pow(-8, 1 div 3)", "sin(1 div 0)", "max('')", "max(1, 'a')", "min(/none)", "int('a')"],
)
def test_outside_their_domain_they_give_nan(expression: str) -> None:
    if expression == "max()":
        with pytest.raises(FormError):
            number(expression)
    else:
        assert math.isnan(number(expression))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("selected('a b c', 'b')", True),
        ("selected('a b c', ' b ')", True),
        ("selected('ab', 'a')", False),
        ("selected('', '')", True),
        ("selected('a', '')", False),
        ("boolean-from-string('true')", True),
        ("boolean-from-string(1.0)", True),
        ("boolean-from-string('True')", False),
        ("ends-with('abc', 'bc')", True),
        ("regex('张三', '^[一-龥]{2,4}$')", True),
        ("regex('张三丰', '^\\p{IsHan}+$')", True),
        ("regex('a1', '^[\\p{L}]+$')", False),
        ("regex('13800138000', '^1[3-9]\\d{9}$')", True),
        ("regex('１３８', '\\d')", False),
        ("regex('abc', 'b')", True),
        ("regex('ab\n', '^ab$')", False),
        ("checklist(1, 2, true(), 'x', '')", True),
        ("checklist(-1, 1, true(), 1)", False),
        ("checklist(2, -1, true())", False),
        ("checklist(1, -1, true(), true())", True),
        ("weighted-checklist(3, 5, true(), 2, false(), 9, true(), 3)", True),
        ("weighted-checklist(-1, 4, true(), 5)", False),
        ("if('', true(), false())", False),
    ],
)
def test_truth(expression: str, expected: bool) -> None:
    assert truth(expression) is expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("selected-at('a b c', 1)", "b"),
        ("selected-at('a b c', 3)", ""),
        ("selected-at('a b c', -1)", ""),
        ("selected-at('a', 0 div 0)", ""),
        ("coalesce('', 'b')", "b"),
        ("coalesce('a', nope())", "a"),
        ("coalesce(0 div 0, 'b')", "b"),
        ("join(', ', 'a', 1, true())", "a, 1, true"),
        ("join('、', /d/a)", "x、y"),
        ("join('-')", ""),
        ("substr('hello', 1, 3)", "el"),
        ("substr('hello', -3)", "llo"),
        ("substr('hello', 0, -1)", "hell"),
        ("substr('hello', 3, 1)", ""),
        ("lower-case('ÀB')", "àb"),
        ("upper-case('ab')", "AB"),
        ("base64-encode('村')", "5p2R"),
        ("base64-decode('5p2R')", "村"),
        ("base64-decode('***')", ""),
        ("digest('abc', 'MD5', 'hex')", "900150983cd24fb0d6963f7d28e17f72"),
        ("digest('abc', 'SHA-1', 'hex')", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("digest('abc', 'SHA-256')", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="),
        ("if(/d/a = 'y', 'yes', 'no')", "yes"),
        ("once('new')", "old"),
        ("version()", "7"),
        ("property('username')", "li"),
        ("property('none')", ""),
    ],
)
def test_texts(expression: str, expected: str) -> None:
    surroundings = {"form_version": "7", "properties": {"username": "li"}}
    assert text(expression, "<d><a>x</a><a>y</a><o>old</o></d>", "/d/o", **surroundings) == expected


@pytest.mark.parametrize(("algorithm", "name"), [("SHA-384", "sha384"), ("SHA-512", "sha512")])
def test_long_digests(algorithm: str, name: str) -> None:
    assert text(f"digest('村', '{algorithm}', 'hex')") == hashlib.new(name, "村".encode()).hexdigest()


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("digest('a', 'SHA-3')", "xpath-digest"),
        ("digest('a', 'MD5', 'octal')", "xpath-digest"),
        ("regex('a', '(')", "xpath-regex"),
        ("regex('a', '\\p{Klingon}')", "xpath-regex"),
        (f"regex('a', '{'a' * 2_000}')", "xpath-regex"),
        ("count-non-empty('a')", "xpath-nodeset"),
        ("indexed-repeat(/d/a, /d, 1, /d)", "xpath-arity"),
    ],
)
def test_refusals(expression: str, code: str) -> None:
    with pytest.raises(FormError) as caught:
        value(expression)
    assert caught.value.code == code


REPEATS = "<d><r><v>1</v><s><w>1.1</w></s><s><w>1.2</w></s></r><r><v>2</v><s><w>2.1</w></s></r><x/><r><v>3</v></r></d>"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("indexed-repeat(/d/r/v, /d/r, 2)", "2"),
        ("indexed-repeat(/d/r/v, /d/r, 9)", ""),
        ("indexed-repeat(/d/r/v, /d/r, 0)", ""),
        ("indexed-repeat(/d/r/v, /d/r, 1.5)", ""),
        ("indexed-repeat(/d/r/v, /d/r, 'a')", ""),
        ("indexed-repeat(/d/r/s/w, /d/r, 1, /d/r/s, 2)", "1.2"),
        ("indexed-repeat(/d/r/s/w, /d/r/s, 1, /d/r, 2)", "2.1"),
        ("indexed-repeat(/d/r/s/w, /d/r, 2, /d/r/s, 2)", ""),
        ("indexed-repeat(/none/v, /none, 1)", ""),
        ("sum(indexed-repeat(/d/r/s/w, /d/r, 1))", "2.3"),
    ],
)
def test_indexed_repeat(expression: str, expected: str) -> None:
    assert text(expression, REPEATS) == expected


def test_position_of_a_node_counts_adjoining_namesakes() -> None:
    assert number("position(.)", REPEATS, "/d/r[2]") == 2
    assert number("position(.)", REPEATS, "/d/r[3]") == 1
    assert number("position(..)", REPEATS, "/d/r[2]/v") == 2
    assert math.isnan(number("position(/none)", REPEATS))


def test_instances_and_pulldata() -> None:
    rows = [element("item", children=[element("code", str(place)), element("name", f"村{place}")]) for place in range(50)]
    instances = {"villages": document_of(element("root", children=rows))}
    assert text("instance('villages')/root/item[code = 7]/name", instances=instances) == "村7"
    assert text("pulldata('villages', 'name', 'code', 7)", instances=instances) == "村7"
    assert text("pulldata('villages.csv', 'name', 'code', '7')", instances=instances) == "村7"
    assert text("pulldata('villages', 'name', 'code', 'x')", instances=instances) == ""
    assert text("pulldata('villages', 'none', 'code', '7')", instances=instances) == ""
    assert text("pulldata('none', 'name', 'code', '7')", instances=instances) == ""
    fresh = {"late": document_of(element("root", children=[element("item", children=[element("k", "a")])]))}
    assert text("instance('late')/root/item/k", extra_nodes=fresh.get) == "a"


def test_pulldata_sees_changed_data() -> None:
    row = element("item", children=[element("code", "1"), element("name", "old")])
    secondary = document_of(element("root", children=[row]))
    environment = Environment(document_of(element("d")), instances={"s": secondary})
    expression = compile_expression("pulldata('s', 'name', 'code', '1')")
    here = Context(secondary, env=environment)
    assert expression.string(here) == "old"
    row.children[1].set_text("new")
    assert expression.string(here) == "new"
    row.children[0].set_text("2")
    assert expression.string(here) == ""


def test_texts_of_the_form_come_from_the_environment() -> None:
    short, plain = element("value", "短"), element("value", "长")
    short.set_attribute("form", "short")
    assert text("jr:itext('x')", itext=lambda key: [short, plain] if key == "x" else []) == "长"
    assert text("jr:itext('y')", itext=lambda key: [short, plain] if key == "x" else []) == ""
    assert text("concat(jr:itext('x'), '!')", itext=lambda key: f"<{key}>") == "<x>!"
    assert text("jr:itext('x')") == ""
    assert text("jr:choice-name('a', '/d/q')", choice_name=lambda choice, question, node: f"{choice}@{question}") == "a@/d/q"
    assert text("jr:choice-name('a', '/d/q')") == ""


def test_functions_answer_to_any_prefix_of_their_namespace() -> None:
    expression = compile_expression("j:itext('x')", {"j": "http://openrosa.org/javarosa"})
    assert expression.string(context(itext=str.upper)) == "X"


def test_seeded_order_is_the_same_for_ever_and_complete() -> None:
    xml = "<d>" + "".join(f"<a>{letter}</a>" for letter in "ABCDEF") + "</d>"
    assert text("join('', randomize(a, 42))", xml) == "AFCBDE"
    assert text("join('', randomize(a, 1))", xml) == text("join('', randomize(a, 1.9))", xml) == "BFEACD"
    assert text("join('', randomize(a, ''))", xml) == text("join('', randomize(a, 0))", xml)
    assert text("join('', randomize(a, 'seed'))", xml) != text("join('', randomize(a, 'tree'))", xml)
    assert sorted(text("join('', randomize(a))", xml)) == list("ABCDEF")
    assert [node.text() for node in nodes("a", xml)] == list("ABCDEF")


def test_chance_comes_from_the_environment() -> None:
    assert number("random()", chance=lambda: 0.25) == 0.25
    assert 0 <= number("random()") < 1
    assert text("uuid()", new_uuid=lambda: "u" * 36) == "u" * 36
    assert text("uuid(40)", new_uuid=lambda: "u" * 36) == "u" * 40
    assert len({text("uuid()") for _ in range(5)}) == 5


SQUARE = "0 0 0 0;0 1 0 0;1 1 0 0;1 0 0 0;0 0 0 0"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("distance('0 0;0 1')", 111318.85),
        ("distance('0 0', '0 1')", 111318.85),
        ("distance(/d/p)", 111318.85),
        ("distance('30 120;30 120')", 0),
        (f"area('{SQUARE}')", 12_391_399_902.07),
        ("area('30 120;30 120')", 0),
    ],
)
def test_geometry(expression: str, expected: float) -> None:
    assert number(expression, "<d><p>0 0 5 3</p><p>0 1</p></d>") == pytest.approx(expected, rel=1e-3)


NO_PLACES = ["0", "a b;0 0", "0 0 0 0 0;1 1", "nan 0;0 0", "1_0 0;0 0"]


@pytest.mark.parametrize("place", ["", "91 0;0 0", "0 181;0 0", "0 0"])
def test_places_that_are_none(place: str) -> None:
    assert math.isnan(number(f"distance('{place}')"))


@pytest.mark.parametrize("place", [*NO_PLACES, "", "91 0;0 0", "0 181;0 0", "0 0"])
def test_areas_of_places_that_are_none(place: str) -> None:
    assert math.isnan(number(f"area('{place}')"))


@pytest.mark.parametrize("place", NO_PLACES)
def test_distance_of_words_is_a_mistake(place: str) -> None:
    with pytest.raises(FormError, match="经纬度"):
        number(f"distance('{place}')")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (f"geofence('0.5 0.5', '{SQUARE}')", True),
        (f"geofence('1.5 0.5', '{SQUARE}')", False),
        (f"geofence('x', '{SQUARE}')", False),
        ("geofence('0.5 0.5', '0 0;0 1;1 1;1 0')", False),
        ("geofence('0.5 0.5', '')", False),
        ("intersects('0 0;1 1;0 1;1 0')", True),
        (f"intersects('{SQUARE}')", False),
        ("intersects('0 0;1 1')", False),
        ("intersects('')", False),
    ],
)
def test_shapes(expression: str, expected: bool) -> None:
    assert truth(expression) is expected


def test_signed_content_is_given_only_when_the_signature_holds() -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    message = "姓名|2015".encode()
    signed = base64.b64encode(key.sign(message) + message).decode()
    forged = base64.b64encode(key.sign(message) + b"other").decode()
    assert text(f"extract-signed('{signed}', '{public}')") == "姓名|2015"
    assert text(f"extract-signed('{forged}', '{public}')") == ""
    assert text(f"extract-signed('x', '{public}')") == ""
    assert text(f"extract-signed('{signed}', 'AAAA')") == ""


def test_own_functions_are_registered_the_same_way() -> None:
    library = extended(Function("mz:twice", ("number",), 1, 1, "number", call=lambda number: 2 * number))
    assert compile_expression("mz:twice(3) + 1", library=library).number(context()) == 7
    assert "mz:twice" not in LIBRARY


def test_every_function_of_the_openrosa_library_is_there() -> None:
    wanted = """
        if position once instance current selected selected-at count-selected jr:choice-name jr:itext indexed-repeat pulldata coalesce
        date decimal-date-time decimal-time date-time format-date format-date-time today now boolean-from-string regex checklist
        weighted-checklist contains starts-with ends-with substr substring substring-before substring-after string-length normalize-space
        translate concat join string boolean not true false lang number sum max min round floor ceiling int pow abs log log10 exp exp10
        sqrt sin cos tan asin acos atan atan2 pi random randomize count count-non-empty digest base64-encode base64-decode
        extract-signed uuid version property area distance geofence intersects id local-name name namespace-uri last lower-case upper-case
    """
    assert set(wanted.split()) <= set(LIBRARY)
