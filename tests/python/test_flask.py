"""edu.flask: a portal a process, a session a request, errors as HTTP says them."""

import logging
import os
import re
import threading

import edu
import edu.flask
import flask
import pytest
from werkzeug.exceptions import HTTPException
from world import CHEAP, PASSWORD

COOKIE = edu.flask.COOKIE


def make_app(world, **config):
    app = flask.Flask("tried")
    app.config.update(SECRET_KEY="of the tests", **config)
    app.config["EDU_PORTAL"] = {"store": world.store, "keys": f"{world.folder}/portal.db.keys",
                                "language": "az", **CHEAP}
    library = edu.flask.FlaskPortal(app, language=lambda: flask.request.args.get("language"))

    @app.get("/")
    def who():
        return {"who": library.identity and library.identity.login}

    @app.post("/sign-in")
    def sign_in():
        library.sign_in(flask.request.form["login"], flask.request.form["password"])
        return {"who": library.identity.login}

    @app.post("/sign-out")
    def sign_out():
        library.sign_out()
        return {"who": library.identity and library.identity.login}

    @app.get("/token")
    def token():
        library.use(library.portal.resume(flask.request.headers["Authorization"].partition(" ")[2]))
        return {"who": library.identity.login}

    @app.get("/plain")
    def plain():
        return "no session is needed"

    @app.get("/title")
    def title():
        return library.session.olympiad.seasons()[0].title

    @app.get("/season/<season>")
    def season(season):
        return library.session.olympiad.season(season)

    @app.get("/raise/<kind>")
    def raises(kind):
        error = getattr(edu, kind)("what was wrong")
        error.key, error.code = "tests.wrong", "_".join(re.findall("[A-Z][a-z]+", kind)).lower()
        raise error

    @app.get("/stream")
    def stream():
        return flask.Response(flask.stream_with_context(
            season.title for season in edu.pages(library.session.olympiad.seasons, limit=1)))

    return app, library


@pytest.fixture
def app(world):
    return make_app(world)[0]


def sign_in(client, login="pupil", password=PASSWORD):
    return client.post("/sign-in", data={"login": login, "password": password})


def test_who_signs_in_is_known_until_they_sign_out(app):
    client = app.test_client()
    assert client.get("/").json == {"who": None}
    signed = sign_in(client)
    assert signed.json == {"who": "pupil"}
    cookie = signed.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=") and "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert "Max-Age=43200" in cookie and "Secure" not in cookie
    seen = client.get("/")
    assert seen.json == {"who": "pupil"} and seen.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in seen.headers
    kept = cookie.split(";")[0].partition("=")[2]
    out = client.post("/sign-out")
    assert out.json == {"who": None} and "Max-Age=0" in out.headers["Set-Cookie"]
    assert client.get("/").json == {"who": None}
    # Wherever a copy of the cookie is, it opens nothing any more, and is dropped there.
    client.set_cookie("localhost", COOKIE, kept)
    late = client.get("/")
    assert late.json == {"who": None} and "Max-Age=0" in late.headers["Set-Cookie"]


def test_signing_in_again_changes_who_it_is(app):
    client = app.test_client()
    sign_in(client)
    assert sign_in(client, "clerk").json == {"who": "clerk"}
    assert client.get("/").json == {"who": "clerk"}


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_cookie_has_the_attributes_that_the_app_says(world, scheme):
    app, _ = make_app(world, SESSION_COOKIE_SAMESITE="Strict", SESSION_COOKIE_PATH="/portal",
                      SESSION_COOKIE_DOMAIN="example.az")
    cookie = app.test_client().post(
        "/sign-in", data={"login": "pupil", "password": PASSWORD}, base_url=f"{scheme}://example.az"
    ).headers["Set-Cookie"]
    assert "SameSite=Strict" in cookie and "Path=/portal" in cookie and "Domain=example.az" in cookie
    assert ("Secure" in cookie) == (scheme == "https")


def test_a_cookie_that_this_app_did_not_sign_is_nobody_s(app, world):
    client = app.test_client()
    token = world.pupil.token
    signed = sign_in(client).headers["Set-Cookie"].split(";")[0].partition("=")[2]
    for forged in (token, f"{token}.{signed.partition('.')[2]}", signed[:-2] + "xx", ".", ""):
        client.set_cookie("localhost", COOKIE, forged)
        answer = client.get("/")
        assert answer.json == {"who": None}
        assert ("Set-Cookie" in answer.headers) == (forged != "")


def test_a_session_by_a_token_goes_before_the_cookie_s(app, world):
    client = app.test_client()
    sign_in(client)
    given = client.get("/token", headers={"Authorization": f"Bearer {world.clerk.token}"})
    assert given.json == {"who": "clerk"} and "Set-Cookie" not in given.headers
    assert client.get("/token", headers={"Authorization": "Bearer none"}).status_code == 401
    assert client.get("/").json == {"who": "pupil"}


