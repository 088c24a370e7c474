"""What other services call: the operations of openapi.json. The description is carried out: routes, the
judging of what comes in and the shape of what goes out follow from it; here stands what each one does."""

import base64
import binascii
import datetime
import http
import json
import os
import re

import edu
from edu.flask import STATUSES
from flask import Blueprint, g, jsonify, make_response, render_template, request, url_for
from markupsafe import Markup, escape
from werkzeug.exceptions import HTTPException

from . import i18n, operations, texts
from .library import library

blueprint = Blueprint("rest", __name__, url_prefix="/api/v1")

with open(os.path.join(os.path.dirname(__file__), "openapi.json"), encoding="utf-8") as _file:
    TEXT = _file.read()
DESCRIPTION = json.loads(TEXT)
PARTS = DESCRIPTION["components"]
# The library's judge takes a schema that stands by itself.
SCHEMAS = json.loads(json.dumps(PARTS["schemas"]).replace("#/components/schemas/", "#/$defs/"))
BODY_MAX = 32 << 20

KINDS = {400: "invalid", 404: "not_found", 413: "limit"}
# Longest of the library's: a quarter of an hour. Who is busy is not for long.
RETRY_AFTER = {429: 900, 503: 2}


def _part(node):
    """What is meant, where the description refers to it."""
    while "$ref" in node:
        name = node["$ref"].rsplit("/", 2)
        node = PARTS[name[1]][name[2]]
    return node


class Operation:
    """One of the description."""

    def __init__(self, path, method, said):
        self.id, self.method = said["operationId"], method
        self.rule = re.sub(r"{(\w+)}", r"<\1>", path)
        parameters = [_part(one) for one in said.get("parameters", ())]
        self.parameters = {where: {one["name"]: one for one in parameters if one["in"] == where}
                           for where in ("query", "path", "header")}
        self.needs_token = {} not in said.get("security", DESCRIPTION["security"])
        self.takes = said["requestBody"]["content"]["application/json"]["schema"] \
            if "requestBody" in said else None
        self.status = int(next(code for code in said["responses"] if code.startswith("2")))
        self.gives = said["responses"][str(self.status)]["content"]["application/json"]["schema"]

    def query(self):
        given = {name: values[0] if len(values) == 1 else values
                 for name, values in request.args.lists()}
        wanted = self.parameters["query"]
        for name, one in wanted.items():
            if name in given:
                given[name] = _typed(given[name], one["schema"])
            elif "default" in one["schema"]:
                given[name] = one["schema"]["default"]
        _judge(_object(wanted), given, "/query")
        return given

    def judge_rest(self, places):
        _judge(_object(self.parameters["path"]), places, "/path")
        headers = self.parameters["header"]
        _judge({**_object(headers), "additionalProperties": True},
               {name: request.headers[name] for name in headers if name in request.headers}, "/header")

    def body(self):
        if request.mimetype != "application/json":
            raise Refused("invalid", "rest.media_type", "send JSON, as application/json", status=415)
        if (request.content_length or 0) > BODY_MAX:
            raise Refused("limit", "rest.too_large", f"a body has at most {BODY_MAX} bytes", status=413)
        try:
            given = json.loads(request.get_data())
        except ValueError:
            raise Refused("invalid", "form.not_json", "this is no JSON") from None
        if "\\u0000" in json.dumps(given):
            raise Refused("invalid", "rest.null", "a text holds a null character")
        files = _take_files(given)
        _judge({"$ref": self.takes["$ref"].replace("components/schemas", "$defs"), "$defs": SCHEMAS}, given)
        for file, content in files:
            file["content"] = content
        return given


def _object(parameters):
    return {"type": "object", "properties": {name: one["schema"] for name, one in parameters.items()},
            "required": [name for name, one in parameters.items() if one.get("required")],
            "additionalProperties": False}


def _typed(text, schema):
    """What is not of its type stays a text, which the judge refuses."""
    if schema.get("type") == "integer" and isinstance(text, str) and re.fullmatch("-?[0-9]{1,18}", text):
        return int(text)
    if schema.get("type") == "boolean":
        return {"true": True, "false": False}.get(str(text), text)
    return text


class Refused(Exception):
    """By the description, before the library was asked."""

    def __init__(self, kind, key, detail, field="", errors=(), status=None):
        super().__init__(key)
        self.problem = {"key": key, "detail": detail, "retryable": False}
        if field:
            self.problem["field"] = field
        if len(errors) > 1:
            self.problem["errors"] = errors
        self.kind, self.status = kind, status or STATUSES[kind]


def _judge(schema, given, where=""):
    report = edu.form_check(json.dumps(schema).encode(), json.dumps(given).encode(), True)
    if not report.is_valid:
        raise _faulty(report.errors, texts.form_error, where)


def _faulty(errors, text, where=""):
    told = [{"field": where + one["field"], "key": one["key"], "detail": text(one)} for one in errors]
    return Refused("invalid", told[0]["key"], told[0]["detail"], told[0]["field"], told)


def _bytes(text, field):
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refused("invalid", "rest.base64", "this is not base64", field) from None


