"""Numbers, contacts, passwords and what people write are planted through the library and the portal, on either
engine, by calls that go through and by such that are refused. Then they are looked for in every log, address, error,
metric and file, however they may be written there.

What may be found: names of people, their birth dates and the words by which appeals are searched stand in the
database as they are (docs/threats.md); they are looked for in the other places, and in the database to see that the
search finds."""

import contextlib
import datetime
import html
import io
import json
import logging
import os
import re
import sqlite3
import subprocess
import sys

import edu
import pytest
from command import BUILD, ROOT
from traces import Traces
from world import PASSWORD, World, csv, data, minutes, now

sys.path[:0] = [str(ROOT / "examples/portal"), str(ROOT / "tests/web")]
from test_protection import Browser, crawl  # noqa: E402

BIRTH = datetime.date(2014, 5, 17)
OLD = datetime.date(1984, 5, 17)
SEALED = {
    "the pupil's number": "7QZX4KV", "the pupil's document": "XK-9081726", "the pupil's mail": "qzxkv.child@planted.example",
    "the pupil's telephone": "+994509182736", "the parent's number": "8VWZQ3K", "the parent's mail": "qzxkv.adult@planted.example",
    "the parent's telephone": "+994559182737", "a number of nobody": "9ZQKVX2", "a caller's telephone": "+994 70 918 27 38",
    "a caller's mail": "qzxkv.caller@planted.example", "a password": "Qzxkv-planted-passphrase",
    "a wrong password": "Qzxkv-wrong-passphrase", "a form": "Qzxkv Contactperson", "a form's telephone": "+994519182739",
    "a document's content": "%PDF-1.7 qzxkv content of a document", "a document's name": "qzxkv-note-of-a-doctor.pdf",
    "a letter": "Qzxkv damın altında yağış yığılır və otaq soyuqdur", "a letter's file": "%PDF-1.7 qzxkv file of a letter",
    "a letter's file's name": "qzxkv-picture-of-a-roof.pdf", "a letter that is begun": "Qzxkv hələ bitməmiş məktub",
    "a note": "Qzxkv note of a clerk for colleagues", "an answer": "Qzxkv answer that only they should read",
    "a correction": "Qzxkv telephone does not answer", "a caller's letter": "Qzxkv caller told this by telephone to us",
}
NAMES = {"a given name": "Qzxülnar", "a family name": "Qzxovalı", "a caller's name": "Qzxcaller"}
LOGINS = {"a login": "qzxkv.login"}
TOLD = {**SEALED, **NAMES, **LOGINS}  # nowhere but in the database


class Refusals:
    """What refused calls say."""

    def __init__(self):
        self.texts, self.calls = [], 0

    def tried(self, call, *arguments, **keywords):
        self.calls += 1
        try:
            return call(*arguments, **keywords)
        except edu.Error as error:
            self.texts.append(f"{error} {error!r} {error.key} {error.field}")
            return None


