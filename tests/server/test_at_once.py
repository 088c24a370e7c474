"""Two hundred requests at once against the portal as it is served, two workers, on either engine: each
is answered, and what was sent is there once."""

import http.client
import json
import os
import re
import secrets
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse

import edu
import pytest
from command import IS_NIGHTLY, ROOT
from world import PASSWORD, World, data, database, minutes, now

AT_ONCE = 200
WAVES = 20 if IS_NIGHTLY else 1
PEOPLE = 20


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request, tmp_path):
    made = World(tmp_path, store=database() if request.param == "postgresql" else None)
    operator = made.operator
    operator.calendar.publish(data("calendars/az.json"))
    for service in ("appeal", "club", "reference"):
        operator.service.publish(data(f"services/{service}.json"))
    operator.appeal.rules_publish(data("appeals/az.json"))
    operator.register.publish(data("registers/diagnostic_assessment.json"))
    operator.reference.publish(data("references/diagnostic_assessment_result.json"))
    operator.register.import_("diagnostic_assessment",
                              b"number,year,subject,total,maximum\nPUP0000,2026,Fizika,52,60\n")
    for at in range(1, PEOPLE):
        operator.account.create(made.pupils[at], f"pupil{at}", PASSWORD)
    _, made.sitting = made.open_season()
    for pupil in made.pupils:
        made.clerk.olympiad.register(made.sitting, pupil)
    made.clerk.offering.put({
        "service": "club", "code": "one", "title": {"az": "Şahmat", "en": "Chess"}, "places": -1,
        "opens": now() - minutes(60), "closes": now() + minutes(60), "is_published": True})
    yield made
    made.close()


@pytest.fixture
def served(world, tmp_path):
    """The portal's port, under gunicorn as examples/portal/start runs it; afterwards its log."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path / "gunicorn.log"
    environment = {**os.environ, "EDU_STORE": world.store, "EDU_KEYS": f"{world.folder}/portal.db.keys",
                   "EDU_VAR": str(world.folder), "EDU_SECOND_FACTOR": "0"}
    with open(log, "wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--chdir", ROOT / "examples/portal", "--bind", f"127.0.0.1:{port}",
             "--worker-class", "gthread", "--workers", "2", "--threads", "8", "--log-level", "warning",
             "portal:create_app()"], env=environment, stdout=out, stderr=out)
    try:
        while True:
            try:
                if Browser(port).get("/health/ready")[0] == 200:
                    break
            except OSError:
                assert server.poll() is None, log.read_text()
                time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait()
    assert log.read_text() == ""


class Browser:
    """Cookies and the token of the forms, each request on a connection of its own."""

    def __init__(self, port, cookies=None):
        self.port, self.cookies, self.token = port, cookies or {}, None

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
                   "Accept-Language": "en"}
        if body is not None:
            body = urllib.parse.urlencode({**body, "csrf_token": self.token})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        for name, value in answer.getheaders():
            if name == "Set-Cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        connection.close()
        return answer.status, text

    def get(self, path):
        return self.ask("GET", path)

    def sign_in(self, login):
        _, page = self.get("/sign-in")
        self.token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        assert self.ask("POST", "/sign-in", {"login": login, "password": PASSWORD})[0] == 302
        return self


def tasks(world, port):
    """What the two hundred do: (browser, method, path, form, status, what the page shows)."""
    made = world.pupil.reference.request(None, "diagnostic_assessment_result", None)
    paper = world.pupil.certificate.get(None, made.number).qr
    people = [Browser(port).sign_in("pupil" if at == 0 else f"pupil{at}") for at in range(PEOPLE)]
    clerk = Browser(port).sign_in("clerk")
    anybody = Browser(port)
    anybody.token = re.search(r'name="csrf_token" value="([^"]+)"', anybody.get("/verify")[1])[1]

    def appeal():
        # The same words again would be the same appeal.
        return {"category": "portal", "text": f"The page does not open: {secrets.token_hex(4)}", "checked": "1", "key": secrets.token_hex(16)}

    def one(at):
        person = people[at % PEOPLE]
        return [(person, "GET", "/cabinet/", None, 200, "Mathematics"),
                (person, "POST", "/cabinet/appeals/new", appeal(), 302, "/cabinet/appeals/"),
                (anybody, "GET", "/services/club", None, 200, "Chess"),
                (clerk, "GET", "/staff/appeals/", None, 200, "Appeals"),
                (anybody, "POST", "/verify", {"text": paper, "way": "text"}, 200, "52"),
                (clerk, "GET", f"/staff/sittings/{world.sitting}/entries", None, 200, "İsmayılova"),
                (person, "GET", "/cabinet/", None, 200, "Mathematics"),
                (anybody, "GET", "/", None, 200, "Education services")][at % 8]

    return [one(at) for at in range(AT_ONCE)]


def at_once(todo):
    """Seconds of each, and what was answered otherwise than it should be."""
    start, seconds, wrong = threading.Barrier(len(todo)), [], []

    def run(browser, method, path, form, status, shown):
        mine = Browser(browser.port, dict(browser.cookies))
        mine.token = browser.token
        start.wait()
        began = time.perf_counter()
        try:
            answer = mine.ask(method, path, form)
            seconds.append(time.perf_counter() - began)
            if answer[0] != status or shown not in answer[1]:
                wrong.append((method, path, answer[0], re.sub(r"<[^>]*>|\s+", " ", answer[1])[:200]))
        except OSError as error:
            wrong.append((method, path, error))

    threads = [threading.Thread(target=run, args=one) for one in todo]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seconds, wrong


def test_two_hundred_at_once(world, served, record_property):
    sent, seconds, whole = 0, [], 0
    for _ in range(WAVES):
        todo = tasks(world, served)
        some, wrong = at_once(todo)
        assert wrong == []
        seconds += some
        whole += max(some)
        sent += sum(method == "POST" and path.startswith("/cabinet") for _, method, path, *_ in todo)
    figures = {"requests": len(seconds), "a second": round(len(seconds) / whole),
               "median": round(statistics.median(seconds), 2), "last": round(max(seconds), 2)}
    record_property("figures", json.dumps(figures))
    print(figures)
    assert len(seconds) == WAVES * AT_ONCE
    assert len(list(edu.pages(world.clerk.appeal.worklist, {"queue": "all"}))) == sent
    world.operator.portal.check()