def _take_files(given):
    """Contents of files are taken out: the judge looks at what is written, not at megabytes."""
    taken = []
    for name in ("documents", "files"):
        listed = given.get(name) if isinstance(given, dict) else None
        for at, file in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(file, dict) and isinstance(file.get("content"), str):
                taken.append((file, _bytes(file["content"], f"/{name}/{at}/content")))
                file["content"] = ""
    return taken


# ---- what goes out ----

def _shaped(schema, value):
    """Of a record what the description speaks of; times in UTC."""
    schema = _part(schema)
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).isoformat().replace("+00:00", "Z")
    if isinstance(value, datetime.date):
        return value.isoformat()
    told, other = schema.get("properties"), schema.get("additionalProperties")
    if isinstance(value, dict) and (told or isinstance(other, dict)):
        known = {name: _shaped(one, value[name]) for name, one in (told or {}).items()}
        return known | {name: _shaped(other, one) for name, one in value.items()
                        if name not in known and isinstance(other, dict)}
    if isinstance(value, list) and "items" in schema:
        return [_shaped(schema["items"], one) for one in value]
    return value


def _answer(operation, made):
    response = make_response(jsonify(_shaped(operation.gives, made)), operation.status)
    if operation.status == 201:
        response.location = made["location"]
    if operation.method == "get":
        response.headers["Cache-Control"] = "no-store" if g.session.token else "no-cache"
        response.add_etag()
        response.make_conditional(request)
    else:
        response.headers["Cache-Control"] = "no-store"
    return response


def _problem(kind, status, problem):
    response = jsonify({"type": url_for("rest.page", _anchor=kind), "title": http.HTTPStatus(status).phrase, "status": status, **problem,
                        "request": operations.request_id()})
    response.status_code = status
    response.mimetype = "application/problem+json"
    response.headers["Cache-Control"] = "no-store"
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if status in RETRY_AFTER:
        response.headers["Retry-After"] = str(RETRY_AFTER[status])
    return response


@blueprint.errorhandler(edu.Error)
def _failed(error):
    status = STATUSES.get(error.code, 500)
    problem = {"key": error.key, "detail": texts.error_text(error), "retryable": error.retryable}
    if error.field:
        problem["field"] = error.field
    return _problem(error.code, status, problem)


@blueprint.errorhandler(Refused)
def _refused(error):
    return _problem(error.kind, error.status, error.problem)


@blueprint.errorhandler(HTTPException)
def http_problem(error):
    kind = KINDS.get(error.code, "invalid")
    response = _problem(kind, error.code, {"key": f"rest.{error.code}", "retryable": False,
                                           "detail": http.HTTPStatus(error.code).description})
    if error.code == 405:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


# ---- who calls ----

@blueprint.before_request
def _open():
    """By the token, never by a cookie: so that no other page can make a browser call."""
    g.language = request.accept_languages.best_match(i18n.LANGUAGES) or next(iter(i18n.LANGUAGES))
    given = request.headers.get("Authorization", "")
    if not given:
        g.session = library.use(library.portal.session(g.language))
        return
    kind, _space, token = given.partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise Refused("unauthenticated", "session.ended", "send the token as Authorization: Bearer TOKEN")
    g.session = library.use(library.portal.resume(token.strip()))
    g.session.set_language(g.language)


# ---- submitting ----

def _person(whom):
    if not whom:
        return None
    if "person_id" in whom:
        return whom["person_id"]
    if "number" not in whom:
        return None
    return g.session.account.find(whom["number"], datetime.date.fromisoformat(whom["birth"])).id


def _key():
    return request.headers["Idempotency-Key"]


def apply(_query, body):
    person, form = _person(body.get("whom")), body.get("form", {})
    draft = g.session.draft.save(person, body["offering_id"], None, form, body.get("choices", []),
                                 key=f"{_key()}-draft")
    given = [g.session.draft.attach(person, draft, one["kind"], one["name"], one["content"],
                                    key=f"{_key()}-{at}")
             for at, one in enumerate(body.get("documents", ()))]
    _prepare(person, draft, given)
    made = g.session.request.submit(person, draft, key=_key())
    return {**made, "location": url_for("rest.application", person=made.person_id, application=made.id)}


def _prepare(person, draft, given):
    """The draft holds what was given and nothing else, and lacks nothing."""
    try:
        kept = g.session.draft.get(person, draft)
    except edu.NotFound:
        return  # submitted before, under this key
    for one in kept.documents:
        if one["id"] not in given:
            g.session.draft.detach(person, draft, one["id"], key=None)
    faults = g.session.draft.check(person, draft).faults
    # What hangs on no field, such as a closed window, the library tells when it refuses.
    faults = [one for one in faults if one["field"]]
    if faults:
        raise _faulty([{**one, "field": _in_body(one["field"])} for one in faults], _fault_text)


def _in_body(field):
    return field if re.match("/(documents|choices)(/|$)", field) else f"/form{field}"


def _fault_text(fault):
    return texts.form_error(fault) if fault["key"].startswith("form.") else texts.fault_text(fault)