class Planting:
    def __init__(self, world):
        self.world, self.refused = world, Refusals()
        self.calls = 0

    def done(self, call, *arguments, **keywords):
        self.calls += 1
        return call(*arguments, **keywords)

    def publish(self):
        operator = self.world.operator
        operator.calendar.publish(data("calendars/az.json"))
        for service in ("appeal", "club", "school_bus", "reference"):
            operator.service.publish(data(f"services/{service}.json"))
        operator.appeal.rules_publish(data("appeals/az.json"))
        self.bus = self.world.clerk.offering.list({"service": "school_bus"})[0].id

    def people(self):
        account = self.world.operator.account
        person = [SEALED["the pupil's number"], SEALED["the pupil's document"], NAMES["a given name"],
                  NAMES["a family name"], BIRTH, SEALED["the pupil's mail"], SEALED["the pupil's telephone"]]
        adult = [SEALED["the parent's number"], "", NAMES["a given name"], NAMES["a family name"], OLD,
                 SEALED["the parent's mail"], SEALED["the parent's telephone"]]
        header = "number,document,given,family,birth,mail,phone"
        self.done(account.import_persons, csv(header, person, adult))
        self.done(account.import_pupils, csv("number,institution,grade", (person[0], "S0", 7)))
        self.done(account.import_guardians, csv("guardian_number,child_number", (adult[0], person[0])))
        self.child = self.done(account.find, person[0], BIRTH).id
        self.parent = self.done(account.find, adult[0], OLD).id
        visitor = self.world.portal.session("az")
        self.done(visitor.account.register, {"login": LOGINS["a login"], "password": SEALED["a password"],
                                             "number": adult[0], "birth": OLD})
        self.done(self.world.clerk.account.activate_at_desk, self.parent)
        self.adult = self.world.portal.sign_in(LOGINS["a login"], SEALED["a password"])
        self.done(self.world.operator.account.create, self.child, "qzxkv.child", SEALED["a password"])
        faulty = [person[0], "no document!", *person[2:5], "no mail", person[6]]
        for call, text in ((account.import_persons, csv(header, faulty)),
                           (account.import_persons, csv(header, [*adult[:4], "1984-13-45", *adult[5:]])),
                           (account.import_pupils, csv("number,institution,grade", (person[0], "NOWHERE", 7))),
                           (account.import_pupils, csv("number,institution,grade", (SEALED["a number of nobody"], "S0", 7))),
                           (account.import_guardians, csv("guardian_number,child_number", (person[0], person[0])))):
            self.refused.tried(call, text)

    def refusals(self):
        number, nobody = SEALED["the pupil's number"], SEALED["a number of nobody"]
        visitor, world, tried = self.world.portal.session("az"), self.world, self.refused.tried
        for login in (LOGINS["a login"], number, SEALED["the parent's mail"]):
            tried(world.portal.sign_in, login, SEALED["a wrong password"])
            tried(visitor.account.recover, login)
            tried(visitor.account.recover_finish, login, "12345678", SEALED["a password"])
            tried(visitor.account.activate, login, "12345678")
        for who in (visitor, self.adult, world.clerk, world.pupil):
            tried(who.account.find, number, OLD)
            tried(who.account.find, nobody, BIRTH)
            tried(who.account.find, SEALED["the pupil's mail"], BIRTH)
            tried(who.account.guardian_request, number, OLD)
            tried(who.register.find, number, OLD)
            tried(who.certificate.find, number, BIRTH, "198.51.100.7")
            tried(who.appeal.search, {"person": nobody, "text": number})
            tried(who.appeal.search, {"person": SEALED["a letter"]})
            tried(who.payment.find, number)
            tried(who.reference.find, number)
            tried(who.account.pupils, number, NAMES["a family name"], SEALED["the pupil's mail"])
            tried(who.request.worklist, {"service": number, "number": SEALED["the parent's telephone"]})
            tried(who.appeal.follow, number, SEALED["a letter"])
        for request in ({"login": SEALED["the parent's mail"], "number": nobody}, {"login": "x", "number": "short"},
                        {"login": "qzxkv.two", "document": SEALED["the pupil's document"]}):
            tried(visitor.account.register, {"password": "short", "birth": OLD, **request})
        tried(self.adult.account.password, SEALED["a wrong password"], SEALED["a password"])
        tried(self.adult.draft.save, self.child, self.bus, None, {"contact": {"telephone": SEALED["a letter"]}}, None)
        tried(self.adult.appeal.submit, {"category": number, "text": SEALED["a letter"]})
        tried(world.clerk.request.act, self.child, self.parent, number, SEALED["a note"], None)
        tried(self.adult.access.make, SEALED["a letter"] * 9, now())

    def request(self):
        form = {"grade": 7, "ways": ["home"], "stop": "market", "needs_help": False, "consent": True,
                "contact": {"name": SEALED["a form"], "telephone": SEALED["a form's telephone"],
                            "mail": SEALED["the parent's mail"]}}
        draft = self.done(self.adult.draft.save, self.child, self.bus, None, form, None)
        self.done(self.adult.draft.attach, self.child, draft, "help", SEALED["a document's name"],
                  SEALED["a document's content"].encode())
        self.refused.tried(self.adult.draft.attach, self.child, draft, SEALED["a note"], SEALED["a document's name"], b"x")
        self.refused.tried(self.adult.draft.attach, self.child, draft, "help", SEALED["a document's name"], b"MZ")
        self.made = self.done(self.adult.request.submit, self.child, draft)
        clerk = self.world.clerk.request
        self.done(clerk.note, self.child, self.made.id, SEALED["a note"])
        self.done(clerk.act, self.child, self.made.id, "return", None,
                  [{"field": "/contact/telephone", "text": SEALED["a correction"]}])

    def letters(self):
        adult, clerk = self.adult, self.world.clerk
        self.done(adult.appeal.draft_save, "electronic", {"text": SEALED["a letter that is begun"]})
        sent = self.done(adult.appeal.submit, {"category": "building", "text": SEALED["a letter"]})
        which = sent.person_id, sent.id
        self.done(adult.appeal.attach, *which, SEALED["a letter's file's name"], SEALED["a letter's file"].encode(), False)
        self.done(clerk.appeal.route, *which, None, None, "schools")
        executor = self.world.clerk2.account.identity().person_id
        self.world.operator.account.grant(executor, "executor", "department", "schools")
        self.done(clerk.appeal.assign, *which, executor)
        self.done(clerk.appeal.note, *which, SEALED["a note"])
        self.done(self.world.clerk2.appeal.answer, *which, SEALED["an answer"])
        self.refused.tried(self.world.clerk2.appeal.answer, *which, SEALED["an answer"] * 2000)
        self.done(clerk.appeal.submit, {
            "channel": "hotline", "category": "building", "text": SEALED["a caller's letter"],
            "given": NAMES["a caller's name"], "family": NAMES["a family name"], "mail": SEALED["a caller's mail"],
            "phone": SEALED["a caller's telephone"]})
        self.which = which

    def everything(self):
        self.publish()
        self.people()
        self.refusals()
        self.request()
        self.letters()
        self.done(self.adult.privacy.export, self.child)
        self.done(self.world.operator.privacy.export, self.child)
        self.world.operator.outbox.deliver(100)


