"""The operations that other services call, against their description: every one is called with good input
and with input that is spoiled in each of its places, and what goes in and out is held against the schemas."""

import base64
import copy
import json
import random
import re
import string
import subprocess
import uuid

import jsonschema
import pytest
from command import ROOT
from world import minutes, now

TEXT = (ROOT / "examples/portal/portal/openapi.json").read_text(encoding="utf-8")
SAID = json.loads(TEXT)
BASE = SAID["servers"][0]["url"]
formats = jsonschema.FormatChecker(("uuid", "date"))


@formats.checks("date-time")
def _is_time(text):
    return not isinstance(text, str) or re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", text)


def part(node):
    while "$ref" in node:
        _, kind, name = node["$ref"].rsplit("/", 2)
        node = SAID["components"][kind][name]
    return node


def closed(node):
    """Answers have what is described and nothing else."""
    if isinstance(node, dict):
        made = {name: closed(one) for name, one in node.items()}
        return {"additionalProperties": False, **made} if isinstance(made.get("properties"), dict) else made
    return [closed(one) for one in node] if isinstance(node, list) else node


def judge(schema, value, documents=SAID):
    resolver = jsonschema.RefResolver("", documents)
    jsonschema.Draft202012Validator(schema, resolver=resolver, format_checker=formats).validate(value)


ANSWERS = closed(SAID)


class Operation:
    def __init__(self, path, method, said):
        self.path, self.method, self.id, self.said = path, method, said["operationId"], said
        self.parameters = [part(one) for one in said.get("parameters", ())]
        self.body = said["requestBody"]["content"]["application/json"]["schema"] if "requestBody" in said else None
        self.is_open = {} in said.get("security", SAID["security"])

    def schemas(self, where):
        return {one["name"]: one["schema"] for one in self.parameters if one["in"] == where}

    def needed(self, where):
        return {one["name"] for one in self.parameters if one["in"] == where and one.get("required")}


OPERATIONS = {said["operationId"]: Operation(path, method, said)
              for path, methods in SAID["paths"].items() for method, said in methods.items()}


# ---- input ----

def generated(schema, dice):
    """A value that the schema permits."""
    schema = part(schema)
    if "enum" in schema:
        return dice.choice(schema["enum"])
    kind = schema["type"] if isinstance(schema.get("type"), str) else "object"
    if kind == "integer":
        return dice.randint(schema.get("minimum", 0), schema.get("maximum", 100))
    if kind == "boolean":
        return dice.random() < 0.5
    if schema.get("format") == "uuid":
        return str(uuid.UUID(int=dice.getrandbits(128), version=4))
    if schema.get("format") == "date":
        return f"20{dice.randint(10, 25)}-0{dice.randint(1, 9)}-1{dice.randint(0, 9)}"
    letters = string.ascii_letters if "pattern" in schema else "əöüğşçıİ a–\"<𝛼"
    most = min(schema.get("maxLength", 40), 40)
    return "".join(dice.choice(letters) for _ in range(dice.randint(max(schema.get("minLength", 1), 8), most)))


def spoiled(schema, value, pointer=""):
    """(pointer, value) with one thing wrong in each."""
    schema = part(schema)
    yield pointer, (7 if schema.get("type") in ("string", "object", "array") else [value])
    if schema.get("type") == "string":
        yield from ((pointer, bad) for bad in wrong_texts(schema))
    if isinstance(value, list):
        if value:
            yield pointer, value * (schema["maxItems"] + 1)
        for at, one in enumerate(value):
            for where, bad in spoiled(schema["items"], one, f"{pointer}/{at}"):
                yield where, [*value[:at], bad, *value[at + 1:]]
    if isinstance(value, dict) and "properties" in schema:
        yield f"{pointer}/stray", {**value, "stray": 1}
        for name in schema.get("required", ()):
            yield f"{pointer}/{name}", {key: one for key, one in value.items() if key != name}
        for name, one in value.items():
            for where, bad in spoiled(schema["properties"][name], one, f"{pointer}/{name}"):
                yield where, {**value, name: bad}


def wrong_texts(schema):
    if "enum" in schema:
        yield "stray"
    if "pattern" in schema:
        yield "ə" * 9
    if schema.get("minLength"):
        yield ""
    if "maxLength" in schema:
        yield "x" * (schema["maxLength"] + 1)
    if "format" in schema:
        yield "yesterday"
    if "contentEncoding" in schema:
        yield "§"
    yield "null\0"


