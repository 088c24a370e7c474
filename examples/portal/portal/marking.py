"""The clerks' side of results: rules, entering, publishing, appeals, corrections, revocations."""

import io
import json

import edu
from flask import Blueprint, Response, abort, g, redirect, render_template, request, send_file, url_for

from . import i18n, texts
from .forms import Form, only_who, staff_only
from .i18n import gettext as _
from .staff import work_aside

blueprint = Blueprint("marking", __name__, url_prefix="/staff/results")
blueprint.before_request(staff_only)


def _page(season, form, status=None):
    marking = g.session.result.marking(season)
    return render_template(
        "marking.html", season=g.session.olympiad.season(season), marking=marking, form=form,
        rules=json.dumps(marking.rules, ensure_ascii=False, indent=2) if marking.rules else ""), \
        status or (400 if form.errors else 200)


@blueprint.get("/<season>")
def home(season):
    """While work goes on aside, the page asks again until its numbers stay."""
    marking = g.session.result.marking(season)
    seen = f"{marking.state}-{marking.told}-{marking.certificates}"
    page, status = _page(season, Form("rules", "at"))
    response = Response(page, status)
    if request.args.get("seen", seen) != seen:
        response.headers["Refresh"] = f"2; url={url_for('marking.home', season=season, seen=seen)}"
    return response


PRINTED = 100  # in a file: made within a few seconds


def _part(printing, season):
    """One file of the certificates, those behind `after`, or what would be in it."""
    return printing(season, request.args.get("school", "").strip() or None, request.args.get("after") or None,
                    PRINTED)


@blueprint.get("/<season>/print")
def print_certificates(season):
    """What the file has that can be saved here, and where the next one is."""
    only_who("keeps_all")
    form = Form("school")
    form.values["school"] = request.args.get("school", "").strip()
    part = form.result if form.call(_part, g.session.certificate.print_part, season, at="school") else None
    number = request.args.get("part", "1")
    return render_template("certificates_print.html", form=form, season=g.session.olympiad.season(season), part=part,
                           number=int(number[:6]) if number.isdecimal() else 1, after=request.args.get("after")), \
        400 if form.errors else 200


@blueprint.get("/<season>/print.pdf")
def printed(season):
    part = _part(g.session.certificate.print, season)
    if not part.count:
        abort(404)
    return send_file(io.BytesIO(part.content), mimetype="application/pdf", as_attachment=True,
                     download_name=part.name)


def _back(season):
    return redirect(url_for("marking.home", season=season))


@blueprint.post("/<season>/rules")
def rules(season):
    form = Form("rules", "at")
    try:
        wanted = json.loads(form["rules"])
    except ValueError as error:
        form.errors["rules"] = _("This is not JSON: %(error)s") % {"error": error}
        return _page(season, form)
    try:
        g.session.result.rules(season, wanted, key=form.key)
    except (edu.Invalid, edu.State) as error:
        where = f" {error.field} — {error}" if error.key == "result.rules" else ""
        form.errors["rules"] = texts.error_text(error) + where
        return _page(season, form)
    return _back(season)


@blueprint.get("/<season>/codes.csv")
def codes(season):
    document = g.session.result.codes(season)
    return Response(document.content, mimetype="text/csv", headers={
        "Content-Disposition": f"attachment; filename={document.name}"})


@blueprint.post("/<season>/import")
def import_results(season):
    form = Form("rules", "at")
    upload = request.files.get("file")
    if not upload or not upload.filename:
        form.errors["file"] = _("Choose a file.")
    elif form.call(g.session.result.import_, season, upload.read(), key=form.key) and \
            form.call(g.session.result.rank, season, key=form.key + "-rank"):
        return _back(season)
    elif "" in form.errors:
        form.errors = {"file": form.errors[""]}
    return _page(season, form)


@blueprint.post("/<season>/propose")
def propose(season):
    form = Form("rules", "at")
    try:
        at = i18n.from_local(form["at"])
    except ValueError:
        form.errors["at"] = _("A number or a time is not of its form.")
        return _page(season, form)
    if form.call(g.session.result.propose, season, at, key=form.key):
        return _back(season)
    return _page(season, form)


@blueprint.post("/<season>/reopen")
def reopen(season):
    form = Form("rules", "at")
    return _back(season) if form.call(g.session.result.reopen, season, key=form.key) \
        else _page(season, form)