# ---- through the portal ----

class Pages:
    """What the portal answers: addresses that it makes, and what it logs."""

    def __init__(self, app):
        self.app, self.addresses, self.answers = app, set(), 0

    def note(self, answer):
        self.answers += 1
        if answer.location:
            self.addresses.add(answer.location)
        if answer.mimetype == "text/html":
            text = html.unescape(answer.data.decode())
            self.addresses.update(re.findall(r'(?:href|src|action)="([^"]*)"', text))
        for name, value in answer.headers:
            if name not in ("Location", "Set-Cookie", "Content-Disposition"):  # the last is for who may have the file
                self.addresses.add(f"{name}: {value}")
        return answer

    def send(self, browser, path, **fields):
        return self.note(browser.send(path, **fields))

    def walk(self, browser, starts):
        for path, answer in crawl(self.app, browser, starts):
            self.addresses.add(path)
            self.note(answer)


def birth_of(date):
    return {"birth_day": date.day, "birth_month": date.month, "birth_year": date.year}


def use_portal(pages, planting):
    number, letter = SEALED["the pupil's number"], SEALED["a letter"]
    visitor = Browser(pages.app)
    for login in (LOGINS["a login"], SEALED["the parent's mail"], number):
        pages.send(visitor, "/sign-in", login=login, password=SEALED["a wrong password"])
        pages.send(visitor, "/recover", login=login)
        pages.send(visitor, "/activate", login=login, code="12345678")
    pages.send(visitor, "/register", login="qzxkv.two", password=SEALED["a password"], number=number, **birth_of(OLD))
    pages.send(visitor, "/verify", way="number", number=number, **birth_of(BIRTH))
    pages.send(visitor, "/appeals/new", checked="1", category="building", text=letter, mail=SEALED["a caller's mail"],
               phone=SEALED["a caller's telephone"])
    pages.note(visitor.client.post("/api/v1/appeals", json={"text": letter, "category": number},
                                   headers={"Authorization": f"Bearer {number}"}))
    for path in (f"/nowhere/{number}", f"/services/{number}?q={number}", f"/cabinet/history?cursor={number}"):
        visitor.get(path)  # addresses of the visitor's own making: only the logs are looked at
    adult = Browser(pages.app)
    signed = pages.send(adult, "/sign-in", login=LOGINS["a login"], password=SEALED["a password"])
    assert signed.status_code == 302
    pages.send(adult, "/cabinet/family", number=SEALED["a number of nobody"], **birth_of(BIRTH))
    pages.send(adult, "/cabinet/password", old=SEALED["a wrong password"], new=SEALED["a password"])
    pages.send(adult, "/cabinet/appeals/new", checked="1", category="building", text=letter)
    pages.walk(adult, ("/", "/cabinet/"))
    clerk = Browser(pages.app, "clerk")
    pages.send(clerk, "/staff/pupils", words=NAMES["a family name"])
    pages.send(clerk, "/staff/pupils", number=number, **birth_of(BIRTH))
    pages.send(clerk, "/staff/appeals/search", q=letter, person=number)
    pages.send(clerk, "/staff/appeals/search", q=NAMES["a family name"])
    pages.send(clerk, "/staff/appeals/new/hotline", given=NAMES["a caller's name"], family=NAMES["a family name"],
               phone=SEALED["a caller's telephone"], mail=SEALED["a caller's mail"], text=letter, category="building")
    pages.walk(clerk, ("/staff/", f"/staff/pupils/{planting.child}", "/staff/appeals/search", "/staff/appeals/"))


