"""The clerks' side: importing, opening seasons, the list, the allocation, the lists of a centre."""

import csv
import datetime
import io
import json
import os
import threading

import edu
from flask import (Blueprint, Response, abort, current_app, g, redirect, render_template, request,
                   send_file, url_for)

from . import i18n, persons
from .forms import Form, may, only_who, staff_only
from .i18n import gettext as _
from .library import library

blueprint = Blueprint("staff", __name__, url_prefix="/staff")
blueprint.before_request(staff_only)

# Files by the right to bring them; those of published registers are brought as these are.
REGISTERS = {"regions": "administers", "institutions": "administers", "persons": "administers",
             "pupils": "imports_pupils", "guardians": "imports_pupils", "centres": "keeps_all", "rooms": "keeps_all"}
REPORTS = ("region", "school", "centre")


@blueprint.get("/")
def home():
    seasons = [(season, list(edu.pages(g.session.olympiad.sittings, season.id)))
               for season in edu.pages(g.session.olympiad.seasons)]
    return render_template("staff_home.html", seasons=seasons,
                           to_hold=list(edu.pages(g.session.sitting.list, None)))


# ---- registers ----

def _bring(form, content):
    """A file of a published register; where it has faults, all of them are told."""
    try:
        return g.session.register.import_(form["register"], content, key=form.key), []
    except (edu.Invalid, edu.Limit) as error:
        faults = g.session.register.faults(form["register"], content, limit=200)
        form.refuse(error)
        if faults:
            form.errors = {"file": _("The file has faults; nothing was taken from it.")}
        return None, faults
    except (edu.Denied, edu.Conflict, edu.Busy) as error:
        form.refuse(error)
        return None, []


@blueprint.route("/import", methods=["GET", "POST"])
def import_register():
    form = Form("register")
    registers = [name for name, right in REGISTERS.items() if may()[right]]
    every = list(edu.pages(g.session.register.list, limit=200))
    published = {one.code: one for one in every
                 if may()["imports_pupils" if one.document.get("institutions") else "administers"]}
    if not registers and not published:
        abort(404)
    report, faults = None, []
    if request.method == "POST":
        upload = request.files.get("file")
        if form["register"] not in registers and form["register"] not in published:
            form.errors["register"] = _("Choose what the file holds.")
        if not upload or not upload.filename:
            form.errors["file"] = _("Choose a file.")
        if not form.errors and form["register"] in published:
            report, faults = _bring(form, upload.read())
        elif not form.errors:
            module = g.session.sitting if form["register"] in ("centres", "rooms") \
                else g.session.account
            if form.call(getattr(module, f"import_{form['register']}"), upload.read(),
                         key=form.key):
                report = form.result
    return render_template("import.html", form=form, registers=registers, published=published, report=report,
                           faults=faults, files=g.session.register.files(limit=20),
                           titles={one.code: one.title for one in every}), \
        400 if form.errors else 200


# ---- seasons ----

def _season_wish(form):
    return {
        "code": form["code"], "title": {language: form[f"title_{language}"] for language in i18n.LANGUAGES},
        "subject": form["subject"],
        "subject_title": {language: form[f"subject_{language}"] for language in i18n.LANGUAGES},
        "grade_from": int(form["grade_from"]), "grade_to": int(form["grade_to"]),
        "opens": i18n.from_local(form["opens"]), "closes": i18n.from_local(form["closes"])}


def _open_season(form):
    """A season with one sitting for its grades, announced at once. Each step has a key of its own, so
    that sending the form again goes on where it was cut off."""
    wish = _season_wish(form)
    starts, minutes = i18n.from_local(form["starts"]), int(form["minutes"])
    if not form.call(g.session.olympiad.season_create, wish, key=form.key):
        return None
    season = form.result
    sitting = {"season_id": season, "code": "main", "grade_from": wish["grade_from"],
               "grade_to": wish["grade_to"], "starts": starts, "minutes": minutes}
    if form.call(g.session.olympiad.sitting_create, sitting, key=form.key + "-sitting") and \
            form.call(g.session.olympiad.season_publish, season, key=form.key + "-publish"):
        return season
    return None


