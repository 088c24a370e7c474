"""Payment from Python: what is owed and paid, a provider behind a command, and the demonstration's bank over
real HTTP callbacks."""

import datetime
import hashlib
import hmac
import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import edu
import pytest
from command import ROOT, run_edu
from world import PASSWORD, World, now, open_portal

SECRET = b"the secret of the tests' bank, 32+ bytes"
BANK = '''
import json, sys
question, path = json.load(sys.stdin), sys.argv[1]
known = json.load(open(path))
if sys.argv[2] == "refund":
    known["refunds"].append({"refund": question["refund"], "state": "refunded", "amount": question["amount"],
                             "currency": question["currency"], "at": known["at"]})
    json.dump(known, open(path, "w"))
json.dump(known, sys.stdout)
'''


def signature(body, secret=SECRET, seconds=None):
    seconds = str(int(time.time()) if seconds is None else seconds)
    value = hmac.new(secret, seconds.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"kid=k1; t={seconds}; v={value}"


class Paying:
    """A world with a bank behind a command, a finance clerk, and an invoice of the pupil."""

    def __init__(self, folder):
        World(folder).close()
        self.known = folder / "bank.json"
        self.told([])
        (folder / "bank.py").write_text(BANK)
        self.portal = open_portal(
            folder, payment_page="https://bank.example/pay", language="en",
            payment_command=f"{sys.executable} {folder}/bank.py {self.known} \"$1\"")
        self.operator = self.portal.operator()
        self.operator.payment.key_add("k1", "hmac-sha256", SECRET)
        clerk = self.operator.account.find("STF0002", datetime.date(1980, 1, 1))
        self.operator.account.grant(clerk.id, "finance", "", "")
        self.finance = self.portal.sign_in("clerk2", PASSWORD)
        self.pupil = self.portal.sign_in("pupil", PASSWORD)
        self.person = self.pupil.account.identity().person_id
        self.invoice = self.finance.payment.invoice({
            "person_id": self.person, "kind": "tuition", "title": {"en": "Tuition"},
            "amount": 12050, "currency": "AZN", "due": datetime.date(2026, 12, 1)}, key="one")

    def told(self, payments, refunds=()):
        """What the bank knows from now on."""
        at = datetime.datetime.now(datetime.timezone.utc).isoformat()
        self.known.write_text(json.dumps({"payments": payments, "refunds": list(refunds), "at": at}))

    def get(self):
        return self.pupil.payment.get(None, self.invoice)

    def fact(self, order, payment="P-1", amount=12050):
        return {"order": order, "payment": payment, "state": "captured", "amount": amount,
                "currency": "AZN", "at": datetime.datetime.now(datetime.timezone.utc).isoformat()}


@pytest.fixture
def paying(tmp_path):
    made = Paying(tmp_path)
    yield made
    for session in (made.finance, made.pupil, made.operator, made.portal):
        session.close()


def test_an_invoice_is_paid_refunded_and_balanced(paying):
    visit = paying.pupil.payment.pay(None, paying.invoice)
    address = urllib.parse.urlsplit(visit.url)
    asked = dict(urllib.parse.parse_qsl(address.query))
    assert asked["order"] == visit.id and asked["amount"] == "12050"
    text = "\n".join(asked[name] for name in ("order", "amount", "currency", "expires", "language",
                                              "title"))
    assert asked["v"] == hmac.new(SECRET, text.encode(), hashlib.sha256).hexdigest()
    body = json.dumps(paying.fact(visit.id)).encode()
    nobody = paying.portal.session()
    for _ in range(3):
        nobody.payment.callback(body, signature(body))
    assert (paying.get().state, paying.get().paid) == ("settled", 12050)
    with pytest.raises(edu.Crypto):
        nobody.payment.callback(body, signature(body, b"another secret, as long as it must be"))
    paying.finance.payment.refund(paying.person, paying.invoice, 2050, "One lesson less", key="r")
    assert paying.operator.payment.settle(0) > 0
    refund = paying.pupil.payment.refunds(None, paying.invoice)[0]
    assert (refund.state, refund.amount, refund.reason) == ("done", 2050, "One lesson less")
    accounts = {one.account: one.balance for one in paying.finance.payment.balances()}
    assert accounts["provider"] == 10000 and sum(accounts.values()) == 0
    kinds = [one.kind for one in edu.pages(paying.pupil.payment.transfers, None, paying.invoice)]
    assert kinds == ["invoice", "capture", "refund", "refunded"]


def test_a_list_brings_what_was_lost(paying):
    visit = paying.pupil.payment.pay(None, paying.invoice)
    assert paying.get().is_awaited
    listed = {"payments": [paying.fact(visit.id)]}
    outcome = paying.finance.payment.reconcile(listed, None, None)
    assert (outcome.facts, outcome.recovered, outcome.differences) == (1, 1, 0)
    assert paying.get().state == "settled"
    assert paying.finance.payment.reconcile(listed, None, None).recovered == 0
    stray = {"payments": [paying.fact("00000000-0000-7000-8000-000000000001", "P-9", 5)]}
    assert paying.finance.payment.reconcile(stray, None, None).differences == 1
    found = paying.finance.payment.differences(True)[0]
    assert (found.kind, found.reference, found.found) == ("unknown_order", "P-9", 5)
    paying.finance.payment.close_difference(found.id, "The bank's own test")
    assert not paying.finance.payment.differences(True)


def test_the_command_reconciles_and_shows(paying, tmp_path):
    visit = paying.pupil.payment.pay(None, paying.invoice)
    (tmp_path / "list.json").write_text(json.dumps({"payments": [paying.fact(visit.id)]}))
    store = ("--store", f"sqlite:{tmp_path}/portal.db")
    done = run_edu("payment", "reconcile", tmp_path / "list.json", *store)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "1 payments and refunds, 1 not known before, 0 new differences\n"
    balances = run_edu("payment", "balances", *store).stdout.splitlines()
    assert {(line["account"], line["balance"]) for line in map(json.loads, balances)} == {
        ("income", -12050), ("provider", 12050), ("receivable", 0)}
    (tmp_path / "key").write_bytes(os.urandom(32))
    assert run_edu("payment", "key", "add", "k2", "--secret", tmp_path / "key", *store).returncode == 0
    assert run_edu("payment", "key", "end", "k2", *store).returncode == 0
    listed = [json.loads(line) for line in run_edu("payment", "key", "list", *store).stdout.splitlines()]
    assert [(one["kid"], one["until"] is None) for one in listed] == [("k1", True), ("k2", False)]
    (tmp_path / "short").write_bytes(b"short")
    refused = run_edu("payment", "key", "add", "k3", "--secret", tmp_path / "short", *store)
    assert refused.returncode == 1 and "32 to 64 bytes" in refused.stderr


def test_what_is_due_is_let_go(paying):
    other = paying.finance.payment.invoice({
        "person_id": paying.person, "kind": "dormitory", "title": {"en": "A bed"}, "amount": 5,
        "currency": "AZN"})
    assert paying.pupil.payment.get(None, other).amount == 5
    paying.finance.payment.cancel(paying.person, other, "Not wanted")
    [open_] = paying.finance.payment.worklist("open")
    assert (open_.id, open_.amount, open_.due) == (paying.invoice, 12050, datetime.date(2026, 12, 1))
    assert paying.finance.payment.find(open_.number).id == paying.invoice
    visit = paying.pupil.payment.pay(None, paying.invoice)
    assert [one.id for one in paying.finance.payment.intents(paying.person, paying.invoice)] == [visit.id]
    paying.finance.payment.waive(paying.person, paying.invoice, 2050, "One lesson less")
    assert (paying.get().waived, paying.get().state) == (2050, "open")
    paying.finance.payment.cancel(paying.person, paying.invoice, "Written twice")
    assert paying.get().state == "cancelled"
    with pytest.raises(edu.State):
        paying.finance.payment.waive(paying.person, paying.invoice, 1, "Too late")


def test_days_that_were_compared_and_keys_that_ended(paying):
    while paying.operator.payment.settle(0):
        pass
    [yesterday] = paying.finance.payment.days()
    assert (yesterday.day < now().date(), yesterday.facts) == (True, 0)
    paying.operator.payment.key_end("k1", None)
    [key] = paying.operator.payment.keys()
    assert (key.kid, key.algorithm, key.until is None) == ("k1", "hmac-sha256", False)


# ---- the portal and its bank, over HTTP ----


class Browser:
    """Just enough of one: cookies, forms, redirects."""

    def __init__(self, home):
        self.home = home
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor())
        self.opener.addheaders = [("Accept-Language", "en")]

    def get(self, path):
        with self.opener.open(urllib.parse.urljoin(self.home, path), timeout=20) as answer:
            self.at, self.page = answer.url, answer.read().decode()
        return self.page

    def send(self, **values):
        """The page's form, back to where it came from."""
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.page))
        data = urllib.parse.urlencode({**hidden, **values}).encode()
        with self.opener.open(self.at, data, timeout=20) as answer:
            self.at, self.page = answer.url, answer.read().decode()
        return self.page