class Caller:
    def __init__(self, app, world):
        self.client, self.world = app.test_client(), world

    def call(self, operation, places=(), query=(), body=None, key=None, token=None, **headers):
        token = self.world.clerk.token if token is None else token
        headers = {"Accept-Language": "en", **({"Authorization": f"Bearer {token}"} if token else {}),
                   **({"Idempotency-Key": key} if key else {}),
                   **{name.replace("_", "-"): value for name, value in headers.items()}}
        path = BASE + operation.path.format(**dict(places))
        answer = self.client.open(path, method=operation.method.upper(), headers=headers, query_string=dict(query),
                                  json=body)
        check_answer(operation, answer)
        return answer

    def good(self, operation, **headers):
        given = self.input(operation)
        judge_request(operation, **given)
        return self.call(operation, **given, **headers)

    def input(self, operation):
        """What makes it succeed, and what else it may be given, at random."""
        dice = random.Random(operation.id)
        known, body = GOOD[operation.id](self.world)
        query = {name: known[name] if name in known else generated(schema, dice)
                 for name, schema in operation.schemas("query").items() if name != "cursor" and name not in ABSENT}
        places = {name: known[name] for name in operation.schemas("path")}
        key = uuid.uuid4().hex if "Idempotency-Key" in operation.schemas("header") else None
        return {"places": places, "query": {name: written(one) for name, one in query.items()}, "body": body,
                "key": key}


# Would leave nothing to be seen.
ABSENT = ("region", "institution")


def written(value):
    return {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value


def judge_request(operation, places, query, body, key):
    for where, given in (("path", places), ("query", query)):
        schemas = operation.schemas(where)
        assert operation.needed(where) <= set(given) <= set(schemas)
        for name, value in given.items():
            judge(part(schemas[name]), value == "true" if schemas[name].get("type") == "boolean" else value)
    assert (body is None) == (operation.body is None)
    if body is not None:
        judge(operation.body, body)
    if key:
        judge(operation.schemas("header")["Idempotency-Key"], key)


def check_answer(operation, answer):
    said = operation.said["responses"]
    if answer.status_code == 304:
        assert "304" in said and not answer.data
        return
    is_success = str(answer.status_code) in said
    content = part(said[str(answer.status_code) if is_success else "default"])["content"]
    assert answer.mimetype in content, answer.data
    pointer = content[answer.mimetype]["schema"]
    judge(pointer, answer.json, ANSWERS)
    assert answer.headers["X-Request-Id"]
    assert "Set-Cookie" not in answer.headers
    if is_success:
        for name in part(said[str(answer.status_code)])["headers"]:
            assert name in answer.headers
        return
    assert answer.json["status"] == answer.status_code
    assert 400 <= answer.status_code < 500
    assert answer.json["request"] == answer.headers["X-Request-Id"]
    assert (answer.status_code == 401) == ("WWW-Authenticate" in answer.headers)


def pupil(number):
    return {"number": f"PUP{number:04}", "birth": "2014-01-01"}


FILE = base64.b64encode(b"%PDF-1.7 a note").decode()
APPLICANTS = iter(range(1, 19))
GOOD = {
    "identity": lambda world: ({}, None),
    "services": lambda world: ({}, None),
    "service": lambda world: ({"service": "school_bus"}, None),
    "offerings": lambda world: ({"service": "club", "open": True}, None),
    "seasons": lambda world: ({}, None),
    "sittings": lambda world: ({"season": world.season}, None),
    "apply": lambda world: ({}, {
        "offering_id": world.bus, "whom": pupil(next(APPLICANTS)), "choices": [],
        "form": {"grade": 9, "ways": ["home"], "stop": "market", "needs_help": False, "consent": True,
                 "contact": {"name": "Əli", "telephone": "+994 50 123 45 67"}},
        "documents": [{"kind": "help", "name": "qeyd.pdf", "content": FILE}]}),
    "applications": lambda world: ({"person": world.pupils[0]}, None),
    "application": lambda world: ({"person": world.pupils[0], "application": world.application}, None),
    "events": lambda world: ({"person": world.pupils[0], "application": world.application}, None),
    "register": lambda world: ({}, {"sitting_id": world.sitting, "whom": pupil(next(APPLICANTS))}),
    "appeal_new": lambda world: ({}, {
        "whom": {"person_id": world.pupils[0]}, "channel": "paper", "category": "teaching", "region": "BA",
        "text": "Ə – \"<b>", "received": (now() - minutes(5)).isoformat()[:19] + "Z",
        "files": [{"name": "qeyd.pdf", "content": FILE}]}),
    "appeal": lambda world: ({"person": world.pupils[0], "appeal": world.appeal}, None),
    "verify": lambda world: ({}, {"text": "HTTPS://NAR.EXAMPLE/V/1#2"}),
    "appeal_figures": lambda world: ({"since": "2026-01-01", "until": "2099-12-31"}, None),
    "application_statistics": lambda world: ({"service": "club", "since": "2026-01-01", "until": "2036-12-31"}, None),
    "payment_statistics": lambda world: ({"since": "2026-01-01", "until": "2036-12-31"}, None),
    "certificate_statistics": lambda world: ({"since": "2026-01-01", "until": "2036-12-31"}, None),
    "result_figures": lambda world: ({"season": world.season}, None),
}


@pytest.fixture(scope="module")
def caller(app, world):
    world.operator.account.grant(world.clerk.account.identity().person_id, "finance", "", "")
    world.bus = world.clerk.offering.list({"service": "school_bus"})[0].id
    draft = world.clerk.draft.save(world.pupils[0], world.group, None, {"phone": "+994 50 123 45 67"}, None)
    world.application = world.clerk.request.submit(world.pupils[0], draft).id
    world.appeal = world.pupil.appeal.submit({"category": "teaching", "text": "Ə"}).id
    return Caller(app, world)


each = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)


