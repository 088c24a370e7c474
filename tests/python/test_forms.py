"""Forms, as a caller sees them, and against another implementation on random schemas."""

import json
import random
import resource
import subprocess

import edu
import pytest
from command import BUILD, IS_NIGHTLY
from jsonschema import Draft202012Validator
from jsonschema.exceptions import RefResolutionError
from world import data

EDU = BUILD / "examples/cli/edu"
ROUNDS = 20000 if IS_NIGHTLY else 1500

SCHOOL_BUS = {
    "type": "object", "required": ["kind"],
    "properties": {"kind": {"enum": ["bus", "none"]}},
    "if": {"properties": {"kind": {"const": "bus"}}, "required": ["kind"]},
    "then": {"properties": {"stop": {"type": "string", "minLength": 1}}, "required": ["stop"]},
    "unevaluatedProperties": False}


def test_a_form_is_accepted():
    report = edu.form_accept(SCHOOL_BUS, {"kind": "none", "stop": "7"})
    assert report["is_valid"] and report["data"] == {"kind": "none"} and report["errors"] == []
    report = edu.form_accept(SCHOOL_BUS, {"kind": "bus"})
    assert not report["is_valid"]
    assert [(one["field"], one["key"]) for one in report["errors"]] == [("/stop", "form.required")]
    with pytest.raises(edu.Invalid) as raised:
        edu.form_accept({"properties": {"a": {"typ": 1}}}, {})
    assert (raised.value.key, raised.value.field) == ("form.schema_keyword", "/properties/a/typ")


def test_a_form_is_shown_and_read():
    asked = data("services/school_bus.json")["request"]
    schema, hints = asked["form"], asked["hints"]
    edu.form_check_hints(schema, hints)
    page = edu.form_show(schema, hints, {}, "ru")["content"]
    assert page["title"] == "Место в школьном автобусе"
    assert page["sections"][0]["fields"][0]["pointer"] == "/grade"
    given = edu.form_read(schema, {"/grade": ["7"], "/stop": ["library"], "/address": ["x"]})["content"]
    report = edu.form_accept(schema, given)
    assert report["data"] == {"grade": 7, "stop": "library", "contact": {}}
    assert {error["field"] for error in report["errors"]} == {
        "/ways", "/needs_help", "/consent", "/contact/name", "/contact/telephone"}
    del hints["fields"]["/grade"]["title"]["az"]
    with pytest.raises(edu.Invalid) as raised:
        edu.form_check_hints(schema, hints)
    assert (raised.value.key, raised.value.field) == ("form.hints", "/fields/~1grade/title/az")


def run_check(tmp_path, schema, data, *more):
    for name, content in (("schema", schema), ("data", data)):
        (tmp_path / name).write_text(content if isinstance(content, str) else json.dumps(content),
                                     encoding="utf-8")
    return subprocess.run([EDU, "form", "check", "--schema", tmp_path / "schema", "--data",
                           tmp_path / "data", *more], capture_output=True, text=True, check=False)


