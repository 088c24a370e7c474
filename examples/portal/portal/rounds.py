"""The desk of a round: scores, the panel, proposing and confirming, the ranking, times and places."""

import datetime
import hashlib

import edu
from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for

from . import i18n, texts
from .appeals import saved
from .forms import Form, staff_only
from .i18n import gettext as _
from .offerings import ranking_of
from .staff import work_aside

desk = Blueprint("rounds", __name__, url_prefix="/staff/rounds")
desk.before_request(staff_only)


def _about(offering):
    """The offering, its service and its round."""
    shown = g.session.offering.get(offering)
    return {"offering": shown, "service": g.session.service.get(shown.service),
            "round": g.session.round.get(offering)}


# ---- examinations with centre, room and seat: planned here, held on the pages of every sitting ----

@desk.route("/<offering>/sittings/<kind>", methods=["GET", "POST"])
def sittings(offering, kind):
    """Those of a kind, and one more; the time of one can be changed until its list is frozen."""
    about = _about(offering)
    title = next((one["title"] for one in about["service"].round["sittings"] if one["kind"] == kind), None)
    if title is None:
        abort(404)
    form = Form("id", "starts", "minutes")
    if request.method == "POST":
        try:
            wish = {"id": form["id"] or None, "offering_id": offering, "kind": kind,
                    "starts": i18n.from_local(form["starts"]), "minutes": int(form["minutes"])}
        except ValueError:
            form.errors["starts"] = _("Give a day and a time, and the minutes as a number.")
        if not form.errors and form.call(g.session.sitting.put, wish, key=form.key, at="starts"):
            return redirect(url_for("rounds.sittings", offering=offering, kind=kind))
    page = [one for one in edu.pages(g.session.sitting.list, offering) if one.kind == kind]
    return render_template("round_sittings.html", form=form, page=page, title=title, kind=kind, **about), \
        400 if form.errors else 200


# ---- the round ----

def _one(offering, form, status=None):
    about = _about(offering)
    members = []
    if about["offering"].is_mine_to_keep and \
            any(one["by"] == "panel" for one in about["service"].round["sheets"]):
        try:
            members = list(edu.pages(g.session.panel.list, offering))
        except edu.Denied as error:
            form.refuse(error)
    inside = list(edu.pages(g.session.offering.list, {"service": about["offering"].service,
                                                      "round_id": offering}))
    page = render_template("round.html", form=form, members=members, inside=inside,
                           is_ranked=about["round"].state != "open", **about)
    response = Response(page, status or (400 if form.errors else 200))
    again = _again(about["round"])
    if again is not None:
        response.headers["Refresh"] = f"2; url={url_for('rounds.one', offering=offering, **again)}"
    return response


def _again(shown):
    """While work goes on aside, the page asks again by itself: certificates as long as there are more each time."""
    before = request.args.get("issued", "")
    if shown.state == "confirming":
        return {}
    return {"issued": shown.certificates} \
        if before.isdecimal() and shown.certificates > int(before) else None


@desk.get("/<offering>")
def one(offering):
    """While a confirmation goes on, the page asks again by itself."""
    return _one(offering, Form("seed"), 200)


@desk.post("/<offering>/<any(propose, reopen, confirm, commit):what>")
def step(offering, what):
    form = Form("seed", "commitment")
    if what == "confirm":
        error = work_aside(lambda session: session.round.confirm(offering, key=form.key), wait=1)
        if error is not None:
            form.refuse(error)
    elif what == "propose":
        form.call(g.session.round.propose, offering, form["seed"] or None, key=form.key)
    elif what == "commit":
        form.call(g.session.round.commit, offering, form["commitment"], key=form.key,
                  at="commitment")
    else:
        form.call(g.session.round.reopen, offering, key=form.key)
    return _one(offering, form) if form.errors else redirect(url_for("rounds.one", offering=offering))


@desk.post("/<offering>/certificates")
def certificates(offering):
    """Signing takes long for many: it goes on aside, and the page counts."""
    form, before = Form("seed"), g.session.round.get(offering).certificates
    error = work_aside(lambda session: session.round.issue(offering), wait=1)
    if error is not None:
        form.refuse(error)
        return _one(offering, form)
    return redirect(url_for("rounds.one", offering=offering, issued=before))


@desk.get("/<offering>/ranking")
def ranking(offering):
    page = ranking_of(offering, request.args.get("cursor"))
    return render_template("round_ranking.html", page=page or [], **_about(offering))