@blueprint.route("/seasons/new", methods=["GET", "POST"])
def new_season():
    only_who("keeps_all")
    form = Form("code", "subject",
                *(f"{what}_{language}" for what in ("title", "subject") for language in i18n.LANGUAGES),
                "grade_from", "grade_to", "opens", "closes", "starts", "minutes")
    if request.method == "POST" and form.require(
            **{field: _("This cannot be left empty.") for field in form.values}):
        try:
            if _open_season(form):
                return redirect(url_for("staff.home"))
        except ValueError:
            form.errors["opens"] = _("A number or a time is not of its form.")
    return render_template("season_new.html", form=form), 400 if form.errors else 200


@blueprint.route("/seasons/<season>/window", methods=["GET", "POST"])
def window(season):
    """From when until when one registers; can be changed until the list is frozen."""
    only_who("keeps_all")
    form = Form("opens", "closes")
    shown = g.session.olympiad.season(season)
    if request.method == "POST":
        opens, closes = form.moment("opens"), form.moment("closes")
        if not form.errors and form.call(g.session.olympiad.season_window, season, opens, closes,
                                         key=form.key, at="closes"):
            return redirect(url_for("staff.home"))
    else:
        form.values.update(opens=i18n.local(shown.opens), closes=i18n.local(shown.closes))
    return render_template("season_window.html", form=form, season=shown), 400 if form.errors else 200


# ---- a sitting ----

def _allocation(sitting):
    try:
        return g.session.sitting.allocation(sitting)
    except (edu.NotFound, edu.Denied):
        return None


def _totals(sitting):
    """Of a season, whose pupils come from schools; of an offering its list says how many."""
    if sitting.offering_id:
        return None
    rows = list(edu.pages(g.session.olympiad.report, sitting.id, "region", limit=200))
    return {name: sum(row[name] for row in rows) for name in ("registered", "allocated",
                                                              "withdrawn")}


def _my_centres():
    return [role["code"] for role in g.identity.roles if role["scope"] == "centre"]


def _sitting(sitting, form):
    shown = g.session.sitting.get(sitting)
    ends = shown.starts + datetime.timedelta(minutes=shown.minutes)
    allocation = _allocation(sitting)
    is_short = allocation is not None and allocation.state == "failed" and \
        bool(g.session.sitting.shortages(sitting, limit=1))
    return render_template("sitting.html", sitting=shown, allocation=allocation, is_short=is_short,
                           totals=_totals(shown), form=form, centres=_my_centres(), transcript=TRANSCRIPT,
                           is_over=ends <= datetime.datetime.now(datetime.timezone.utc)), \
        409 if form.errors else 200


@blueprint.get("/sittings/<sitting>")
def sitting(sitting):
    return _sitting(sitting, Form())


TRANSCRIPT = ("places.csv", "centres.csv", "flows.csv", "transcript.json")


@blueprint.get("/sittings/<sitting>/transcript/<name>")
def transcript(sitting, name):
    """For who checks the allocation by another program."""
    allocation = g.session.sitting.allocation(sitting)
    document = g.session.sitting.transcript(allocation.id, name)
    return send_file(io.BytesIO(document.content), mimetype=document.type, as_attachment=True,
                     download_name=name)


@blueprint.post("/sittings/<sitting>/freeze")
def freeze(sitting):
    form = Form("seed")
    if form.call(g.session.sitting.freeze, sitting, form["seed"] or None, key=form.key):
        return redirect(url_for("staff.sitting", sitting=sitting))
    return _sitting(sitting, form)


@blueprint.post("/sittings/<sitting>/commit")
def commit(sitting):
    form = Form("commitment")
    if form.call(g.session.sitting.commit, sitting, form["commitment"], key=form.key, at="commitment"):
        return redirect(url_for("staff.sitting", sitting=sitting))
    return _sitting(sitting, form)