def test_a_wrong_password_is_401_and_leaves_the_browser_as_it_was(app):
    client = app.test_client()
    sign_in(client)
    refused = sign_in(client, "clerk", "not the password")
    assert refused.status_code == 401 and "Set-Cookie" not in refused.headers
    assert client.get("/").json == {"who": "pupil"}


def test_a_request_speaks_the_language_that_the_app_chooses(app, world):
    world.open_season()
    client = app.test_client()
    assert client.get("/title").text == "Riyaziyyat"
    for _ in range(2):
        assert client.get("/title?language=az").text == "Riyaziyyat"
        assert client.get("/title?language=en").text == "Mathematics"
        sign_in(client)


@pytest.mark.parametrize("kind, status", [
    ("Invalid", 400), ("Unauthenticated", 401), ("Denied", 403), ("NotFound", 404), ("Conflict", 409),
    ("State", 409), ("Full", 409), ("Infeasible", 409), ("Limit", 413), ("Throttled", 429), ("Busy", 503),
    ("Storage", 500), ("Io", 500), ("Corrupt", 500), ("Crypto", 500), ("Nomem", 500), ("Unsupported", 500),
    ("Cancelled", 500), ("Error", 500)])
def test_errors_are_those_of_http(app, caplog, kind, status):
    with caplog.at_level(logging.ERROR):
        answer = app.test_client().get(f"/raise/{kind}")
    assert answer.status_code == status
    # What the portal itself could not do is for its log, and not for the visitor.
    assert ("what was wrong" in answer.text) == (status < 500)
    assert ("tests.wrong: what was wrong" in caplog.text) == (status == 500)


def test_an_app_and_a_blueprint_have_pages_of_their_own(world):
    app, library = make_app(world)
    blueprint = flask.Blueprint("api", __name__, url_prefix="/api")

    @app.errorhandler(HTTPException)
    def page(error):
        return f"page of {error.code} {getattr(error.__cause__, 'key', '')}", error.code

    @app.errorhandler(edu.Unauthenticated)
    def to_sign_in(_error):
        return flask.redirect("/sign-in")

    @blueprint.errorhandler(HTTPException)
    def problem(error):
        return {"status": error.code, "key": error.__cause__.key}, error.code

    @blueprint.get("/season/<season>")
    def season(season):
        return library.session.olympiad.season(season)

    app.register_blueprint(blueprint)
    client = app.test_client()
    missing = "00000000-0000-7000-8000-000000000000"
    assert client.get(f"/season/{missing}").text == "page of 404 olympiad.not_found"
    assert client.get(f"/api/season/{missing}").json == {"status": 404, "key": "olympiad.not_found"}
    assert client.get("/nowhere").text == "page of 404 "
    assert client.get("/raise/Unauthenticated").location == "/sign-in"


def test_what_streams_has_its_session_to_the_end(app, world):
    world.open_season("2026-a")
    world.open_season("2026-b")
    assert app.test_client().get("/stream").text == "Riyaziyyat" * 2


def test_a_session_is_opened_where_one_is_asked_for_and_closed_behind(world, monkeypatch):
    app, _ = make_app(world)
    opened, closed = [], []
    session, close = edu.Portal.session, edu.Session.close
    monkeypatch.setattr(edu.Portal, "session", lambda *given: opened.append(1) or session(*given))
    monkeypatch.setattr(edu.Session, "close", lambda self: closed.append(1) or close(self))
    client = app.test_client()
    client.get("/plain")
    assert (opened, closed) == ([], [])
    client.get("/")
    client.get("/raise/State")
    assert (opened, closed) == ([1], [1])


def test_a_portal_a_process_whatever_threads_ask_for_it(world, monkeypatch):
    app, library = make_app(world)
    made = []
    portal = edu.Portal
    monkeypatch.setattr(edu, "Portal", lambda **options: made.append(1) or portal(**options))

    def ask():
        with app.app_context():
            assert library.portal

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]
    with app.test_client() as client:
        sign_in(client)
        child = os.fork()
        if child == 0:
            code = 1
            try:
                code = 0 if client.get("/").json == {"who": "pupil"} and made == [1, 1] else 2
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert client.get("/").json == {"who": "pupil"} and made == [1]


def test_two_apps_have_portals_of_their_own(world):
    first, second = flask.Flask("first"), flask.Flask("second")
    library = edu.flask.FlaskPortal()
    for app in (first, second):
        app.config.update(SECRET_KEY=app.name, EDU_PORTAL={"store": world.store})
        library.init_app(app)
    with first.app_context():
        one = library.portal
    with second.app_context():
        assert library.portal is not one and library.session.token is None


def test_without_a_secret_key_it_says_so(world):
    app = flask.Flask("tried")
    app.config["EDU_PORTAL"] = {"store": world.store}
    with pytest.raises(RuntimeError, match="SECRET_KEY"):
        edu.flask.FlaskPortal(app)
