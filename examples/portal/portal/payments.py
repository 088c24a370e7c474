"""Invoices: what a family owes and pays, and what finance staff do with them. Money moves at the provider; its
callbacks come here and go to the library as they came."""

import datetime
import decimal
import re

import edu
from flask import (Blueprint, Response, current_app, g, redirect, render_template, request, session,
                   url_for)

from . import i18n
from .forms import Form, only_who, signed_in, staff_only
from .i18n import LANGUAGES, gettext as _

own = Blueprint("payments", __name__, url_prefix="/cabinet/payments")
own.before_request(signed_in)
desk = Blueprint("finance", __name__, url_prefix="/staff/payments")
desk.before_request(staff_only)
provider = Blueprint("payment_provider", __name__, url_prefix="/payment")

VISITS = 10
STATES = ("open", "settled", "cancelled")
CURRENCY = "AZN"


# ---- the provider's callbacks ----


@provider.post("/callback")
def callback():
    """The signature decides, and the library checks it; 5xx makes the provider try again."""
    try:
        g.session.payment.callback(request.get_data(),
                                   request.headers.get("Edu-Payment-Signature"))
    except edu.Crypto:
        return Response(status=403)
    except (edu.Invalid, edu.Limit):
        return Response(status=400)
    except edu.Error:
        current_app.logger.exception("a callback could not be taken")
        return Response(status=503)
    return Response(status=204)


# ---- who pays ----


@own.get("/")
def home():
    people = [(person, g.session.payment.invoices(person.id, limit=50))
              for person in g.session.account.family()]
    return render_template("payments.html", people=people)


def _shown(person, invoice, form, status=200):
    one = g.session.payment.get(person, invoice)
    is_fresh = "back" in request.args and one.is_awaited
    page = render_template(
        "payment.html", one=one, form=form, is_fresh=is_fresh,
        transfers=list(edu.pages(g.session.payment.transfers, person, invoice, limit=200)),
        refunds=g.session.payment.refunds(person, invoice, limit=50),
        visits=g.session.payment.intents(person, invoice, limit=10))
    # The provider's word comes within moments, or not at all: look again for a minute.
    again = int(request.args.get("back", "0")) if request.args.get("back", "0").isdecimal() else 0
    headers = {}
    if is_fresh and again < 20:
        headers["Refresh"] = f"3; url={url_for('payments.one', person=person, invoice=invoice, back=again + 1)}"
    return page, status, headers


@own.get("/<person>/<invoice>")
def one(person, invoice):
    return _shown(person, invoice, Form())


@own.post("/<person>/<invoice>")
def pay(person, invoice):
    form = Form()
    if not form.call(g.session.payment.pay, person, invoice, key=form.key):
        return _shown(person, invoice, form, 400)
    visit = form.result
    if not visit.url:
        return redirect(url_for("payments.one", person=person, invoice=invoice))
    session["visits"] = dict(list(session.get("visits", {}).items())[-VISITS:]
                             + [(visit.id, [person, invoice])])
    return redirect(visit.url, 303)


@own.get("/returned")
def returned():
    """Back from the provider: what it told is looked up, never believed from the address."""
    visit = session.get("visits", {}).get(request.args.get("order", ""))
    if visit is None:
        return redirect(url_for("payments.home"))
    return redirect(url_for("payments.one", person=visit[0], invoice=visit[1], back=1))


# ---- finance staff ----


def minor_units(form, field, currency):
    """An amount as people write it, such as 12 or 12,50."""
    text = form[field].replace(" ", "").replace("\u00a0", "").replace(",", ".")
    digits = i18n.currency_digits(currency)
    if re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,%d})?" % max(digits, 1), text):
        return int(decimal.Decimal(text) * 10 ** digits)
    form.errors[field] = _("Give an amount, for example 12.50.")
    return None


@desk.get("/")
def worklist():
    form = Form("number")
    state = request.args.get("state", "open")
    form.values["number"] = request.args.get("number", "").strip()
    if form["number"] and form.call(g.session.payment.find, form["number"]):
        found = form.result
        return redirect(url_for("finance.one", person=found.person_id, invoice=found.id))
    if state not in STATES:
        state = "open"
    page = g.session.payment.worklist(state, request.args.get("cursor"), limit=25)
    waiting = len(g.session.payment.differences(True, limit=25))
    return render_template("finance.html", form=form, page=page, state=state, states=STATES,
                           waiting=waiting), 400 if form.errors else 200


