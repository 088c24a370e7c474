"""What guards the pages: forms, headers, cookies, addresses, sizes, and a log in which nobody is named."""

import html
import io
import json
import logging
import re
import urllib.parse

import pytest
from command import ROOT
from werkzeug.exceptions import HTTPException
from werkzeug.routing import AnyConverter, IntegerConverter
from world import PASSWORD

TEMPLATES = ROOT / "examples/portal/portal/templates"
EVIL = "evil.example"
# Known of people of the world; Şəhla1 and so on are all named alike.
PERSONAL = ("İsmayılova", "ismayilova", "Şəhla", "Şıxlı", "PUP0", "STF0", "mail.example", "newcomer", "2014-01-01")
UUID = "01a21f7b-354f-7009-a770-301cde82689f"


class Browser:
    def __init__(self, app, login=None):
        self.client = app.test_client()
        if login:
            answer = self.send("/sign-in", login=login, password=PASSWORD)
            assert answer.status_code == 302, answer.data

    def token(self):
        page = self.client.get("/sign-in").data.decode()
        return html.unescape(re.search(r'name="csrf_token" value="([^"]+)"', page).group(1))

    def send(self, path, **fields):
        return self.client.post(path, data={"csrf_token": self.token(), **fields})

    def get(self, path, **headers):
        return self.client.get(path, headers=headers)


def crawl(app, browser, starts):
    """Pages that links lead to: (path, answer). Two of a route tell what a hundred would."""
    routes, waiting, count = app.url_map.bind(""), [*starts], {}
    while waiting:
        path = waiting.pop(0)
        try:
            endpoint = routes.match(path.split("?")[0])[0]
        except HTTPException:
            endpoint = path
        count[endpoint] = count.get(endpoint, 0) + 1
        if count[endpoint] > 2 or endpoint in ("static", "public.assets"):
            continue
        answer = browser.get(path)
        yield path, answer
        if answer.mimetype == "text/html":
            waiting += [html.unescape(one) for one in re.findall(r'href="(/[^"#]*)', answer.data.decode())]
        if answer.status_code in (301, 302):
            waiting.append(answer.location)


@pytest.fixture(scope="module", params=[None, "pupil", "clerk"], ids=["nobody", "pupil", "clerk"])
def pages(request, app, world):
    browser = Browser(app, request.param)
    starts = ("/", "/cabinet/", "/staff/") if request.param else ("/",)
    return list(crawl(app, browser, starts))


@pytest.fixture(scope="module")
def clerk(app):
    return Browser(app, "clerk")


# ---- forms ----

def posts(app):
    """(endpoint, a path) of every route that takes a form."""
    for rule in app.url_map.iter_rules():
        if "POST" in rule.methods and rule.endpoint.split(".")[0] not in ("rest", "payment_provider", "bank_api"):
            yield rule.endpoint, rule.build({name: value_for(kind) for name, kind in rule._converters.items()})[1]


def value_for(converter):
    if isinstance(converter, IntegerConverter):
        return 7
    return sorted(converter.items)[0] if isinstance(converter, AnyConverter) else UUID


def test_no_form_is_taken_without_its_token(app, clerk, monkeypatch):
    reached = []

    def watch(endpoint):
        def view(**_places):
            reached.append(endpoint)
            return ""
        return view

    every, anothers = dict(posts(app)), Browser(app).token()
    assert len(every) > 80
    for endpoint in every:
        monkeypatch.setitem(app.view_functions, endpoint, watch(endpoint))
    for endpoint, path in every.items():
        for fields in ({}, {"csrf_token": "x" * 91}, {"csrf_token": anothers}):
            assert clerk.client.post(path, data=fields).status_code == 400, path
    assert reached == []
    monkeypatch.undo()
    # With it they are.
    endpoint, path = next(iter(every.items()))
    monkeypatch.setitem(app.view_functions, endpoint, watch(endpoint))
    assert clerk.send(path).status_code == 200 and reached == [endpoint]


def test_what_needs_no_token_is_signed_or_takes_no_cookie(app):
    free = {rule.endpoint.split(".")[0] for rule in app.url_map.iter_rules() if rule.methods & {"POST", "PUT", "DELETE"}} \
        - {endpoint.split(".")[0] for endpoint, _path in posts(app)}
    assert free <= {"rest", "payment_provider", "bank_api"}
    assert not any(rule.methods & {"PUT", "PATCH", "DELETE"} for rule in app.url_map.iter_rules())


