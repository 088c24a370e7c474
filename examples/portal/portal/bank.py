"""The bank of the demonstration: a sandbox that stands for a payment provider. It knows nothing of libedu: it
has a file of its own, takes orders by a signed address, lets the visitor pay, be refused or walk away, and calls
the portal back, signed, over HTTP. What it answers is in the shape of edu/sys/payment.h."""

import contextlib
import datetime
import hashlib
import hmac
import json
import os
import secrets
import sqlite3
import threading
import time
import urllib.error
import urllib.request

from flask import (Blueprint, Response, abort, current_app, redirect, render_template, request,
                   url_for)

blueprint = Blueprint("bank", __name__, url_prefix="/bank")
api = Blueprint("bank_api", __name__, url_prefix="/bank/api")

KID = "sandbox"
WINDOW = 300
PAUSES = (0, 2, 10, 60)
SIGNED = ("order", "amount", "currency", "expires", "language", "title")
SCHEMA = """
CREATE TABLE IF NOT EXISTS payment ("order" TEXT PRIMARY KEY, payment TEXT UNIQUE, state TEXT NOT NULL,
    amount INTEGER NOT NULL, currency TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS refund (refund TEXT PRIMARY KEY, payment TEXT NOT NULL, state TEXT NOT NULL,
    amount INTEGER NOT NULL, currency TEXT NOT NULL, at TEXT NOT NULL);
"""


def _secret():
    with open(os.environ["EDU_BANK_SECRET"], "rb") as file:
        return file.read()


def sign(body):
    """The header of a callback or a question, over the body's bytes."""
    seconds = str(int(time.time()))
    value = hmac.new(_secret(), seconds.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"kid={KID}; t={seconds}; v={value}"


def is_signed(header, body):
    parts = dict(part.strip().partition("=")[::2] for part in (header or "").split(";"))
    seconds = parts.get("t", "")
    if not seconds.isdecimal() or abs(time.time() - int(seconds)) > WINDOW:
        return False
    value = hmac.new(_secret(), seconds.encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(value, parts.get("v", ""))


@contextlib.contextmanager
def _store():
    store = sqlite3.connect(os.path.join(current_app.config["VAR"], "bank.db"), timeout=10,
                            isolation_level=None)
    store.row_factory = sqlite3.Row
    try:
        store.executescript(SCHEMA)
        yield store
    finally:
        store.close()


def _now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="microseconds")


def _fact(row):
    return {name: row[name] for name in row.keys() if row[name] is not None}


# ---- the page ----


def _order():
    """The order of a signed address; anything else is none of this bank's."""
    given = {name: request.values.get(name, "") for name in SIGNED}
    text = "\n".join(given[name] for name in SIGNED).encode()
    value = hmac.new(_secret(), text, hashlib.sha256).hexdigest()
    if request.values.get("kid") != KID or not hmac.compare_digest(
            value, request.values.get("v", "")):
        abort(400)
    return given | {"amount": int(given["amount"]), "expires": int(given["expires"])}


def _page(order, known):
    is_over = order["expires"] < time.time()
    return render_template("bank.html", order=order, known=known, is_over=is_over,
                           back=url_for("payments.returned", order=order["order"]))


@blueprint.get("/pay")
def pay():
    order = _order()
    with _store() as store:
        known = store.execute('SELECT * FROM payment WHERE "order" = ?',
                              (order["order"],)).fetchone()
    return _page(order, known)


@blueprint.post("/pay")
def decide():
    order = _order()
    if order["expires"] < time.time():
        return _page(order, None)
    state = "captured" if request.form.get("what") == "pay" else "refused"
    payment = f"SB-{secrets.token_hex(8)}" if state == "captured" else None
    with _store() as store:
        store.execute('INSERT INTO payment VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
                      (order["order"], payment, state, order["amount"], order["currency"], _now()))
        row = store.execute('SELECT * FROM payment WHERE "order" = ?',
                            (order["order"],)).fetchone()
    if request.form.get("silent") != "1":
        _call_back(_fact(row))
    return redirect(url_for("payments.returned", order=order["order"]))


# ---- callbacks ----


def _send(address, fact):
    body = json.dumps(fact).encode()
    question = urllib.request.Request(
        address, body, {"Content-Type": "application/json", "Edu-Payment-Signature": sign(body)})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for pause in PAUSES:
        time.sleep(pause)
        try:
            with opener.open(question, timeout=10):
                return
        except urllib.error.HTTPError as error:
            if error.code < 500:
                return
        except OSError:
            pass
        question.headers["Edu-payment-signature"] = sign(body)


def _call_back(fact):
    address = os.environ["EDU_BANK_CALLBACK"]
    threading.Thread(target=_send, args=(address, fact), daemon=True).start()


# ---- what the portal asks ----


def _answer(payments=(), refunds=()):
    return Response(json.dumps({"payments": [_fact(row) for row in payments],
                                "refunds": [_fact(row) for row in refunds]}),
                    mimetype="application/json")


def _moment(text):
    """As it is stored, so that texts compare as times do."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(
        datetime.timezone.utc).isoformat(timespec="microseconds")


@api.before_request
def signed_only():
    if not is_signed(request.headers.get("Edu-Payment-Signature"), request.get_data()):
        abort(403)


@api.post("/query")
def query():
    with _store() as store:
        return _answer(store.execute('SELECT * FROM payment WHERE "order" = ?',
                                     (request.get_json()["order"],)))


@api.post("/list")
def listing():
    asked = request.get_json()
    times = _moment(asked["since"]), _moment(asked["until"])
    with _store() as store:
        return _answer(
            store.execute("SELECT * FROM payment WHERE at >= ? AND at < ? ORDER BY at", times),
            store.execute("SELECT * FROM refund WHERE at >= ? AND at < ? ORDER BY at", times))


@api.post("/refund")
def refund():
    """Once under its id, and never more of a payment than it was."""
    asked = request.get_json()
    with _store() as store:
        store.execute("BEGIN IMMEDIATE")
        paid = store.execute("SELECT amount FROM payment WHERE payment = ? AND state = 'captured'"
                             " AND currency = ?", (asked["payment"], asked["currency"])).fetchone()
        back = store.execute("SELECT COALESCE(SUM(amount), 0) FROM refund WHERE payment = ?"
                             " AND state = 'refunded' AND refund <> ?",
                             (asked["payment"], asked["refund"])).fetchone()[0]
        good = paid is not None and back + asked["amount"] <= paid["amount"]
        store.execute("INSERT INTO refund VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                      (asked["refund"], asked["payment"], "refunded" if good else "refused",
                       asked["amount"], asked["currency"], _now()))
        store.execute("COMMIT")
        return _answer(refunds=store.execute("SELECT * FROM refund WHERE refund = ?",
                                             (asked["refund"],)))