def test_the_command(tmp_path):
    done = run_check(tmp_path, SCHOOL_BUS, {"kind": "bus", "stop": "7"})
    assert done.returncode == 0 and json.loads(done.stdout) == {"valid": True, "errors": []}
    done = run_check(tmp_path, SCHOOL_BUS, {"kind": "bus", "x": 1})
    assert done.returncode == 1
    assert {one["field"] for one in json.loads(done.stdout)["errors"]} == {"/stop", "/x"}
    done = run_check(tmp_path, {"properties": {"a": {"type": "text"}}}, {})
    assert done.returncode == 2
    assert json.loads(done.stdout)["schema_errors"][0]["schema"] == "/properties/a/type"
    # The standard's format is a word; a service's is a rule.
    assert run_check(tmp_path, {"format": "email"}, '"x"').returncode == 0
    assert run_check(tmp_path, {"format": "email"}, '"x"', "--strict").returncode == 1
    assert run_check(tmp_path, {"x": 1}, "0").returncode == 0
    assert run_check(tmp_path, {"x": 1}, "0", "--strict").returncode == 2
    assert run_check(tmp_path, "{", "0").returncode == 2
    assert run_check(tmp_path, "{}", "{").returncode == 1
    assert run_check(tmp_path, '{"multipleOf": 0.0001}', "0.0075").returncode == 0
    done = subprocess.run([EDU, "form", "check", "--schema", "/nowhere", "--data", "-"],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 2


def bounded():
    resource.setrlimit(resource.RLIMIT_AS, (256 << 20, 256 << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (20, 20))


@pytest.mark.parametrize("schema, data, status", [
    ("deep", "{}", 2), ("{}", "deep", 1), ("large", "{}", 2), ("{}", "large", 1),
    ('{"pattern": "^(a+)+$"}', "aaaa", 1), ('{"pattern": "^(a|a)*$"}', "aaaa", 1),
    ('{"pattern": "^(([a-z])+.)+[A-Z]([a-z])+$"}', "aaaa", 1),
    ('{"pattern": "((a{1000}){1000}){1000}"}', "{}", 2), ('{"pattern": "(?=a)b"}', "{}", 2),
    ('{"$ref": "#"}', "{}", 2), ("many", "{}", 2), ("{}", "many", 1), ("wide", "[1]", 2),
])
def test_bad_files_take_bounded_time_and_memory(tmp_path, schema, data, status):
    special = {
        "deep": lambda out: out.write('{"items":' * 10000 + "{}" + "}" * 10000),
        "large": lambda out: [out.write('"')] + [out.write("a" * (1 << 20)) for _ in range(100)] +
        [out.write('"')],
        "aaaa": lambda out: out.write('"' + "a" * 100000 + '!"'),
        "many": lambda out: out.write("[" + "0," * 400000 + "0]"),
        "wide": lambda out: out.write('{"allOf":[' + "{}," * 100000 + "{}]}"),
    }
    for name, content in (("schema", schema), ("data", data)):
        with open(tmp_path / name, "w", encoding="utf-8") as out:
            special.get(content, lambda out, content=content: out.write(content))(out)
    done = subprocess.run([EDU, "form", "check", "--schema", tmp_path / "schema", "--data",
                           tmp_path / "data"], capture_output=True, text=True, check=False,
                          preexec_fn=bounded)
    assert done.returncode == status, done.stdout + done.stderr
    assert json.loads(done.stdout)["valid"] is False


# ---- random schemas ----

NAMES = ["a", "b", "ab", "c"]
PATTERNS = ["a", "^a$", "^[ab]+$", "b|c", "^.$", "^a{2,3}$", "^(ab)*$", "[^a]", "^a?b+c*$"]
TYPES = ["null", "boolean", "number", "integer", "string", "array", "object"]


class Maker:
    """Schemas and values that are likely to have to do with each other."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def value(self, depth=0):
        kind = self.random.randrange(7 if depth < 3 else 5)
        if kind == 5:
            return [self.value(depth + 1) for _ in range(self.random.randrange(4))]
        if kind == 6:
            return {name: self.value(depth + 1)
                    for name in self.random.sample(NAMES, self.random.randrange(4))}
        return self.random.choice([
            [None], [True, False], [2, 5, -3, 2.0, 0.5, 2.5] + ([] if depth else [0, 1, 1.0]),
            ["", "a", "ab", "b", "aab", "ə", "abc"], [1, "a"]][kind])

    def some(self, make, least=1, most=3):
        return [make() for _ in range(self.random.randint(least, most))]

    def named(self, depth, names=None):
        return {name: self.schema(depth + 1)
                for name in self.random.sample(names or NAMES, self.random.randint(1, 3))}

    def keyword(self, depth):
        pick, below = self.random.choice, lambda: self.schema(depth + 1)
        number = lambda: pick([-1, 0, 1, 2, 0.5, 2.5])
        count = lambda: self.random.randrange(4)
        simple = [
            lambda: {"type": pick(TYPES)},
            lambda: {"type": self.random.sample(TYPES, 2)},
            lambda: {"const": self.value(2)},
            lambda: {"enum": self.some(lambda: self.value(2), 1, 4)},
            lambda: {pick(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]): number()},
            lambda: {"multipleOf": pick([1, 2, 0.5, 1.5])},
            lambda: {pick(["minLength", "maxLength", "minItems", "maxItems", "minProperties",
                           "maxProperties"]): count()},
            lambda: {"pattern": pick(PATTERNS)},
            lambda: {"uniqueItems": True},
            lambda: {"required": self.random.sample(NAMES, self.random.randint(1, 2))},
            lambda: {"dependentRequired": {pick(NAMES): [pick(NAMES)]}},
        ]
        nested = [
            lambda: {"properties": self.named(depth)},
            lambda: {"properties": self.named(depth), "additionalProperties": below()},
            lambda: {"patternProperties": self.named(depth, PATTERNS)},
            lambda: {"additionalProperties": below()},
            lambda: {"propertyNames": below()},
            lambda: {"items": below()},
            lambda: {"prefixItems": self.some(below), "items": below()},
            lambda: {"contains": below(), "minContains": count(), "maxContains": count()},
            lambda: {"contains": below()},
            lambda: {pick(["allOf", "anyOf", "oneOf"]): self.some(below)},
            lambda: {"not": below()},
            lambda: {"if": below(), "then": below(), "else": below()},
            lambda: {"dependentSchemas": self.named(depth)},
            lambda: {"$ref": pick(["#/$defs/x", "#/$defs/y"])},
            lambda: {"properties": self.named(depth), "unevaluatedProperties": below()},
        ]
        return pick(simple if depth >= 3 or self.random.random() < 0.4 else nested)()

    def schema(self, depth=0):
        if depth and self.random.random() < 0.15:
            return self.random.random() < 0.6
        made = {}
        for _ in range(self.random.randint(1, 3)):
            made.update(self.keyword(depth))
        return made

    def whole(self):
        made = self.schema()
        made["$defs"] = {"x": {"type": self.random.choice(TYPES)},
                         "y": {"items": self.schema(2), "properties": {"a": self.schema(2)}}}
        for name in ("x", "y"):  # no circles
            made["$defs"][name] = json.loads(
                json.dumps(made["$defs"][name]).replace("#/$defs/y", "#/$defs/x"))
        return made


def test_another_implementation_says_the_same():
    """In both directions, seeded. Not asked is where that one, in version 4.10, is wrong: [true] and
    [1] are equal to it (so lists and objects hold no 0 and 1), and it has additionalProperties leave
    its members unevaluated."""
    judged = {True: 0, False: 0}
    for seed in range(ROUNDS):
        maker = Maker(seed)
        schema = maker.whole()
        if all(f'"{word}Properties"' in json.dumps(schema) for word in ("additional", "unevaluated")):
            continue
        validator = Draft202012Validator(schema)
        for _ in range(4):
            value = maker.value()
            try:
                wanted = validator.is_valid(value)
            except RefResolutionError:
                continue
            found = edu.form_check(json.dumps(schema).encode(), json.dumps(value).encode(), False)
            assert found["is_valid"] == wanted, (seed, json.dumps(schema), json.dumps(value),
                                                 found["errors"])
            judged[wanted] += 1
    assert min(judged.values()) > ROUNDS // 2, judged