@pytest.fixture
def served(paying, tmp_path):
    """The portal's pages with the bank, served by its own processes on the store of the fixture."""
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = f"http://127.0.0.1:{port}"
    (tmp_path / "bank.secret").write_bytes(os.urandom(32))
    paying.operator.payment.key_add("sandbox", "hmac-sha256", (tmp_path / "bank.secret").read_bytes())
    environment = {
        **os.environ, "EDU_STORE": f"sqlite:{tmp_path}/portal.db", "EDU_VAR": str(tmp_path),
        "EDU_KEYS": f"{tmp_path}/portal.db.keys", "EDU_SECOND_FACTOR": "0", "EDU_LANGUAGE": "en",
        "EDU_BANK_SECRET": f"{tmp_path}/bank.secret", "EDU_PAYMENT_PAGE": "/bank/pay",
        "EDU_BANK_CALLBACK": f"{home}/payment/callback",
        "EDU_PAYMENT_COMMAND": f"{sys.executable} {ROOT}/examples/portal/ask-bank {home}/bank/api \"$1\"",
        "PYTHONPATH": os.pathsep.join(sys.path)}
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--chdir", str(ROOT / "examples/portal"), "--bind",
         f"127.0.0.1:{port}", "--worker-class", "gthread", "--threads", "8", "--log-level", "error",
         "portal:create_app()"], env=environment)
    try:
        for _ in range(200):
            try:
                Browser(home).get("/health/ready")
                break
            except urllib.error.URLError:
                time.sleep(0.1)
        yield home, environment
    finally:
        server.terminate()
        server.wait()