@blueprint.post("/sittings/<sitting>/close")
def close(sitting):
    form = Form()
    if form.call(g.session.sitting.close, sitting, key=form.key):
        return redirect(url_for("staff.sitting", sitting=sitting))
    return _sitting(sitting, form)


def work_aside(work, wait=0):
    """Long work goes on after the answer, in a session of its own; the library keeps how far it is.
    Gives the error of what fails within so many seconds."""
    portal, token, language, log = library.portal, g.session.token, g.language, current_app.logger
    failed = []

    def run():
        with portal.resume(token) as session:
            session.set_language(language)
            try:
                work(session)
            except edu.Error as error:
                failed.append(error)
                log.warning("long work ended", extra={"key": error.key})

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(wait)
    return failed[0] if failed else None


@blueprint.get("/sittings/<sitting>/shortages")
def shortages(sitting):
    """Whether everybody can be seated; where not, zone by zone, for how many there is no seat."""
    zones = list(edu.pages(g.session.sitting.shortages, sitting, limit=200))
    return render_template("shortages.html", sitting=g.session.sitting.get(sitting), zones=zones)


@blueprint.get("/sittings/<sitting>/shortages/places")
def left_over(sitting):
    """Where those come from whom a zone has no seats for."""
    zone, is_step_free = request.args.get("zone", ""), request.args.get("step_free") == "1"
    page = g.session.sitting.left_over(sitting, zone, is_step_free, request.args.get("cursor"), limit=100)
    return render_template("left_over.html", sitting=g.session.sitting.get(sitting), page=page, zone=zone,
                           is_step_free=is_step_free)


@blueprint.post("/sittings/<sitting>/allocate")
def allocate(sitting):
    form = Form()
    work_aside(lambda session: session.sitting.allocate(sitting, key=form.key))
    return redirect(url_for("staff.progress", sitting=sitting))


@blueprint.post("/sittings/<sitting>/confirm")
def confirm(sitting):
    form = Form("allocation")
    work_aside(lambda session: session.sitting.confirm(form["allocation"], key=form.key))
    return redirect(url_for("staff.progress", sitting=sitting))


@blueprint.post("/sittings/<sitting>/discard")
def discard(sitting):
    form = Form("allocation")
    if form.call(g.session.sitting.discard, form["allocation"], key=form.key):
        return redirect(url_for("staff.sitting", sitting=sitting))
    return _sitting(sitting, form)


@blueprint.get("/sittings/<sitting>/progress")
def progress(sitting):
    """Asks again by itself while the work goes on, with or without a script."""
    shown = g.session.sitting.get(sitting)
    allocation = _allocation(sitting)
    waited = int(request.args.get("waited", 0)) if request.args.get("waited", "0").isdigit() else 0
    busy = allocation is not None and allocation.state in ("running", "confirming")
    if not busy and (allocation is not None or waited > 3) and waited > 0:
        return redirect(url_for("staff.sitting", sitting=sitting))
    response = Response(render_template("progress.html", sitting=shown, allocation=allocation))
    response.headers["Refresh"] = \
        f"1; url={url_for('staff.progress', sitting=sitting, waited=waited + 1)}"
    return response


# ---- the map ----

OUTLINE = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "data",
                                       "az-outline.geojson"))
WIDTH = 720.0


def _rings(geometry):
    polygons = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        polygons = [polygons]
    return [ring for polygon in polygons for ring in polygon]


def _load_outline():
    with open(OUTLINE, encoding="utf-8") as file:
        found = json.load(file)
    features = found["features"] if found["type"] == "FeatureCollection" else [found]
    return [ring for feature in features for ring in _rings(feature["geometry"])]