# ---- the engines ----

class Engine:
    """A store, and the folders in which its bytes are."""

    def __init__(self, kind, folder):
        self.folder, self.store = folder, None
        self.cluster = folder / "cluster" if kind == "postgresql" else None
        if self.cluster:
            address = subprocess.run([ROOT / "tests/postgresql/cluster", "start", self.cluster], check=True, text=True,
                                     stdout=subprocess.PIPE).stdout.strip()
            subprocess.run(["psql", "-qX", address, "-c", "CREATE DATABASE planted TEMPLATE template0 ENCODING 'UTF8'"],
                           check=True)
            self.store = address.replace("/postgres?", "/planted?", 1)

    def files(self):
        """Of the database, its logs and what it puts aside. The keys file, and letters on their way out, which have to
        say to whom they go, are no part of it."""
        if self.cluster:
            return [one for one in self.cluster.rglob("*") if one.is_file() and not one.is_socket()]
        return [one for one in self.folder.glob("portal.db*") if one.is_file() and one.suffix != ".keys"]

    def to_disk(self):
        if self.cluster:
            address = self.store.replace("/planted?", "/postgres?", 1)
            subprocess.run(["psql", "-qX", address, "-c", "CHECKPOINT"], check=True)
        else:
            with contextlib.closing(sqlite3.connect(self.folder / "portal.db")) as store:
                assert store.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0

    def close(self):
        if self.cluster:
            subprocess.run([ROOT / "tests/postgresql/cluster", "stop", self.cluster], check=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request, tmp_path):
    tmp_path.chmod(0o755)
    for parent in tmp_path.parents:
        if parent.name.startswith("pytest-"):
            parent.chmod(0o755)
    made = Engine(request.param, tmp_path)
    yield made
    made.close()


@pytest.fixture
def world(engine):
    made = World(engine.folder, store=engine.store)
    yield made
    made.close()


