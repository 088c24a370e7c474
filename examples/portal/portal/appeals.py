"""Appeals of citizens: written and followed by whom they are of; figures for everybody."""

import datetime
import io
import json

import edu
from flask import (Blueprint, Response, g, redirect, render_template, request,
                   send_file, url_for)

from . import charts, i18n
from .forms import Form, period, signed_in
from .i18n import gettext as _
from .library import library

blueprint = Blueprint("appeals", __name__, url_prefix="/appeals")
own = Blueprint("own_appeals", __name__, url_prefix="/cabinet/appeals")
own.before_request(signed_in)


def titles(entries):
    return {entry["code"]: entry["title"] for entry in entries}


def regions(rules):
    """By name, in the order of the alphabet."""
    return dict(sorted(titles(rules.regions).items(), key=lambda one: edu.sort_key(g.language, one[1])))


# ---- what is begun and not sent yet ----

def draft_of(form, name):
    """Fills an empty form with what was kept of it."""
    try:
        kept = g.session.appeal.draft_get(name)
    except edu.NotFound:
        return None
    form.values.update({field: value for field, value in kept.content.items()
                        if field in form.values and isinstance(value, str)})
    return kept.changed


def keep_draft(name, fields):
    """From the page, by its script, while somebody types."""
    values = {field: request.form[field] for field in fields if request.form.get(field)}
    if values:
        g.session.appeal.draft_save(name, values)
    else:
        g.session.appeal.draft_forget(name)
    return "", 204


# ---- one's own ----

@own.get("/")
def home():
    family = g.session.account.family()
    whose, cursor = request.args.get("person"), request.args.get("cursor")
    people = [(person, g.session.appeal.list(person.id, cursor if person.id == whose else None,
                                             limit=50)) for person in family]
    return render_template("appeals.html", people=people,
                           signed=g.session.appeal.signed(request.args.get("signed"), limit=50))


@own.route("/new", methods=["GET", "POST"])
def new():
    form = Form(*NEW, "checked")
    rules = g.session.appeal.rules_get()
    family = g.session.account.family()
    checks, kept = False, None
    if request.method == "POST":
        form.require(category=_("Choose what it is about."), text=_("Write what has happened."))
        checks = not form.errors
        if checks and form["checked"] == "1" and _submit(form):
            return _after(form)
        checks = checks and not form.errors
    else:
        kept = draft_of(form, "electronic")
    return render_template("appeal_new.html", form=form, rules=rules, family=family, kept=kept,
                           categories=titles(rules.categories), regions=regions(rules),
                           checks=checks), 400 if form.errors else 200


NEW = ("person", "category", "region", "text")


@own.post("/draft")
def draft():
    return keep_draft("electronic", NEW)


def _submit(form):
    given = {"category": form["category"], "text": form["text"], "form": "electronic"}
    if form["person"]:
        given["person_id"] = form["person"]
    if form["region"]:
        given["region"] = form["region"]
    return form.call(g.session.appeal.submit, given, key=form.key)


def _after(form):
    """It has its number; that a file could not be added is told beside it."""
    receipt = form.result
    here = receipt.person_id, receipt.id
    known = _files_of(*here) if receipt.was_sent else ()
    if not add_files(form, g.session.appeal.attach, *here, known=known):
        return render_template("appeal.html", form=form, sent=True, **shown_to_applicant(*here)), 400
    how = "already" if receipt.was_sent else "sent"
    return redirect(url_for("own_appeals.one", person=here[0], appeal=here[1], **{how: 1}))


def _files_of(person, appeal):
    """Those that came when it was sent in another window."""
    return {(event.file_name, event.file_size)
            for event in edu.pages(g.session.appeal.timeline, person, appeal, limit=200)}


def uploads(field="file"):
    """The files that came with the form: (name, content)."""
    for upload in request.files.getlist(field):
        if upload.filename:
            yield upload.filename.replace("\\", "/").rsplit("/", 1)[-1], upload.read()


def add_files(form, call, *which, with_answer=(False,), known=()):
    """All that are not known, or up to the first that is refused; each under a key of its own."""
    for at, (name, content) in enumerate(uploads()):
        if (name, len(content)) not in known and not form.call(call, *which, name, content, *with_answer, key=f"{form.key}-{at}"):
            form.errors["file"] = f"{name}: {form.errors.popitem()[1]}"
            return False
    return True