class Map:
    """Longitude and latitude to a picture of fixed width; one degree of longitude is shorter by the
    cosine of the middle latitude."""

    def __init__(self, rings):
        points = [point for ring in rings for point in ring]
        self.west = min(point[0] for point in points)
        self.north = max(point[1] for point in points)
        south = min(point[1] for point in points)
        east = max(point[0] for point in points)
        self.scale = WIDTH / (east - self.west)
        self.stretch = 1.31  # 1 / cos(40.3°)
        self.height = (self.north - south) * self.scale * self.stretch
        self.path = " ".join(
            "M" + " L".join(f"{x:.1f},{y:.1f}" for x, y in map(self.place, ring)) + "Z"
            for ring in rings)

    def place(self, point):
        return ((point[0] - self.west) * self.scale,
                (self.north - point[1]) * self.scale * self.stretch)


_map = Map(_load_outline())


def _circles(loads):
    for load in sorted(loads, key=lambda one: -one.seats):
        x, y = _map.place((load.longitude_e7 / 1e7, load.latitude_e7 / 1e7))
        share = load.pupils / load.seats if load.seats else 0
        yield {"x": round(x, 1), "y": round(y, 1), "r": round(3 + (load.seats ** 0.5) / 3.2, 1),
               "level": min(4, int(share * 4)) if share < 1 else 4, "load": load,
               "share": round(share * 100)}


@blueprint.get("/sittings/<sitting>/map")
def centres_map(sitting):
    allocation = g.session.sitting.allocation(sitting)
    loads = list(edu.pages(g.session.sitting.loads, allocation.id, limit=200))
    circles = list(_circles(loads))
    return render_template("map.html", sitting=g.session.sitting.get(sitting),
                           allocation=allocation, loads=loads, circles=circles,
                           sizes={one["load"].code: one for one in circles}, map=_map, width=WIDTH)


@blueprint.get("/map/outline.json")
def outline():
    """The shapes of the map, for the script that draws it anew."""
    return send_file(OUTLINE, mimetype="application/geo+json", max_age=86400)


# ---- centres and rooms ----

@blueprint.get("/centres")
def centres():
    return render_template("centres.html", page=g.session.sitting.centres(request.args.get("cursor"), limit=50))


@blueprint.get("/centres/<centre>")
def rooms(centre):
    return render_template("rooms.html", centre=centre, page=g.session.sitting.rooms(
        centre, request.args.get("cursor"), limit=100))


# ---- lists ----

@blueprint.get("/sittings/<sitting>/entries")
def entries(sitting):
    page = g.session.olympiad.entries(sitting, request.args.get("institution") or None,
                                      cursor=request.args.get("cursor"), limit=50)
    return render_template("entries.html", sitting=g.session.sitting.get(sitting), page=page)


@blueprint.get("/sittings/<sitting>/why/<person>/<application>")
def why(sitting, person, application):
    return render_template("seat_why.html", sitting=sitting, seat=g.session.sitting.seat(person, application),
                           nearer=g.session.sitting.nearer(person, application, limit=200))


@blueprint.get("/sittings/<sitting>/report/<by>")
def report(sitting, by):
    rows = list(edu.pages(g.session.olympiad.report, sitting, by, limit=200))
    return render_template("report.html", sitting=g.session.sitting.get(sitting), by=by,
                           rows=rows, reports=REPORTS)


@blueprint.get("/sittings/<sitting>/report/<by>.csv")
def report_csv(sitting, by):
    out = io.StringIO()
    fields = ("code", "name", "registered", "allocated", "withdrawn", "seats", "mean_m",
              "farthest_m")
    writer = csv.writer(out)
    writer.writerow(fields)
    for row in edu.pages(g.session.olympiad.report, sitting, by, limit=200):
        writer.writerow([_plain(row[field]) for field in fields])
    return Response("\ufeff" + out.getvalue(), mimetype="text/csv", headers={
        "Content-Disposition": f"attachment; filename=report-{by}.csv"})