@desk.get("/<offering>/ranking.csv")
def ranking_csv(offering):
    return saved(g.session.round.csv(offering))


# ---- scores ----

def _sheet(about, code):
    for one in about["service"].round["sheets"]:
        if one["code"] == code:
            return one
    abort(404)


def _field(one, criterion):
    return f"{one.id}-{criterion['code']}"


def _typed(one, sheet):
    """Points by criterion; None where nothing was changed."""
    values = {criterion["code"]: request.form.get(_field(one, criterion), "").strip().replace(",", ".")
              for criterion in sheet["criteria"]}
    before = {code: str(value) for code, value in (one["values"] or {}).items()}
    return None if not any(values.values()) or values == before else values


def _key(form, one):
    """One for each row of a form."""
    return hashlib.sha256(f"{form.key}/{one.id}".encode()).hexdigest()


def _store(form, page, sheet):
    """Each row by itself: what is wrong with one does not keep the others."""
    codes = [criterion["code"] for criterion in sheet["criteria"]]
    for one in page:
        values = _typed(one, sheet)
        if not values:
            continue
        try:
            g.session.score.put(one.person_id, one.id, sheet["code"], values, key=_key(form, one))
        except (edu.Invalid, edu.State, edu.NotFound) as error:
            code = (error.field or "").rsplit("/", 1)[-1]
            field = f"{one.id}-{code if code in codes else codes[0]}"
            form.errors[field] = f"{one.applicant}: {texts.error_text(error)}"


def _bring(form, offering, sheet):
    """A file; where it has faults, all of them are told and nothing is taken."""
    upload = request.files.get("file")
    if not upload or not upload.filename:
        form.errors["file"] = _("Choose a file.")
        return []
    content = upload.read()
    if form.call(g.session.score.import_, offering, sheet["code"], content, key=form.key, at="file"):
        return []
    try:
        faults = list(edu.pages(g.session.score.faults, offering, sheet["code"], content))[:200]
    except edu.Error:
        return []
    if faults:
        form.errors = {"file": _("The file has faults; nothing was taken from it.")}
    return faults


@desk.route("/<offering>/scores/<sheet>", methods=["GET", "POST"])
def scores(offering, sheet):
    about = _about(offering)
    chosen = _sheet(about, sheet)
    form, faults = Form("what"), []
    page = g.session.score.list(offering, sheet, request.args.get("cursor"), limit=50)
    if request.method == "POST":
        if form["what"] == "import":
            faults = _bring(form, offering, chosen)
        else:
            _store(form, page, chosen)
        if not form.errors:
            return redirect(url_for("rounds.scores", offering=offering, sheet=sheet,
                                    cursor=request.args.get("cursor"), saved=1))
    typed = {_field(one, criterion): request.form.get(_field(one, criterion),
                                                      (one["values"] or {}).get(criterion["code"], ""))
             for one in page for criterion in chosen["criteria"]}
    states = {one["state"]: one["title"] for one in about["service"].states}
    return render_template("round_scores.html", form=form, sheet=chosen, page=page, typed=typed,
                           faults=faults, states=states, **about), 400 if form.errors else 200


# ---- the panel ----

@desk.route("/<offering>/panel", methods=["GET", "POST"])
def panel(offering):
    form = Form("what", "number", "member")
    if request.method == "POST" and _panel_step(form, offering):
        report = form.result if form["what"] == "assign" else None
        told = f"{report.added}-{report.lacking}-{report.least}-{report.most}" if report else None
        return redirect(url_for("rounds.panel", offering=offering, told=told))
    told = [int(one) for one in request.args.get("told", "").split("-") if one.isdecimal()]
    return render_template(
        "round_panel.html", form=form, told=told if len(told) == 4 else None,
        members=list(edu.pages(g.session.panel.list, offering)), **_about(offering)), \
        400 if form.errors else 200


def _panel_step(form, offering):
    if form["what"] == "assign":
        return form.call(g.session.panel.assign, offering, key=form.key)
    if form["what"] == "remove":
        return form.call(g.session.panel.put, offering, form["member"], False, key=form.key)
    whose = form.person()
    return whose and form.call(g.session.panel.put, offering, whose.id, True, key=form.key, at="number")


@desk.route("/<offering>/conflict/<person>/<application>", methods=["GET", "POST"])
def conflict(offering, person, application):
    form = Form("member")
    if request.method == "POST" and form.require(member=_("Choose a member.")) and \
            form.call(g.session.panel.conflict, person, application, form["member"], key=form.key,
                      at="member"):
        return redirect(url_for("rounds.panel", offering=offering))
    return render_template(
        "round_conflict.html", form=form, shown=g.session.request.get(person, application),
        members=list(edu.pages(g.session.panel.list, offering)), **_about(offering)), \
        400 if form.errors else 200