NEW = ("number", "kind", *(f"title_{language}" for language in LANGUAGES), "amount", "currency")
CODE = re.compile(r"[a-z0-9_-]{1,64}")


def _due(form):
    """May be left empty."""
    if not any(request.form.get(f"due_{part}", "").strip() for part in ("day", "month", "year")):
        return None
    return form.date("due")


def _invoice(form):
    """Where it is then; false where something is wrong."""
    birth = form.date("birth")
    form.require(number=_("Type the personal number."),
                 **{f"title_{language}": _("Say what it is for.") for language in LANGUAGES})
    if not CODE.fullmatch(form["kind"]):
        form.errors["kind"] = _("Give a code: letters a–z, digits, _ and -.")
    wish = {"kind": form["kind"], "title": {language: form[f"title_{language}"] for language in LANGUAGES},
            "amount": minor_units(form, "amount", form["currency"] or CURRENCY),
            "currency": form["currency"] or CURRENCY}
    due = _due(form)
    if due is not None:
        wish["due"] = due
    if form.errors or not form.call(g.session.account.find, form["number"], birth, at="number"):
        return False
    wish["person_id"] = form.result.id
    form.call(g.session.payment.invoice, wish, key=form.key, at="kind")
    return not form.errors and url_for("finance.one", person=wish["person_id"], invoice=form.result)


@desk.route("/new", methods=["GET", "POST"])
def new():
    """By hand, for what no service makes an invoice for."""
    only_who("makes_invoices")
    form = Form(*NEW)
    made = _invoice(form) if request.method == "POST" else None
    if made:
        return redirect(made)
    form.values["currency"] = form["currency"] or CURRENCY
    return render_template("finance_new.html", form=form), 400 if form.errors else 200


@desk.route("/<person>/<invoice>", methods=["GET", "POST"])
def one(person, invoice):
    form = Form("what", "waiver", "waiver_reason", "refund", "refund_reason", "cancel_reason")
    payment = g.session.payment
    now = payment.get(person, invoice)
    if request.method == "POST":
        what = form["what"] if form["what"] in ("waiver", "refund", "cancel") else "cancel"
        reason = form[f"{what}_reason"]
        if not reason:
            form.errors[f"{what}_reason"] = _("Give a reason.")
        amount = minor_units(form, what, now.currency) if what != "cancel" else None
        if not form.errors:
            done = form.call(payment.cancel, person, invoice, reason, key=form.key) \
                if what == "cancel" else form.call(
                    payment.waive if what == "waiver" else payment.refund, person, invoice, amount,
                    reason, key=form.key)
            if done:
                return redirect(url_for("finance.one", person=person, invoice=invoice))
            for error in ("amount", "reason", ""):
                if error in form.errors:
                    form.errors[what if error != "reason" else f"{what}_reason"] = form.errors.pop(error)
    return render_template(
        "finance_one.html", form=form, one=now,
        refunds=payment.refunds(person, invoice, limit=50),
        visits=payment.intents(person, invoice, limit=50),
        transfers=list(edu.pages(payment.transfers, person, invoice, limit=200))), \
        400 if form.errors else 200


@desk.get("/differences")
def differences():
    is_open = request.args.get("closed") != "1"
    return render_template(
        "finance_differences.html", form=Form("note"), is_open=is_open, id=None,
        page=g.session.payment.differences(is_open, request.args.get("cursor"), limit=25),
        days=g.session.payment.days(limit=14))


@desk.post("/differences/<id>")
def close(id):
    form = Form("note")
    if form.require(note=_("Say what was found out.")) and form.call(
            g.session.payment.close_difference, id, form["note"], key=form.key):
        return redirect(url_for("finance.differences"))
    return render_template("finance_differences.html", form=form, is_open=True, id=id,
                           page=g.session.payment.differences(True, limit=25),
                           days=g.session.payment.days(limit=14)), 400


@desk.get("/balances")
def balances():
    return render_template("finance_balances.html", page=g.session.payment.balances(),
                           now=datetime.datetime.now(datetime.timezone.utc))