def register(_query, body):
    person = _person(body.get("whom")) or g.session.account.identity().person_id
    made = g.session.olympiad.register(body["sitting_id"], person, key=_key())
    return {"person_id": person, "id": made,
            "location": url_for("rest.application", person=person, application=made)}


def appeal_new(_query, body):
    given = {name: body[name] for name in ("channel", "category", "region", "text", "given", "family", "mail",
                                           "phone") if name in body}
    if "received" in body:
        given["received"] = datetime.datetime.fromisoformat(body["received"].replace("Z", "+00:00"))
    if body.get("whom"):
        given["person_id"] = _person(body["whom"])
    made = g.session.appeal.submit(given, key=_key())
    for at, one in enumerate(body.get("files", ())):
        g.session.appeal.attach(made.person_id, made.id, one["name"], one["content"], False,
                                key=f"{_key()}-{at}")
    return {**made, "location": url_for("rest.appeal", person=made.person_id, appeal=made.id)}


# ---- state ----

def _paged(function, query, *arguments):
    page = function(*arguments, cursor=query.get("cursor"), limit=query["limit"])
    return {"items": list(page), "next": page.next}


def identity(_query):
    found = g.session.account.identity()
    return {**found, "language": found.language or g.language}


def applications(query):
    page = _paged(g.session.application.list, query, query.get("person"))
    return {**page, "items": [{**one, "title": one.subject, "since": one.changed} for one in page["items"]]}


def application(_query, person, application):
    try:
        found = g.session.request.get(person, application)
    except edu.NotFound:
        found = g.session.application.get(person, application)
        return {**found, "title": found.subject, "since": found.changed, "due": None, "is_overdue": False,
                "corrections": []}
    return {**found, "title": found.offering, "since": found.entered, "corrections": found.corrections or []}


def events(query, person, application):
    try:
        return _paged(g.session.request.timeline, query, person, application)
    except edu.NotFound:
        return _paged(g.session.application.timeline, query, person, application)


def appeal(_query, person, appeal):
    return g.session.appeal.get(person, appeal)


# ---- what there is ----

def _service(one):
    return {**one, "takes_applications": one.request is not None}


def services(query):
    page = _paged(g.session.service.list, query)
    return {**page, "items": [_service(one) for one in page["items"]]}


def service(_query, service):
    found = g.session.service.get(service)
    asked = found.request or {}
    return {**_service(found), "form": asked.get("form"), "documents": asked.get("documents", []),
            "has_offerings": asked.get("offerings", False)}


def offerings(query):
    wanted = {"service": query["service"], "only_open": query.get("open", False),
              **{name: query[name] for name in ("region", "institution") if name in query}}
    return _paged(g.session.offering.list, query, wanted)


def seasons(query):
    return _paged(g.session.olympiad.seasons, query)


def sittings(query, season):
    return _paged(g.session.olympiad.sittings, query, season)


# ---- checking, and figures ----

def verify(_query, body):
    certificate = g.session.certificate
    if "text" in body:
        return certificate.check(body["text"])
    if "file" in body:
        return certificate.check_file(_bytes(body["file"], "/file"))
    return certificate.find(body["number"], datetime.date.fromisoformat(body["birth"]), request.remote_addr)


def _period(query):
    since, until = (i18n.from_local(f"{query[name]}T00:00") for name in ("since", "until"))
    return since, until + datetime.timedelta(days=1)


def appeal_figures(query):
    return g.session.appeal.statistics(*_period(query))


def application_statistics(query):
    return g.session.statistics.applications(query["service"], *_period(query))


def payment_statistics(query):
    return g.session.statistics.payments(*_period(query))


def certificate_statistics(query):
    return g.session.statistics.certificates(*_period(query))


def result_figures(query):
    return _paged(g.session.result.figures, query, query["season"], query["by"])


# ---- the description ----

@blueprint.get("/openapi.json")
def description():
    response = make_response(TEXT)
    response.mimetype = "application/json"
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.add_etag()
    return response.make_conditional(request)


def _prose(text):
    """What stands between backticks is code."""
    return Markup("").join(Markup("<code>%s</code>") % one if at % 2 else escape(one)
                           for at, one in enumerate(text.split("`")))


@blueprint.get("/")
def page():
    """The description for people, in the language that programmers share."""
    return render_template("rest.html", said=DESCRIPTION, part=_part, prose=_prose, statuses=STATUSES)


OPERATIONS = [Operation(path, method, said) for path, methods in DESCRIPTION["paths"].items()
              for method, said in methods.items()]


def _view(operation):
    function = globals()[operation.id]

    def view(**places):
        if operation.needs_token and not g.session.token:
            raise Refused("unauthenticated", "session.nobody", "this needs a token")
        operation.judge_rest(places)
        arguments = [operation.query()]
        if operation.takes:
            arguments.append(operation.body())
        return _answer(operation, function(*arguments, **places))
    return view


for _one in OPERATIONS:
    blueprint.add_url_rule(_one.rule, _one.id, _view(_one), methods=[_one.method.upper()])