def attach(form, person, appeal, with_answer):
    """The files that came with the form."""
    if not any(upload.filename for upload in request.files.getlist("file")):
        form.errors["file"] = _("Choose a file.")
        return False
    return add_files(form, g.session.appeal.attach, person, appeal, with_answer=(with_answer,))


def saved(document):
    """Pictures and papers are saved, never shown as a page of the portal."""
    return send_file(io.BytesIO(document.content), mimetype=document.type, as_attachment=True,
                     download_name=document.name)


def download(person, appeal, sequence):
    return saved(g.session.appeal.file(person, appeal, sequence))


@own.get("/<person>/<appeal>/file/<int:sequence>")
def file(person, appeal, sequence):
    return download(person, appeal, sequence)


def shown(person, appeal):
    """What the page of an appeal needs, whoever looks at it."""
    session = g.session.appeal
    found = session.get(person, appeal)
    return {"appeal": found, "events": list(edu.pages(session.timeline, person, appeal, limit=200)),
            "why": explained(person, appeal)}


def explained(person, appeal):
    """Why the date is what it is: day by day, and as a text in every language of the service."""
    texts = {}
    for language in (*i18n.LANGUAGES, g.language):
        g.session.set_language(language)
        why = g.session.appeal.explain(person, appeal)
        texts[language] = why.text
    days = [{**day, "date": datetime.date.fromisoformat(day["date"])} for day in why.trace]
    return {"days": days, "text": texts.pop(g.language), "others": texts}


@own.get("/<person>/<appeal>/receipt")
def receipt(person, appeal):
    return receipt_page(person, appeal)


def receipt_page(person, appeal):
    """To print: for whom it is of, or at the desk for who brought it."""
    page = shown(person, appeal)
    return render_template("appeal_receipt.html", **page)


def shown_to_applicant(person, appeal):
    """With what is for others who are to sign it; who signed another's has none of that."""
    page = shown(person, appeal)
    page["is_own"] = any(one.id == page["appeal"].person_id for one in g.session.account.family())
    page["invitation"] = None
    page["signatories"] = []
    if page["is_own"]:
        page["signatories"] = g.session.appeal.signatories(person, appeal, limit=200)
        if page["appeal"].is_open:
            page["invitation"] = g.session.appeal.invite(person, appeal)
    return page


@own.get("/<person>/<appeal>")
def one(person, appeal):
    return render_template("appeal.html", form=Form("text", "rating"), sent="sent" in request.args,
                           **shown_to_applicant(person, appeal))


@own.route("/sign", methods=["GET", "POST"])
def sign():
    """First what is to be signed is shown, then it is signed."""
    form = Form("number", "code", "checked")
    paper = None
    if request.method == "POST":
        form.require(number=_("Type the number."), code=_("Type the code."))
        asked = form["number"], form["code"]
        if not form.errors and form["checked"] == "1" and form.call(
                g.session.appeal.sign, *asked, key=form.key):
            return redirect(url_for("own_appeals.one", person=form.result.person_id,
                                    appeal=form.result.id))
        if not form.errors and form.call(g.session.appeal.invited, *asked):
            paper = form.result
    return render_template("appeal_sign.html", form=form, paper=paper), 400 if form.errors else 200


@own.post("/<person>/<appeal>/<what>")
def act(person, appeal, what):
    form = Form("text", "rating")
    calls = {"reply": lambda: form.call(g.session.appeal.reply, person, appeal, form["text"],
                                        key=form.key),
             "reopen": lambda: form.call(g.session.appeal.reopen, person, appeal, form["text"],
                                         key=form.key),
             "withdraw": lambda: form.call(g.session.appeal.withdraw, person, appeal, form["text"],
                                           key=form.key),
             "unsign": lambda: form.call(g.session.appeal.unsign, person, appeal, key=form.key),
             "file": lambda: attach(form, person, appeal, False),
             "rate": lambda: form.require(rating=_("Choose a rating.")) and form.call(
                 g.session.appeal.rate, person, appeal, int(form["rating"]), form["text"] or None,
                 key=form.key)}
    if what in calls and calls[what]():
        if what == "unsign":
            return redirect(url_for("own_appeals.home"))
        return redirect(url_for("own_appeals.one", person=person, appeal=appeal))
    return render_template("appeal.html", form=form, sent=False,
                           **shown_to_applicant(person, appeal)), \
        400 if form.errors else 404