def _plain(value):
    """No spreadsheet computes what begins with an apostrophe."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value


def _note_attendance(form, sitting):
    """What was said of each on the page; a key a person, so that sending twice notes nothing twice."""
    for field, said in request.form.items():
        person = field.removeprefix("came-")
        if person == field or said not in ("present", "absent") or said == request.form.get(f"was-{person}"):
            continue
        if not form.call(g.session.sitting.attend, sitting, person, said == "present",
                         key=f"{form.key}-{person[-24:]}"):
            return False
    return True


@blueprint.route("/sittings/<sitting>/centres/<centre>", methods=["GET", "POST"])
def attendance(sitting, centre):
    form = Form()
    cursor = request.args.get("cursor")
    if request.method == "POST" and _note_attendance(form, sitting):
        return redirect(url_for("staff.attendance", sitting=sitting, centre=centre, cursor=cursor,
                                noted=1))
    shown = g.session.sitting.get(sitting)
    page = g.session.sitting.attendance(sitting, centre, cursor=cursor, limit=100)
    may_note = bool(shown.offering_id) and shown.state == "allocated" and \
        shown.starts <= datetime.datetime.now(datetime.timezone.utc)
    return render_template("attendance.html", sitting=shown, centre=centre, page=page, form=form,
                           may_note=may_note), 409 if form.errors else 200


@blueprint.get("/sittings/<sitting>/centres/<centre>/list.pdf")
def attendance_pdf(sitting, centre):
    document = g.session.sitting.attendance_pdf(sitting, centre)
    return send_file(io.BytesIO(document.content), mimetype=document.type,
                     download_name=document.name)


# ---- pupils, and whom they belong to ----

@blueprint.route("/pupils", methods=["GET", "POST"])
def pupils():
    """By a form that is sent: names are not put into an address, nor cursors, which hold them."""
    words = request.form.get("words", "").strip()
    page = g.session.account.pupils(None, words or None, cursor=request.form.get("cursor") or None,
                                    limit=50)
    return render_template("pupils.html", page=page, words=words)


@blueprint.get("/pupils/<person>")
def pupil(person):
    return _pupil(person, Form())


def _sent_for(person):
    """What was sent for them just now."""
    try:
        return g.session.request.get(person, request.args["sent"]) if "sent" in request.args else None
    except edu.NotFound:
        return None


def _pupil(person, form):
    whose = g.session.account.person(person)
    if whose.id != person:
        return redirect(persons.led_on())
    seasons = [season for season in edu.pages(g.session.olympiad.seasons)
               if season.state == "open"]
    services = [one for one in edu.pages(g.session.service.list)
                if one.request and not one.request["admission"] and whose.acting in one.applicants]
    return render_template("pupil.html", person=whose, seasons=seasons, services=services, sent=_sent_for(person),
                           drafts=list(edu.pages(g.session.draft.list, person)),
                           applications=g.session.application.list(person, limit=50), form=form), \
        409 if form.errors else 200


@blueprint.post("/pupils/<person>/activate")
def activate_at_desk(person):
    form = Form()
    if form.call(g.session.account.activate_at_desk, person, key=form.key):
        return redirect(url_for("staff.pupil", person=person, activated=1))
    if isinstance(form.refused, edu.NotFound):
        form.errors = {"": _("No account of this person waits.")}
    return _pupil(person, form)


@blueprint.get("/guardians")
def guardians():
    only_who("keeps_some")
    return _guardians(Form())


LINKS = ("requested", "active")


def _guardians(form):
    state = request.args.get("state") if request.args.get("state") in LINKS else LINKS[0]
    page = g.session.account.guardianships(state, cursor=request.args.get("cursor"), limit=50)
    return render_template("guardians.html", page=page, form=form, state=state), 400 if form.errors else 200


@blueprint.post("/guardians/<guardian>/<child>")
def decide_guardian(guardian, child):
    form = Form()
    if form.call(g.session.account.guardian_decide, guardian, child, request.form.get("accept") == "1", key=form.key):
        return redirect(url_for("staff.guardians"))
    return _guardians(form)


@blueprint.post("/guardians/<guardian>/<child>/end")
def end_guardian(guardian, child):
    form = Form()
    if form.call(g.session.account.guardian_end, guardian, child, key=form.key):
        return redirect(url_for("staff.guardians", state="active"))
    return _guardians(form)