def test_every_form_of_the_pages_carries_its_token():
    for path in TEMPLATES.glob("*.html"):
        for form in re.findall(r"<form\b[^>]*method=\"post\".*?</form>", path.read_text(encoding="utf-8"), re.S | re.I):
            assert "csrf()" in form or "tokens(form)" in form, (path.name, form[:80])
    assert re.search(r"macro tokens\(form\).*?csrf\(\).*?endmacro", (TEMPLATES / "macros.html").read_text("utf-8"), re.S)


# ---- pages ----

def test_nothing_stands_inline(pages):
    looked = 0
    for path, answer in pages:
        if answer.mimetype != "text/html":
            continue
        looked += 1
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy and "default-src 'none'" in policy and "frame-ancestors 'none'" in policy, path
        text = answer.data.decode()
        assert not re.search(r"<[^>]+\s(style|on[a-z]+)\s*=", text), path
        assert not re.search(r"<style|javascript:|<script(?![^>]*\ssrc=)", text, re.I) or "sha256-" in policy, path
    assert looked > 5


def test_headers(pages):
    for path, answer in pages:
        assert answer.status_code < 500, path
        for name, value in (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin"),
                            ("Cross-Origin-Opener-Policy", "same-origin")):
            assert answer.headers[name] == value, path
        assert "camera=(self)" in answer.headers["Permissions-Policy"]
        assert "Strict-Transport-Security" not in answer.headers  # not behind TLS here


def test_what_is_personal_is_not_stored(pages):
    for path, answer in pages:
        if path.startswith(("/cabinet", "/staff")) and answer.status_code == 200:
            assert answer.headers["Cache-Control"] == "no-store", path
        elif "public" in answer.headers["Cache-Control"]:
            assert not any(word in answer.data.decode() for word in PERSONAL), path


def addresses(answer):
    if answer.location:
        yield answer.location
    if answer.mimetype == "text/html":
        yield from (html.unescape(one) for one in re.findall(r'(?:href|src|action)="([^"]*)"', answer.data.decode()))


def test_no_address_names_anybody(pages):
    for path, answer in pages:
        for address in addresses(answer):
            plain = urllib.parse.unquote(address)
            assert not any(word in plain for word in PERSONAL), (path, address)


def test_what_is_searched_and_typed_is_in_no_address(app, clerk):
    found = clerk.send("/staff/pupils", words="ismayilova")
    assert found.status_code == 200 and "Şəhla" in found.data.decode()
    assert not any("ismayilova" in one for one in addresses(found))
    visitor = Browser(app)
    moved = visitor.send("/register", login="newcomer@mail.example", password=PASSWORD, number="PUP0019",
                         birth_day="1", birth_month="1", birth_year="2014")
    assert moved.status_code == 302 and "newcomer" not in moved.location
    assert 'value="newcomer@mail.example"' in visitor.get(moved.location).data.decode()
    moved = visitor.send("/recover", login="newcomer@mail.example")
    assert moved.status_code == 302 and "newcomer" not in moved.location


@pytest.mark.parametrize("place", [f"https://{EVIL}/", f"//{EVIL}", f"/\\{EVIL}", f"\\\\{EVIL}", f"/\t/{EVIL}", f"/\n/{EVIL}",
                                   f"javascript:alert(1)//{EVIL}", f" //{EVIL}", f"https:{EVIL}"])
def test_nobody_is_sent_elsewhere(app, place):
    browser = Browser(app)
    assert EVIL not in browser.send("/sign-in", login="pupil", password=PASSWORD, next=place).location
    assert EVIL not in browser.send("/language/en", next=place).location
    shown = browser.get("/sign-in?" + urllib.parse.urlencode({"next": place})).data.decode()
    assert EVIL not in shown


def test_another_hosts_name_comes_into_no_page(app, clerk):
    for path in ("/", "/sign-in", "/cabinet/", "/verify", "/cabinet", "/api/v1/openapi.json", "/nowhere", "/V/123"):
        answer = clerk.get(path, Host=EVIL, **{"X-Forwarded-Host": EVIL})
        assert EVIL not in answer.data.decode() and EVIL not in str(answer.headers), path


# ---- signing in and out ----

def cookie_of(answer, name="edu_session"):
    [cookie] = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith(name)]
    return cookie


def test_a_sign_in_is_a_new_one(app):
    """What somebody else may have put into the browser before is worth nothing afterwards."""
    browser = Browser(app)
    browser.client.set_cookie("localhost", "edu_session", "planted")
    first = cookie_of(browser.send("/sign-in", login="pupil", password=PASSWORD))
    second = cookie_of(browser.send("/sign-in", login="pupil", password=PASSWORD))
    assert first.split(";")[0] != second.split(";")[0] and "planted" not in first
    for word in ("HttpOnly", "Path=/", "SameSite=Lax"):
        assert word in first.split("; ")