def eventually(check):
    for _ in range(100):
        if check():
            return True
        time.sleep(0.1)
    return False


def to_the_bank(browser, paying):
    browser.get(f"/cabinet/payments/{paying.person}/{paying.invoice}")
    page = browser.send()
    assert "Sandbox bank" in page and "120.50" in page
    return page


def test_a_payer_pays_at_the_bank_and_comes_back(paying, served):
    home, environment = served
    browser = Browser(home)
    browser.get("/sign-in")
    browser.send(login="pupil", password=PASSWORD)
    to_the_bank(browser, paying)
    browser.send(what="refuse")
    assert eventually(lambda: not paying.get().is_awaited)
    assert "You can try again" in browser.get(browser.at)
    to_the_bank(browser, paying)
    browser.send(what="pay")
    assert eventually(lambda: paying.get().state == "settled")
    assert "Thank you: this is paid." in browser.get(browser.at)
    # Forged from outside, and a question to the bank that is not signed.
    for path, status in (("/payment/callback", 403), ("/bank/api/list", 403)):
        with pytest.raises(urllib.error.HTTPError) as raised:
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(home + path, b"{}", timeout=10)
        assert raised.value.code == status


def test_a_message_that_is_lost_is_asked_for(paying, served, tmp_path):
    home, environment = served
    browser = Browser(home)
    browser.get("/sign-in")
    browser.send(login="pupil", password=PASSWORD)
    to_the_bank(browser, paying)
    assert "this page looks again by itself" in browser.send(what="pay", silent="1")
    assert paying.get().is_awaited
    store = ["--store", environment["EDU_STORE"]]
    assert run_edu("deliver", *store, env=environment).returncode == 0
    assert paying.get().state == "open"  # not before a quarter of an hour
    import sqlite3
    with sqlite3.connect(tmp_path / "portal.db") as raw:
        raw.execute("UPDATE payment_intent SET ask_at = 0")
    assert run_edu("deliver", *store, env=environment).returncode == 0
    assert paying.get().state == "settled"
    paying.finance.payment.refund(paying.person, paying.invoice, 50, "Change")
    assert run_edu("deliver", *store, env=environment).returncode == 0
    assert paying.pupil.payment.refunds(None, paying.invoice)[0].state == "done"