@pytest.fixture(scope="session")
def counted(tmp_path_factory):
    """Read once, when the portal is imported."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path_factory.mktemp("counts")))
        yield


@pytest.fixture
def app(world, engine, counted):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"STORE": world.store, "KEYS": f"{world.folder}/portal.db.keys", "VAR": str(world.folder),
                            "SECOND_FACTOR": "0", "HOST": "nar.example", "METRICS_TOKEN": "watch"}.items():
            patch.setenv(f"EDU_{name}", value)
        import portal
        yield portal.create_app()


@pytest.fixture
def log():
    from portal.operations import Lines
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Lines())
    logging.getLogger().addHandler(handler)
    for name in ("", "portal"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield written
    logging.getLogger().removeHandler(handler)
    logging.getLogger().setLevel(logging.WARNING)


def in_files(traces, files):
    return {f"{path.parent.name}/{path.name}": found for path in files if (found := traces.in_file(path))}


def metrics_of(app, engine, world):
    told = app.test_client().get("/metrics", headers={"Authorization": "Bearer watch"})
    assert told.status_code == 200 and b"portal_requests_total" in told.data
    subprocess.run([BUILD / "examples/cli/edu", "deliver", "--metrics", engine.folder / "deliver.prom", "--store", world.store,
                    "--keys", f"{world.folder}/portal.db.keys"], check=True, capture_output=True)
    return told.data + (engine.folder / "deliver.prom").read_bytes()


def report(request, planting, pages, files, sizes):
    path = os.environ.get("EDU_TRIED")
    if not path:
        return
    engine = request.node.callspec.params["engine"]
    with open(f"{path}-{engine}.tap", "w", encoding="utf-8") as file:
        print(f"# tried {len(TOLD)} planted texts on {engine}: {planting.calls} calls, {planting.refused.calls} tried in vain "
              f"({len(planting.refused.texts)} errors), {pages.answers} answers with {len(pages.addresses):,} addresses and "
              f"headers, {len(files)} files of {sizes >> 20:,} MiB", "1..0", sep="\n", file=file)


def test_planted_texts_are_found_nowhere(request, world, engine, app, log, capfd):
    planting, pages = Planting(world), Pages(app)
    planting.everything()
    use_portal(pages, planting)
    everywhere, sealed, names = Traces(TOLD), Traces(SEALED), Traces(NAMES)

    assert len(planting.refused.texts) > 40
    assert [text for text in planting.refused.texts if everywhere.in_text(text)] == []
    lines = log.getvalue() + "".join(capfd.readouterr())
    assert lines.count('"answered"') > 100 and everywhere.in_text(lines) == []
    assert len(pages.addresses) > 200
    assert [one for one in pages.addresses if everywhere.in_text(one)] == []
    assert everywhere.among(metrics_of(app, engine, world)) == []

    # Before what was written is in its pages, and then. Names stand there by design: by them it is seen that the search finds.
    files = engine.files()
    assert in_files(sealed, files) == {} and any("wal" in name for name in in_files(names, files))
    engine.to_disk()
    files = engine.files()
    assert in_files(sealed, files) == {} and any("wal" not in name for name in in_files(names, files))
    report(request, planting, pages, files, sum(path.stat().st_size for path in files if path.exists()))


def test_what_is_erased_is_in_no_file(world, engine):
    planting = Planting(world)
    planting.everything()
    engine.to_disk()
    names = Traces({name: NAMES[name] for name in ("a given name",)})
    for person in (planting.child, planting.parent):
        planting.world.operator.privacy.erase(person, "their wish", True)
    if engine.cluster:
        # Bytes of rows stay in the pages until they are written anew, as docs/privacy.md says.
        subprocess.run(["psql", "-qX", world.store, "-c", "VACUUM FULL"], check=True)
        tables = [one for one in engine.files() if "base" in str(one.relative_to(engine.cluster))]
        subprocess.run(["psql", "-qX", world.store, "-c", "CHECKPOINT"], check=True)
        assert in_files(names, [one for one in tables if one.exists()]) == {}
    else:
        assert in_files(names, engine.files()) == {}


@pytest.mark.parametrize("write", [
    lambda text: text, str.upper, str.lower, lambda text: text.encode().hex(),
    lambda text: "x" + __import__("base64").b64encode(b"ab" + text.encode() + b"c").decode(),
    lambda text: __import__("urllib.parse").parse.quote(text)])
def test_the_search_finds_what_is_there(write):
    traces = Traces({"it": "Qzxülnar +994"})
    assert traces.in_text("before " + write("Qzxülnar +994") + " behind") == ["it"]
    assert traces.in_text("before Qzxülnar behind") == []