def test_signed_out_is_out(app):
    browser = Browser(app)
    cookie = cookie_of(browser.send("/sign-in", login="pupil", password=PASSWORD)).split(";")[0].split("=", 1)[1]
    assert browser.get("/cabinet/").status_code == 200
    gone = browser.send("/sign-out")
    assert "Expires=Thu, 01 Jan 1970" in cookie_of(gone) or "Max-Age=0" in cookie_of(gone)
    thief = Browser(app)
    thief.client.set_cookie("localhost", "edu_session", cookie)
    assert thief.get("/cabinet/").status_code == 302
    assert browser.client.get("/sign-out").status_code == 405


# ---- sizes ----

def test_how_much_may_be_sent(app, clerk):
    mib = 1 << 20
    for browser, size, status in ((Browser(app), 33 * mib, 413), (Browser(app, "pupil"), 65 * mib, 413),
                                  (clerk, 257 * mib, 413)):
        answer = browser.client.post("/verify", environ_overrides={"CONTENT_LENGTH": str(size)},
                                     content_type="multipart/form-data; boundary=x")
        assert answer.status_code == status
    unknown = Browser(app).client.post("/verify", headers={"Transfer-Encoding": "chunked"})
    assert unknown.status_code == 411
    parts = "".join(f'--x\r\nContent-Disposition: form-data; name="f{at}"\r\n\r\n1\r\n' for at in range(6000))
    answer = Browser(app).client.post("/verify", data=parts + "--x--\r\n",
                                      content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413
    answer = Browser(app).client.post("/verify", data="text=" + "x" * (5 * mib),
                                      content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413


def test_a_null_character_is_refused(app, clerk):
    """It would end a text in C."""
    assert clerk.send("/verify", text="a\0b").status_code == 400
    assert clerk.send("/verify", **{"a\0": "b"}).status_code == 400
    for path in ("/services/a%00b", "/services/club?cursor=%00", "/api/v1/services?cursor=%00"):
        assert clerk.get(path).status_code == 400, path


# ---- the log ----

FIN, NAME, PHONE = "7ZQX1K9", "Gülbadamxanım", "+994 55 777 66 55"


@pytest.fixture
def log():
    """What the portal writes to its log."""
    from portal.operations import Lines
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Lines())
    logging.getLogger().addHandler(handler)
    logging.getLogger("portal").setLevel(logging.INFO)
    yield written
    logging.getLogger().removeHandler(handler)


def test_nobody_is_in_the_log(app, clerk, log, monkeypatch):
    birth = {"birth_day": "1", "birth_month": "2", "birth_year": "2012"}
    clerk.get(f"/staff/pupils?words={NAME}&number={FIN}")
    clerk.send("/staff/pupils", words=NAME)
    clerk.send(f"/staff/pupils/{FIN}/activate")
    clerk.send("/staff/appeals/search", q=NAME, person=FIN)
    clerk.send("/staff/appeals/new/hotline", given=NAME, family=NAME, phone=PHONE, text=f"{NAME} {FIN}", category="teaching")
    clerk.send("/cabinet/family", number=FIN, **birth)
    clerk.get(f"/nowhere/{FIN}")
    visitor = Browser(app)
    visitor.send("/register", login=NAME, password=PASSWORD, number=FIN, **birth)
    visitor.send("/sign-in", login=PHONE, password=NAME)
    visitor.send("/recover", login=FIN)
    visitor.send("/verify", way="number", number=FIN, **birth)
    visitor.client.post("/api/v1/appeals", json={"text": NAME, "category": FIN}, headers={"Authorization": f"Bearer {FIN}"})

    def broken(**_places):
        raise ValueError(f"cannot read {NAME}, {FIN}, {PHONE}")
    monkeypatch.setitem(app.view_functions, "results.verify", broken)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    failure = visitor.send("/verify", number=FIN)
    assert failure.status_code == 500 and failure.headers["X-Request-Id"] in failure.data.decode()
    logging.getLogger("some.other").warning("of a library: %s", NAME)
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert len(lines) > 20 and {line["message"] for line in lines} >= {"answered", "failed", "of a library: %s"}
    for word in (FIN, NAME, PHONE, "777 66", PASSWORD, "pupils/", "127.0.0.1"):
        assert word not in log.getvalue() and word not in json.dumps(lines)
    [failed] = [line for line in lines if line["message"] == "failed"]
    assert failed["error"] == "ValueError" and failed["route"] == "results.verify"
    assert failed["request"] in {line["request"] for line in lines if line["message"] == "answered"}
