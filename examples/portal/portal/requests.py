"""Services that run on their definition: what they offer, applying, and the work of staff. What is
asked, permitted and done stands in the definition; here it becomes pages."""

import edu
from flask import Blueprint, g, redirect, render_template, request, url_for

from . import texts
from .appeals import saved
from .forms import Form, chosen_items, signed_in, staff_only
from .i18n import gettext as _
from .schema_form import SchemaForm

own = Blueprint("requests", __name__, url_prefix="/cabinet/requests")
own.before_request(signed_in)
desk = Blueprint("request_desk", __name__, url_prefix="/staff/requests")
desk.before_request(staff_only)


def _whole(name, most):
    """A number of the address; 0 for none, and for what is none."""
    text = request.args.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and int(text) <= most else 0


def wanted():
    """What somebody looks for among offerings."""
    return {"region": request.args.get("region") or None, "only_open": request.args.get("open") == "1",
            "institution": request.args.get("place") or None, "direction": request.args.get("direction") or None,
            "age": _whole("age", 150), "day": _whole("day", 7)}


def offerings(code, cursor=None):
    """A page of what a service offers; for its page, which anybody may see."""
    return g.session.offering.list({"service": code, **wanted()}, cursor, limit=24)


def places(code):
    """Where offerings of a service are: (code, name), of those that close last."""
    found = {one.institution: one.institution_name
             for one in g.session.offering.list({"service": code}, limit=200) if one.institution}
    return sorted(found.items(), key=lambda one: one[1])


# ---- documents ----

OF_DOCUMENT = "/documents/"


def given_documents(shown):
    """(title, document) of what was submitted, in the order in which it is asked for."""
    titles = {kind["code"]: kind["title"] for kind in shown.asked}
    order = {code: number for number, code in enumerate(titles)}
    return [(titles.get(one["kind"], one["kind"]), one)
            for one in sorted(shown.documents, key=lambda one: order.get(one["kind"], len(order)))]


# ---- times and places, and what became of it in a round ----

def slots_of(person, application):
    return list(edu.pages(g.session.slot.of, person, application))


@own.get("/<person>/<application>/slot/<slot>.ics")
def calendar_entry(person, application, slot):
    """One's own, for the calendar of a telephone."""
    return saved(g.session.slot.calendar(person, application, slot))


def _free_slots(service, shown):
    """(title, slots with room) of each kind, for who keeps the offering."""
    kinds = service.round["slots"] if shown.is_open else []
    try:
        return [(kind["title"], [one for one in edu.pages(g.session.slot.list, shown.offering_id,
                                                          kind["kind"]) if one.taken < one.places])
                for kind in kinds]
    except edu.Denied:
        return []


def _result(person, application):
    """None before it is confirmed, and where nothing is ranked."""
    try:
        return g.session.round.result(person, application)
    except edu.State:
        return None


def _criteria(service):
    """Titles of what is scored, by sheet and criterion."""
    return {sheet["code"]: {one["code"]: one["title"] for one in sheet["criteria"]}
            for sheet in service.round["sheets"]}


@own.get("/<person>/<of>/document/<document>")
def document(person, of, document):
    """Of an application, or of a draft."""
    return saved(g.session.request.document(person, of, document))


@own.get("/<person>/<application>/receipt.json")
def receipt(person, application):
    """Signed: what was submitted, and when."""
    return saved(g.session.request.receipt_file(person, application))


# ---- an application ----

def _answers(service, shown):
    """What was typed, as the form calls it: (title, answer)."""
    asked = service.request
    if not asked.get("form"):
        return []
    drawn = SchemaForm(asked["form"], asked["hints"], shown.form)
    return list(drawn.answers())


def _correctable(service, shown):
    """What staff may ask to be corrected: (title, what is there, pointer)."""
    kinds = [(kind["title"], "", OF_DOCUMENT + kind["code"])
             for kind in shown.asked]
    return [*_answers(service, shown), *kinds]


def _act(form, person, application):
    corrections = None
    fields = [one for one in request.form.getlist("correct") if one]
    if fields:
        corrections = [{"field": one, "text": request.form.get(f"correct{one}", "").strip() or
                        _("Please correct this.")} for one in fields]
    return form.call(g.session.request.act, person, application, form["action"],
                     form["reason"] or None, corrections, key=form.key)


def seat_of(person, application):
    """The seat of an examination, or None before it is confirmed."""
    try:
        return g.session.sitting.seat(person, application)
    except edu.NotFound:
        return None


def nearer_of(person, application, seat):
    """Centres that are nearer than that of the seat: a few, the nearest first."""
    return g.session.sitting.nearer(person, application, limit=10) if seat else []


def _certificates(service, shown):
    """Those that were given for it."""
    if not service.round["has_certificates"]:
        return []
    return [one for one in edu.pages(g.session.certificate.list, shown.person_id)
            if one.source_id == shown.offering_id]