# ---- times and places ----

@desk.post("/give/<person>/<application>")
def give(person, application):
    """Another time for one application, or the first."""
    form = Form("to")
    form.require(to=_("Choose a time."))
    if form.errors or not form.call(g.session.slot.give, person, application, form["to"],
                                    key=form.key):
        return render_template("round_given.html", form=form, person=person,
                               application=application), 400
    return redirect(url_for("request_desk.case", person=person, application=application))


SLOT = ("starts", "minutes", "venue", "places", "count")


def _whole(form, field, least, most):
    if form[field].isdecimal() and least <= int(form[field][:7]) <= most:
        return int(form[field])
    form.errors[field] = _("Give a whole number from %(a)s to %(b)s.") % {"a": least, "b": most}
    return least


def _slot_wish(form, offering, kind):
    wish = {"offering_id": offering, "kind": kind, "venue": form["venue"],
            "minutes": _whole(form, "minutes", 1, 1440), "places": _whole(form, "places", 1, 100000)}
    form.require(venue=_("Say where."))
    try:
        wish["starts"] = i18n.from_local(form["starts"])
    except ValueError:
        form.errors["starts"] = _("Give a day and a time.")
    return wish


def _make_slots(form, offering, kind):
    """Several in a row: each begins when the one before ends."""
    wish, count = _slot_wish(form, offering, kind), _whole(form, "count", 1, 50)
    for number in range(count if not form.errors else 0):
        if not form.call(g.session.slot.put, wish, key=f"{form.key}-{number}", at="starts"):
            return False
        wish["starts"] += datetime.timedelta(minutes=wish["minutes"])
    return not form.errors


@desk.route("/<offering>/slots/<kind>", methods=["GET", "POST"])
def slots(offering, kind):
    form = Form("what", "state", *SLOT)
    told = None
    if request.method == "POST":
        if form["what"] == "fill":
            if form.call(g.session.slot.fill, offering, kind, form["state"], key=form.key, at="state"):
                told = f"{form.result.given}-{form.result.lacking}"
        else:
            _make_slots(form, offering, kind)
        if not form.errors:
            return redirect(url_for("rounds.slots", offering=offering, kind=kind, told=told))
    else:
        form.values.update(minutes="30", places="1", count="1")
    about = _about(offering)
    told = [int(one) for one in request.args.get("told", "").split("-") if one.isdecimal()]
    return render_template(
        "round_slots.html", form=form, kind=kind, told=told if len(told) == 2 else None,
        title=_kind_title(about["service"], kind),
        page=list(edu.pages(g.session.slot.list, offering, kind)), **about), \
        400 if form.errors else 200


def _kind_title(service, kind):
    return next((one["title"] for one in service.round["slots"] if one["kind"] == kind), kind)


def _slot_of(offering, kind, slot):
    found = list(edu.pages(g.session.slot.list, offering, kind))
    for one in found:
        if one.id == slot:
            return one, found
    abort(404)


@desk.route("/<offering>/slots/<kind>/<slot>", methods=["GET", "POST"])
def slot(offering, kind, slot):
    """Who comes when and where, to be printed; and by hand, who comes at another time."""
    form = Form("what", "person", "application", "to", *SLOT)
    shown, others = _slot_of(offering, kind, slot)
    if request.method == "POST":
        if form["what"] == "move":
            form.require(to=_("Choose a time."))
            done = not form.errors and form.call(g.session.slot.give, form["person"],
                                                 form["application"], form["to"], key=form.key)
        else:
            wish = _slot_wish(form, offering, kind)
            done = not form.errors and form.call(g.session.slot.put, {**wish, "id": slot},
                                                 key=form.key, at="starts")
        if done:
            return redirect(url_for("rounds.slot", offering=offering, kind=kind, slot=slot))
    else:
        form.values.update(
            starts=i18n.local(shown.starts), venue=shown.venue,
            minutes=str(int((shown.ends - shown.starts).total_seconds()) // 60),
            places=str(shown.places))
    about = _about(offering)
    return render_template(
        "round_slot.html", form=form, kind=kind, shown=shown,
        others=[one for one in others if one.id != slot and one.taken < one.places],
        title=_kind_title(about["service"], kind),
        seats=list(edu.pages(g.session.slot.seats, slot)), **about), 400 if form.errors else 200
