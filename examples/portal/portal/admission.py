"""The admitted: their admission in the cabinet, and those who work on it. Registering itself is an application as any
other (requests.py)."""

import csv
import datetime
import io

import edu
from flask import Blueprint, Response, g, redirect, render_template, request, url_for

from . import i18n
from .forms import Form, only_who, signed_in, staff_only
from .i18n import gettext as _
from .requests import ordinary_services

own = Blueprint("admission", __name__, url_prefix="/cabinet/admission")
own.before_request(signed_in)
desk = Blueprint("admission_desk", __name__, url_prefix="/staff/admission")
desk.before_request(staff_only)

STAGES = ("admitted", "registered", "paid", "confirmed", "absent", "withdrawn")


def tuition_of(service, shown):
    """What an application has to pay; None in a service without tuition."""
    if not service.request["tuition"]:
        return None
    try:
        return g.session.tuition.get(shown.person_id, shown.id)
    except edu.NotFound:
        return None


@own.get("/")
def home():
    people = [(person, g.session.admission.list(person.id, limit=50))
              for person in g.session.account.family()]
    return render_template("admission.html", people=people)


# ---- work ----

def _services():
    return [one for one in ordinary_services() if one.request["admission"]]


def _columns():
    return (("admitted", _("Admitted")), ("registered", _("Registered")), ("paid", _("Paid")),
            ("confirmed", _("Confirmed")), ("absent", _("Not come")), ("withdrawn", _("Taken off")))


def _year():
    """That which is asked for, else this one."""
    asked = request.args.get("year", "")
    return int(asked) if asked.isdecimal() and len(asked) == 4 else datetime.datetime.now(i18n.ZONE).year


def _service():
    services = _services()
    asked = request.args.get("service")
    return next((one for one in services if one.code == asked), services[0] if services else None)


@desk.get("/")
def home():
    service, year = _service(), _year()
    page = g.session.admission.figures(service.code, year, None, request.args.get("cursor"),
                                       limit=50) if service else []
    return render_template("admission_desk.html", services=_services(), service=service, year=year,
                           page=page, columns=_columns())


def _as_csv(name, head, rows):
    """With a mark by which spreadsheets know UTF-8; what they would take for a formula is text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow(["'" + one if isinstance(one, str) and one[:1] in "=+-@" and one else one
                         for one in row])
    return Response(out.getvalue().encode("utf-8-sig"), mimetype="text/csv", headers={
        "Content-Disposition": f"attachment; filename={name}.csv"})


@desk.get("/figures.csv")
def figures_csv():
    service, year, columns = _service(), _year(), _columns()
    found = edu.pages(g.session.admission.figures, service.code, year, None, limit=200)
    return _as_csv(f"{service.code}-{year}",
                   ["institution", "programme", *(name for name, _title in columns)],
                   ([one.institution_name, one.programme, *(getattr(one, name) for name, _title in columns)]
                    for one in found))


def _asked(offering):
    progress = request.args.get("progress")
    return {"service": offering.service, "offering_id": offering.id,
            "progress": progress if progress in STAGES else None}


@desk.route("/programme/<offering>", methods=["GET", "POST"])
def programme(offering):
    form = Form("reason")
    found = g.session.offering.get(offering)
    if request.method == "POST" and form.require(reason=_("Say why.")) and form.call(
            _close, offering, form["reason"], at="reason"):
        return redirect(url_for("admission_desk.programme", offering=offering, closed=form.result))
    asked = _asked(found)
    page = g.session.admission.worklist(asked, request.args.get("cursor"), limit=50)
    closed = request.args.get("closed", "")
    return render_template("admission_programme.html", form=form, offering=found, page=page,
                           asked=asked["progress"], stages=STAGES,
                           closed=int(closed) if closed.isdecimal() else None), \
        400 if form.errors else 200


def _close(offering, reason):
    """All of them, in as many calls as it takes."""
    noted = 0
    while (done := g.session.admission.close(offering, reason, key=None)) > 0:
        noted += done
    return noted


@desk.get("/programme/<offering>.csv")
def programme_csv(offering):
    found = g.session.offering.get(offering)
    asked = _asked(found)
    rows = edu.pages(g.session.admission.worklist, asked, limit=200)
    return _as_csv(f"{found.code}-{asked['progress'] or 'all'}",
                   ["name", "institution", "programme", "year", "level", "funding", "score", "progress"],
                   ([one.holder, one.institution_name, one.programme, one.year, one.level, one.funding,
                     one.score / 100 if one.score >= 0 else "", one.progress] for one in rows))


def _work_on(form, person, admission):
    what = "absent" if form["what"] == "absent" else "reopen"
    reason = form[f"{what}_reason"]
    if not reason:
        form.errors[f"{what}_reason"] = _("Say why.")
    if what == "absent":
        return not form.errors and form.call(g.session.admission.absent, person, admission, reason,
                                             key=form.key, at="absent_reason")
    day = form.date("until")
    if form.errors:
        return False
    until = datetime.datetime.combine(day, datetime.time(23, 59), i18n.ZONE)
    return form.call(g.session.admission.reopen, person, admission, until, reason, key=form.key,
                     at="until")


@desk.route("/<person>/<admission>", methods=["GET", "POST"])
def one(person, admission):
    form = Form("what", "absent_reason", "reopen_reason")
    if request.method == "POST" and _work_on(form, person, admission):
        return redirect(url_for("admission_desk.one", person=person, admission=admission))
    return render_template(
        "admission_one.html", form=form, one=g.session.admission.get(person, admission),
        versions=g.session.admission.history(person, admission, limit=50)), \
        400 if form.errors else 200


@desk.route("/import", methods=["GET", "POST"])
def bring():
    only_who("keeps_all")
    form = Form("service", "list")
    report, faults = None, []
    if request.method == "POST":
        upload = request.files.get("file")
        form.require(list=_("Give the code of the list."))
        if not upload or not upload.filename:
            form.errors["file"] = _("Choose a file.")
        if not form.errors:
            report, faults = _bring(form, upload.read())
    return render_template("admission_import.html", form=form, services=_services(), report=report,
                           faults=faults), 400 if form.errors else 200


def _bring(form, content):
    if form.call(g.session.admission.import_, form["service"], form["list"], content, key=form.key,
                 at="file"):
        return form.result, []
    if "list" in form.errors:
        return None, []
    faults = g.session.admission.faults(form["service"], form["list"], content, limit=200)
    if faults:
        form.errors = {"file": _("The file has faults; nothing was taken from it.")}
    return None, faults