# ---- without a name ----

@blueprint.route("/new", methods=["GET", "POST"])
def unnamed():
    """By a session of nobody, also for who is signed in: nothing of them is kept."""
    form = Form("category", "region", "text")
    with library.portal.session(g.language) as nobody:
        rules = nobody.appeal.rules_get()
        categories = {entry["code"]: entry["title"] for entry in rules.categories
                      if entry["may_be_anonymous"]}
        receipt = None
        if request.method == "POST":
            form.require(category=_("Choose what it is about."),
                         text=_("Write what has happened."))
            given = {"category": form["category"], "text": form["text"], "is_anonymous": True,
                     "address": request.remote_addr}
            if form["region"]:
                given["region"] = form["region"]
            if not form.errors and form.call(nobody.appeal.submit, given, key=form.key):
                receipt = form.result
                add_files(form, nobody.appeal.follow_attach, receipt.number, receipt.code,
                          with_answer=())
    return render_template("appeal_unnamed.html", form=form, categories=categories,
                           regions=regions(rules), receipt=receipt), 400 if form.errors else 200


@blueprint.route("/follow", methods=["GET", "POST"])
def follow():
    """Number and code go with each form: they are not put into an address."""
    form = Form("number", "code", "sequence", "what")
    events = None
    if request.method == "POST":
        form.require(number=_("Type the number."), code=_("Type the code."))
        which = form["number"], form["code"]
        if not form.errors and form["sequence"].isdecimal():
            return saved(g.session.appeal.follow_file(*which, int(form["sequence"][:9])))
        if not form.errors and form["what"] == "file":
            add_files(form, g.session.appeal.follow_attach, *which, with_answer=())
        if not {"number", "code"} & set(form.errors) and \
                form.call(g.session.appeal.follow, *which):
            events = form.result
    return render_template("appeal_follow.html", form=form, events=events), \
        400 if form.errors else 200


@blueprint.get("/answers")
def answers():
    category = request.args.get("category") or None
    rules = g.session.appeal.rules_get()
    page = g.session.appeal.answers(category, request.args.get("cursor"), limit=20)
    return render_template("appeal_answers.html", page=page, category=category,
                           categories=titles(rules.categories))


# ---- figures ----

def _chart(figures):
    rows = figures.groups["channel"]
    names = {"electronic": _("On the portal"), "paper": _("On paper"), "hotline": _("By telephone")}
    return charts.columns(_("Days of work to the answer, on average"),
                          [(names[row["code"]], (row["mean_hundredths"] or 0) / 100)
                           for row in rows])


@blueprint.get("/figures")
def figures():
    form, since, until = period()
    found = form.call(g.session.appeal.statistics, since, until) and form.result
    if form.refused and form.refused.key == "appeal.no_rules":
        raise form.refused
    return render_template("appeal_figures.html", form=form, figures=found or None,
                           chart=_chart(found) if found else "",
                           months=charts.columns(_("Received in a month"), [
                               (row["code"], row["received"]) for row in found.groups["month"]])
                           if found else ""), 400 if form.errors else 200


FIGURES = ("received", "answered", "in_norm", "open", "overdue", "withdrawn", "median",
           "percentile_90", "mean_hundredths", "paper_to_electronic", "electronic_to_paper")


@blueprint.get("/figures.json")
def figures_data():
    form, since, until = period()
    found = g.session.appeal.statistics(since, until)
    data = {"since": form["since"], "until": form["until"],
            **{name: getattr(found, name) for name in FIGURES}, "groups": found.groups}
    return Response(json.dumps(data, ensure_ascii=False), mimetype="application/json")


@blueprint.get("/figures.csv")
def figures_file():
    _form, since, until = period()
    document = g.session.appeal.statistics_csv(since, until)
    return Response(b"\xef\xbb\xbf" + document.content, mimetype="text/csv", headers={
        "Content-Disposition": f"attachment; filename={document.name}"})