# ---- the description ----

def test_the_description_is_one_of_openapi():
    done = subprocess.run(["node", ROOT / "tests/web/validate.mjs", ROOT / "examples/portal/portal/openapi.json"],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_route_is_described(app):
    """Beside the description and the page of it there is nothing else."""
    described = {(method.upper(), re.sub(r"{(\w+)}", r"<\1>", BASE + path))
                 for path, methods in SAID["paths"].items() for method in methods}
    routes = {(method, str(rule)) for rule in app.url_map.iter_rules() if str(rule).startswith("/api")
              for method in rule.methods - {"HEAD", "OPTIONS"}}
    assert routes - {("GET", f"{BASE}/"), ("GET", f"{BASE}/openapi.json")} == described


def test_the_description_is_served_and_shown(app):
    client = app.test_client()
    served = client.get(f"{BASE}/openapi.json")
    assert served.data.decode() == TEXT and served.mimetype == "application/json"
    shown = client.get(f"{BASE}/").data.decode()
    for name in (*OPERATIONS, *SAID["components"]["schemas"], "not_found"):
        assert f'id="{name}"' in shown
    for name in re.findall(r'href="#(\w+)"', shown):
        assert f'id="{name}"' in shown or name == "content"


# ---- every operation ----

@each
def test_good_input(operation, caller):
    answer = caller.good(operation)
    assert str(answer.status_code) in operation.said["responses"], answer.data
    if answer.status_code == 201:
        assert caller.client.get(answer.location, headers={
            "Authorization": f"Bearer {caller.world.clerk.token}"}).status_code == 200
    if operation.method == "get":
        assert caller.good(operation, If_None_Match=answer.headers["ETag"]).status_code == 304


@each
def test_spoiled_input(operation, caller):
    given = caller.input(operation)
    bad = [("/query", {**given, "query": {**given["query"], "stray": "1"}})]
    for name, schema in operation.schemas("path").items():
        bad += [("/path", {**given, "places": {**given["places"], name: value}})
                for value in ("x" * 65, *(() if "maxLength" in schema else ("yesterday",)))]
    for name, schema in operation.schemas("query").items():
        wrong = list(wrong_texts(schema))
        if schema.get("type") in ("integer", "boolean"):
            wrong += ["x", "-1", "1.5", "9" * 30]
        bad += [("/query", {**given, "query": {**given["query"], name: value}}) for value in wrong]
        bad.append(("/query", {**given, "query": {**given["query"], name: ["1", "2"]}}))
    for name in operation.needed("query"):
        bad.append(("/query", {**given, "query": {key: one for key, one in given["query"].items() if key != name}}))
    if given["key"]:
        bad += [("/header", {**given, "key": key}) for key in (None, "short", "a/b/c/d/e", "k" * 49)]
    if operation.body:
        bad += [(where, {**given, "body": body}) for where, body in spoiled(operation.body, given["body"])]
    for where, one in bad:
        answer = caller.call(operation, **one)
        assert answer.status_code == 400, (where, one, answer.data)
        if "\0" in str(one) or "\\x00" in str(one):
            continue  # refused before it is looked where
        told = [answer.json.get("field", ""), *(fault["field"] for fault in answer.json.get("errors", ()))]
        assert any(field.startswith(where) for field in told), (where, answer.json)


@each
def test_what_is_no_token(operation, caller):
    given = caller.input(operation)
    assert caller.call(operation, **given, token="x" * 40).status_code == 401
    assert caller.call(operation, **given, token="", Authorization="Basic eDp5").status_code == 401
    expected = operation.said["responses"] if operation.is_open else {"401"}
    assert str(caller.call(operation, **given, token="").status_code) in expected


@each
def test_what_is_no_json(operation, caller):
    if operation.body is None:
        return
    path, headers = BASE + operation.path, {
        "Authorization": f"Bearer {caller.world.clerk.token}", "Idempotency-Key": uuid.uuid4().hex}
    for content, kind, status in ((b"{", "application/json", 400), (b"[]", "application/json", 400),
                                  (b"\xff", "application/json", 400), (b"a=b", "text/plain", 415)):
        answer = caller.client.post(path, data=content, content_type=kind, headers=headers)
        check_answer(operation, answer)
        assert answer.status_code == status


# ---- what holds for all ----

def test_a_key_does_nothing_twice(caller):
    for name in ("apply", "register", "appeal_new"):
        operation, given = OPERATIONS[name], caller.input(OPERATIONS[name])
        first, again = caller.call(operation, **given), caller.call(operation, **given)
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.data == again.data
        other = copy.deepcopy(given)
        other["body"]["whom"] = {"person_id": caller.world.pupils[19]}
        assert caller.call(operation, **other).status_code == 409


def test_what_is_corrected_is_sent_under_another_key(caller):
    """What was given to the draft before, and is not given again, is not in the application."""
    operation, given = OPERATIONS["apply"], caller.input(OPERATIONS["apply"])
    lacking = copy.deepcopy(given)
    del lacking["body"]["form"]["stop"]
    refused = caller.call(operation, **lacking)
    assert (refused.status_code, refused.json["field"]) == (400, "/form/stop")
    given["key"] = uuid.uuid4().hex
    given["body"]["documents"][0]["name"] = "another.pdf"
    made = caller.call(operation, **given).json
    documents = caller.world.clerk.request.get(made["person_id"], made["id"]).documents
    assert [one["name"] for one in documents] == ["another.pdf"]


def test_pages(caller):
    operation = OPERATIONS["services"]
    whole = caller.call(operation).json["items"]
    found, cursor = [], {}
    while cursor is not None:
        page = caller.call(operation, query={"limit": 1, **cursor}).json
        found += page["items"]
        cursor = {"cursor": page["next"]} if page["next"] else None
    assert found == whole and len(whole) > 3
    wrong = caller.call(operation, query={"cursor": "none"})
    assert (wrong.status_code, wrong.json["key"]) == (400, "page.bad_cursor")


def test_not_yours_is_not_found(caller):
    world = caller.world
    places = {"person": world.pupils[1], "application": world.application}
    other = {"person": world.pupils[0], "application": str(uuid.uuid4())}
    answers = [caller.call(OPERATIONS["application"], where, token=world.pupil.token) for where in (places, other)]
    for answer in answers:
        assert answer.status_code == 404
    assert len({(answer.json["key"], answer.json["detail"]) for answer in answers}) == 1


def test_a_browser_is_not_believed(app, caller):
    """A cookie opens nothing: no page of others can make a browser call."""
    client = app.test_client()
    signed = client.get("/sign-in").data.decode()
    token = re.search(r'name="csrf_token" value="([^"]+)"', signed).group(1)
    assert client.post("/sign-in", data={"login": "pupil", "password": "a long enough password",
                                         "csrf_token": token}).status_code == 302
    assert client.get("/cabinet/").status_code == 200
    assert client.get(f"{BASE}/identity").status_code == 401


def test_what_is_not_there(caller):
    for method, path, status in (("GET", "/none", 404), ("DELETE", "/services", 405)):
        answer = caller.client.open(BASE + path, method=method)
        judge({"$ref": "#/components/schemas/Problem"}, answer.json, ANSWERS)
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


def test_the_language_of_errors(caller):
    places = {"service": "none"}
    told = {caller.call(OPERATIONS["service"], places, Accept_Language=language).json["detail"]
            for language in ("az", "en", "ru")}
    assert len(told) == 3