@blueprint.post("/<season>/approve")
def approve(season):
    """Telling everybody takes long for a nation: it goes on aside, and the page counts."""
    form = Form("rules", "at")
    if not g.session.result.marking(season).may_confirm:
        form.errors[""] = _("Another clerk must confirm: two people are needed.")
        return _page(season, form, 409)
    return _begin(season, form, lambda session: session.result.approve(season, key=form.key))


def _begin(season, form, work):
    """What is refused is refused at once; the rest goes on, and the page counts."""
    error = work_aside(work, wait=1)
    if error is not None:
        form.refuse(error)
        return _page(season, form)
    return redirect(url_for("marking.home", season=season, seen=""))


@blueprint.post("/<season>/issue")
def issue(season):
    return _begin(season, Form("rules", "at"), lambda session: session.result.issue(season))


@blueprint.post("/<season>/invite")
def invite(season):
    form = Form("rules", "at")
    return _back(season) if form.call(g.session.result.invite, season) else _page(season, form)


@blueprint.get("/<season>/list")
def results(season):
    page = g.session.result.list(season, request.args.get("region") or None,
                                 request.args.get("institution") or None,
                                 cursor=request.args.get("cursor"), limit=50)
    return render_template("marking_list.html", season=g.session.olympiad.season(season),
                           page=page, marking=g.session.result.marking(season))


# ---- corrections and appeals ----

def _points(form, marking):
    """What was typed, problem by problem; None for an absence."""
    if request.form.get("absent"):
        return None
    return [request.form.get(f"p-{at}", "").strip() or None
            for at in range(len(marking.rules["problems"]))]


@blueprint.route("/<season>/corrections", methods=["GET", "POST"])
def corrections(season):
    form = Form("number", "reason")
    marking = g.session.result.marking(season)
    if request.method == "POST" and \
            form.require(number=_("Type the number of the slip."), reason=_("Say why.")) and \
            form.call(g.session.result.correct, season, form["number"], _points(form, marking),
                      form["reason"], key=form.key):
        return redirect(url_for("marking.corrections", season=season))
    page = g.session.result.corrections(season, cursor=request.args.get("cursor"), limit=50)
    return render_template("marking_corrections.html", form=form, marking=marking, page=page,
                           season=g.session.olympiad.season(season)), 400 if form.errors else 200


@blueprint.post("/<season>/corrections/<correction>")
def decide_correction(season, correction):
    g.session.result.correction_decide(correction, request.form.get("accept") == "1",
                                       key=Form().key)
    return redirect(url_for("marking.corrections", season=season))


@blueprint.get("/<season>/appeals")
def appeals(season):
    page = g.session.result.appeals(season, request.args.get("state") or None,
                                    cursor=request.args.get("cursor"), limit=20)
    return render_template("marking_appeals.html", page=page, form=Form("answer"),
                           marking=g.session.result.marking(season),
                           season=g.session.olympiad.season(season))


@blueprint.post("/<season>/appeals/<person>")
def decide_appeal(season, person):
    form = Form("answer")
    marking = g.session.result.marking(season)
    points = _points(form, marking) if request.form.get("uphold") == "1" else None
    if form.require(answer=_("Write the answer.")) and \
            form.call(g.session.result.appeal_decide, person, season, points, form["answer"],
                      key=form.key):
        return redirect(url_for("marking.appeals", season=season))
    page = g.session.result.appeals(season, None, limit=20)
    return render_template("marking_appeals.html", page=page, form=form, marking=marking,
                           answered=person, season=g.session.olympiad.season(season)), 400


# ---- revocations ----

@blueprint.route("/revocations", methods=["GET", "POST"])
def revocations():
    form = Form("number", "reason", "public")
    if request.method == "GET":
        form.values["public"] = "1"
    elif form.require(number=_("Type the number of the document."), reason=_("Say why.")) and \
            form.call(g.session.certificate.revoke, form["number"], form["reason"],
                      form["public"] == "1", key=form.key):
        return redirect(url_for("marking.revocations"))
    page = g.session.certificate.revocations(cursor=request.args.get("cursor"), limit=50)
    return render_template("revocations.html", form=form, page=page), 400 if form.errors else 200


@blueprint.post("/revocations/<number>")
def decide_revocation(number):
    g.session.certificate.revoke_decide(number, request.form.get("accept") == "1", key=Form().key)
    return redirect(url_for("marking.revocations"))