@own.route("/<person>/<application>", methods=["GET", "POST"])
def one(person, application):
    form = Form("action", "reason")
    if request.method == "POST" and _act(form, person, application):
        return redirect(url_for("requests.one", person=person, application=application))
    shown = g.session.request.get(person, application)
    service = g.session.service.get(shown.service)
    events = list(edu.pages(g.session.request.timeline, person, application))
    seat = seat_of(person, application) if shown.is_open else None
    return render_template(
        "request.html", form=form, shown=shown, service=service, seat=seat,
        nearer=nearer_of(person, application, seat), answers=_answers(service, shown),
        documents=given_documents(shown), sent="sent" in request.args,
        possible=g.session.request.possible(person, application).actions,
        slots=slots_of(person, application), result=_result(person, application),
        criteria=_criteria(service), certificates=_certificates(service, shown), events=events, has_receipt=events[0].actor != "system"), \
        400 if form.errors else 200


# ---- work ----

def ordinary_services():
    return [one for one in edu.pages(g.session.service.list) if one.request]


@desk.get("/")
def home():
    return _home(Form("action", "reason", "number"))


@desk.post("/find")
def find():
    """An application, in whatever state, by the number that the applicant reads."""
    form = Form("action", "reason", "number")
    form.require(number=_("Type the number."))
    if not form.errors and form.call(g.session.request.worklist, {"number": form["number"]}, at="number"):
        if form.result:
            one = form.result[0]
            return redirect(url_for("request_desk.case", person=one.person_id, application=one.id))
        form.errors["number"] = _("There is no such application.")
    return _home(form)


def _home(form):
    services = ordinary_services()
    codes = [one.code for one in services]
    code = request.args.get("service")
    code = code if code in codes else (codes[0] if codes else None)
    asked = {"service": code, "state": request.args.get("state") or None,
             "offering_id": request.args.get("offering") or None,
             "is_mine": request.args.get("mine") == "1",
             "is_overdue": request.args.get("overdue") == "1"}
    page = g.session.request.worklist(asked, request.args.get("cursor"), limit=50) if code else []
    service = next((one for one in services if one.code == code), None)
    following = [one for one in offerings(code) if one.follows_id] if code else []
    kept = list(edu.pages(g.session.offering.list, {"service": code, "only_kept": True})) \
        if service and service.request["offerings"] else []
    return render_template("request_desk.html", services=services, service=service, asked=asked,
                           page=page, form=form, offerings=kept, following=following), \
        400 if form.errors else 200


@desk.route("/carry/<offering>", methods=["GET", "POST"])
def carry(offering):
    """Who goes on to next year's group: first what would become of them, then what became."""
    form = Form("what")
    is_done = request.method == "POST"
    form.call(g.session.request.carry, offering, not is_done)
    next_one = g.session.offering.get(offering)
    return render_template("request_carry.html", form=form, report=form.result, offering=next_one,
                           before=g.session.offering.get(next_one.follows_id)
                           if next_one.follows_id else None,
                           is_done=is_done and not form.errors), 400 if form.errors else 200


def _bulk_action(form):
    """What it is called."""
    found = next((one for one in ordinary_services() if one.code == form["service"]), None)
    return next((one["title"] for one in found.request["bulk"] if one["action"] == form["action"]), "") \
        if found else ""


@desk.post("/bulk")
def bulk():
    """First what would become of it, then what became."""
    form = Form("action", "reason", "what", "service")
    items = chosen_items()
    form.require(action=_("Choose what to do."))
    if not items:
        form.errors.setdefault("", _("Choose at least one application."))
    report = None
    if not form.errors and form.call(g.session.request.bulk, items, form["action"],
                                     form["reason"] or None, form["what"] != "do",
                                     key=form.key):
        report = form.result
    refused = {one["index"]: texts.fault_text(one) for one in report.refused} if report else {}
    outcomes = {one["index"]: one["state"] for one in report.outcomes} if report else {}
    return render_template("request_bulk.html", form=form, items=items, report=report, refused=refused,
                           outcomes=outcomes,
                           shown=[g.session.request.get(one["person_id"], one["id"]) for one in items]
                           if report else [], action=_bulk_action(form),
                           is_done=form["what"] == "do" and report is not None), \
        400 if form.errors else 200


@desk.route("/<person>/<application>", methods=["GET", "POST"])
def case(person, application):
    form = Form("action", "reason", "what", "note")
    if request.method == "POST":
        if form["what"] == "note":
            form.require(note=_("Write the note."))
            done = not form.errors and form.call(g.session.request.note, person, application,
                                                 form["note"], key=form.key)
        elif form["what"] == "take":
            done = form.call(g.session.request.assign, person, application, g.identity.person_id,
                             key=form.key)
        else:
            done = _act(form, person, application)
        if done:
            return redirect(url_for("request_desk.case", person=person, application=application))
    shown = g.session.request.get(person, application)
    service = g.session.service.get(shown.service)
    return render_template(
        "request_case.html", form=form, shown=shown, service=service,
        slots=slots_of(person, application), free=_free_slots(service, shown), result=_result(person, application),
        criteria=_criteria(service),
        answers=_answers(service, shown), documents=given_documents(shown),
        correctable=_correctable(service, shown),
        possible=[one for one in g.session.request.possible(person, application).actions
                  if not one["submits"]],
        events=list(edu.pages(g.session.request.timeline, person, application))), \
        400 if form.errors else 200
