"""What a year costs: fees by offering and by who pays, typed or brought as a file."""

import decimal

import edu
from flask import Blueprint, abort, g, redirect, render_template, request, url_for

from . import i18n
from .forms import Form, only_who, staff_only
from .i18n import gettext as _
from .payments import minor_units
from .requests import ordinary_services

desk = Blueprint("tuition", __name__, url_prefix="/staff/tuition")
desk.before_request(staff_only)


def _fees(offering):
    return {one.funding: one for one in edu.pages(g.session.tuition.fees, offering)}


@desk.route("/", methods=["GET", "POST"])
def home():
    only_who("keeps_some")
    form = Form("service")
    services = [one for one in ordinary_services() if one.request["tuition"]]
    asked = form["service"] or request.args.get("service")
    service = next((one for one in services if one.code == asked), services[0] if services else None)
    report, faults = _bring(form, service) if request.method == "POST" and service else (None, [])
    page = g.session.offering.list({"service": service.code, "only_kept": True},
                                   request.args.get("cursor"), limit=50) if service else []
    rows = [(one, _fees(one.id)) for one in page]
    return render_template("tuition.html", form=form, services=services, service=service, page=page,
                           rows=rows, report=report, faults=faults), 400 if form.errors else 200


def _bring(form, service):
    """A file; where it has faults, all of them are told and nothing is taken."""
    upload = request.files.get("file")
    if not upload or not upload.filename:
        form.errors["file"] = _("Choose a file.")
        return None, []
    content = upload.read()
    if form.call(g.session.tuition.import_, service.code, content, key=form.key, at="file"):
        return form.result, []
    try:
        faults = g.session.tuition.faults(service.code, content, limit=200)
    except edu.Error:
        return None, []
    if faults:
        form.errors = {"file": _("The file has faults; nothing was taken from it.")}
    return None, faults


def _typed(amount, currency):
    """Minor units as they are typed."""
    return str(decimal.Decimal(amount).scaleb(-i18n.currency_digits(currency)))


def _keep(form, offering, currency, before):
    """What was changed; a fee that is left empty stays as it is."""
    amounts = {code: minor_units(form, code, currency) for code in form.values if form[code]}
    if form.errors:
        return False
    return all(form.call(g.session.tuition.put, offering, code, amount, key=f"{form.key}-{code}", at=code)
               for code, amount in amounts.items()
               if code not in before or before[code].amount != amount)


@desk.route("/<offering>", methods=["GET", "POST"])
def one(offering):
    shown = g.session.offering.get(offering)
    service = g.session.service.get(shown.service)
    if not shown.is_mine_to_keep or not service.request["tuition"]:
        abort(404)
    currency = service.request["tuition"]["currency"]
    paid = [one for one in service.request["tuition"]["fundings"] if not one["is_free"]]
    form, before = Form(*(one["code"] for one in paid)), _fees(offering)
    if request.method == "POST":
        if _keep(form, offering, currency, before):
            return redirect(url_for("tuition.home", service=service.code))
    else:
        form.values.update((code, _typed(fee.amount, fee.currency)) for code, fee in before.items())
    return render_template("tuition_one.html", form=form, shown=shown, service=service, paid=paid,
                           currency=currency), 400 if form.errors else 200
