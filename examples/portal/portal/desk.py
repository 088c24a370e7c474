"""Work with citizens' appeals: queues, search, registering, and every step of one."""

import datetime

import edu
from flask import Blueprint, abort, g, redirect, render_template, request, url_for

from . import i18n, texts
from .appeals import (add_files, attach, download, draft_of, keep_draft, receipt_page, regions,
                      shown, titles)
from .forms import Form, chosen_items, staff_only
from .i18n import gettext as _

blueprint = Blueprint("desk", __name__, url_prefix="/staff/appeals")
blueprint.before_request(staff_only)

FIELDS = ("text", "name", "category", "level", "department", "executor", "count", "into",
          "question", "answer", "read", "into_person", "into_id")


def _chosen(queues):
    """The one that was asked for; else what was raised to one, all, or what one's role has."""
    asked = (request.args.get("queue"), request.args.get("code") or None)
    keys = [(one.queue, one.code) for one in queues]
    if asked in keys:
        return asked
    return next((key for key in (("raised", None), ("all", None)) if key in keys), keys[min(1, len(keys) - 1)])


def _states():
    return {one["state"]: one["title"] for one in g.session.service.get("appeal").states}


@blueprint.get("/")
def home():
    queues = list(edu.pages(g.session.appeal.queues, limit=200))
    chosen = _chosen(queues)
    asked = {"queue": chosen[0], "code": chosen[1], "state": request.args.get("state") or None,
             "category": request.args.get("category") or None,
             "is_overdue": request.args.get("overdue") == "1"}
    rules = g.session.appeal.rules_get()
    page = g.session.appeal.worklist(asked, request.args.get("cursor"), limit=25)
    return render_template("desk.html", form=Form("action"), queues=queues, chosen=chosen, page=page, asked=asked,
                           categories=titles(rules.categories), states=_states())


def _found(items):
    """Those that were chosen, None where one is not there for whoever asks."""
    found = []
    for one in items:
        try:
            found.append(g.session.appeal.get(one["person_id"], one["id"]))
        except (edu.NotFound, edu.Invalid):
            found.append(None)
    return found


def _workers(found):
    """Who could execute them, of each department once."""
    one_of_each = {one.department: one for one in found if one and one.is_open and one.department}
    return {worker.person_id: worker for one in one_of_each.values()
            for worker in edu.pages(g.session.appeal.executors, one.person_id, one.id, limit=200)}


def _bulk(form, items):
    """Looks or does, as `what` says; None where it was refused as a whole."""
    action = "assign" if form["action"] == "take" else form["action"]
    executor = g.identity.person_id if form["action"] == "take" else form["executor"] or None
    called = form.call(
        g.session.appeal.bulk, items, action, form["department"] or None,
        executor if action == "assign" else None,
        form["reason"] if action == "transfer" else None, form["what"] != "do", key=form.key)
    return form.result if called else None


@blueprint.post("/bulk")
def bulk():
    """What to do with many in full, then what would become of it, then what became."""
    form = Form("action", "department", "executor", "reason", "what")
    items = chosen_items()
    form.require(action=_("Choose what to do."))
    if not items:
        form.errors.setdefault("", _("Choose at least one appeal."))
    asks = form["what"] == "" and form["action"] != "take"
    report = None if form.errors or asks else _bulk(form, items)
    found = _found(items)
    rules = g.session.appeal.rules_get()
    return render_template(
        "desk_bulk.html", form=form, items=items, found=found, report=report,
        departments=titles(rules.departments),
        workers=_workers(found) if form["action"] == "assign" else {},
        outcomes={one["index"]: one for one in report.outcomes} if report else {},
        refused={one["index"]: texts.fault_text(one) for one in report.refused} if report else {},
        is_done=form["what"] == "do" and report is not None), 400 if form.errors else 200


@blueprint.route("/search", methods=["GET", "POST"])
def search():
    """By a form that is sent: names and personal numbers are not put into an address."""
    form = Form("q", "person", "state", "since", "until", "cursor")
    asked = {"text": form["q"] or None, "person": form["person"] or None,
             "state": form["state"] or None}
    for name, days in (("since", 0), ("until", 1)):
        try:
            if form[name]:
                day = datetime.date.fromisoformat(form[name]) + datetime.timedelta(days=days)
                asked[name] = i18n.from_local(f"{day.isoformat()}T00:00")
        except (ValueError, OverflowError):
            form.errors[name] = _("Give a day.")
    page = []
    is_asked = any(asked.values())
    if is_asked and not form.errors and form.call(
            g.session.appeal.search, asked, form["cursor"] or None, limit=25):
        page = form.result
    return render_template("desk_search.html", form=form, page=page, states=_states(),
                           is_asked=is_asked), 400 if form.errors else 200


NEW = ("number", "given", "family", "mail", "phone", "category", "level", "region", "text",
       "received", "is_anonymous", "signed")


@blueprint.route("/new/<any(paper, hotline):channel>", methods=["GET", "POST"])
def new(channel):
    """A letter with its date and its scan; or a call, typed while listening."""
    form = Form(*NEW, "what")
    rules = g.session.appeal.rules_get()
    known, kept = None, None
    if request.method == "GET":
        kept = draft_of(form, channel)
        own = [role["code"] for role in g.identity.roles
               if role["scope"] == "region" and role["role"] == "clerk"]
        if own and not form["region"]:
            form.values["region"] = own[0]
    elif form["what"] == "caller":
        known = _of_person(form)
    elif _register(form, channel):
        return _registered(form, channel)
    return render_template("desk_new.html", form=form, channel=channel, kept=kept, known=known,
                           categories=titles(rules.categories), levels=titles(rules.levels),
                           regions=regions(rules)), 400 if form.errors else 200


@blueprint.post("/new/<any(paper, hotline):channel>/draft")
def draft(channel):
    return keep_draft(channel, NEW)


def _of_person(form):
    """What the caller has asked before."""
    form.require(number=_("Give a personal number."))
    if form.errors or not form.call(g.session.appeal.search, {"person": form["number"]}, limit=10):
        return None
    return form.result


def _registered(form, channel):
    """It has its number; what could not be added to it is told beside it."""
    receipt = form.result
    here = receipt.person_id, receipt.id
    done = add_files(form, g.session.appeal.attach, *here)
    for at, name in enumerate(form["signed"].splitlines()):
        if done and name.strip():
            done = form.call(g.session.appeal.sign_for, *here, name.strip(),
                             key=f"{form.key}-name-{at}")
    if not done:
        for field in FIELDS:
            form.values.setdefault(field, "")
        form.values["text"] = ""
        return _page(*here, form, sent=True)
    return redirect(url_for("desk.one", person=here[0], appeal=here[1], sent=1))


def _register(form, channel):
    form.require(category=_("Choose what it is about."), text=_("Write what was said."))
    names = ("number", "given", "family", "mail", "phone")
    given = {name: form[name] for name in names + ("category", "level", "region", "text")
             if form[name]}
    given["channel"] = given["form"] = channel
    given["is_anonymous"] = form["is_anonymous"] == "1"
    if not given["is_anonymous"] and not form["number"] and not form["given"]:
        form.errors["number"] = _("Give a personal number, or the names.")
    if channel == "paper" and not form["received"]:
        form.errors["received"] = _("Give the day on which the letter came.")
    if form["received"]:
        try:
            given["received"] = i18n.from_local(form["received"])
        except ValueError:
            form.errors["received"] = _("Give a day and a time.")
    return not form.errors and form.call(g.session.appeal.submit, given, key=form.key)


@blueprint.get("/<person>/<appeal>")
def one(person, appeal):
    form = Form(*FIELDS)
    chosen = request.args.get("template")
    if chosen and form.call(g.session.appeal.template, person, appeal, chosen):
        form.values.update(text=form.result, template=chosen)
    return _page(person, appeal, form)


@blueprint.route("/absences", methods=["GET", "POST"])
def absences():
    """One's own; a head's and a clerk's page also shows those of colleagues."""
    form = Form("away", "substitute", "since", "until")
    colleagues = {one.person_id: one.name
                  for one in edu.pages(g.session.appeal.colleagues, limit=200)}
    away = request.values.get("away") or None
    if request.method == "POST" and _arrange(form, away):
        return redirect(url_for("desk.absences", away=away))
    form.values["away"] = away or ""
    return render_template("desk_absences.html", form=form, colleagues=colleagues, away=away,
                           absences=g.session.appeal.absences(away, limit=200),
                           day=datetime.timedelta(days=1)), \
        400 if form.errors else 200


def _arrange(form, away):
    """Whole days, in the time of the portal."""
    form.require(substitute=_("Choose who stands in for you."), since=_("Give a day."),
                 until=_("Give a day."))
    days = []
    for name in ("since", "until"):
        try:
            day = datetime.date.fromisoformat(form[name])
        except ValueError:
            form.errors.setdefault(name, _("Give a day."))
        else:
            days.append(i18n.from_local(f"{day.isoformat()}T00:00"))
    return not form.errors and form.call(
        g.session.appeal.substitute, away, form["substitute"], days[0],
        days[1] + datetime.timedelta(days=1), key=form.key)


@blueprint.post("/absences/end")
def end_absence():
    form = Form("away", "substitute", "since")
    away = form["away"] or None
    since = datetime.datetime.fromisoformat(form["since"])
    form.call(g.session.appeal.absence_end, away, form["substitute"], since, key=form.key)
    return redirect(url_for("desk.absences", away=away))


@blueprint.get("/<person>/<appeal>/file/<int:sequence>")
def file(person, appeal, sequence):
    return download(person, appeal, sequence)


@blueprint.get("/<person>/<appeal>/receipt")
def receipt(person, appeal):
    return receipt_page(person, appeal)


def _page(person, appeal, form, sent=False):
    rules = g.session.appeal.rules_get()
    alike = g.session.appeal.duplicates(person, appeal)
    looked_at = shown(person, appeal)
    if looked_at["appeal"].state == "answered" and not form["question"]:
        proposed = g.session.appeal.redact(person, appeal)
        form.values.update(question=proposed.question, answer=proposed.answer)
    found = looked_at["appeal"]
    workers = list(edu.pages(g.session.appeal.executors, person, appeal, limit=200)) \
        if found.is_open else []
    return render_template("desk_appeal.html", form=form, alike=alike, workers=workers,
                           merged=g.session.appeal.merged(person, appeal, limit=50),
                           sent=sent or "sent" in request.args,
                           categories=titles(rules.categories), levels=titles(rules.levels),
                           departments=titles(rules.departments), templates=titles(rules.templates),
                           signatories=g.session.appeal.signatories(person, appeal, limit=200),
                           **looked_at), 400 if form.errors else 200


def _merge(form, person, appeal):
    """Into the one that was chosen, or whose number was typed."""
    if form["into_person"]:
        return form.call(g.session.appeal.merge, person, appeal, form["into_person"],
                         form["into_id"], key=form.key)
    found = g.session.appeal.search({"text": form["into"]}, limit=2) if form["into"] else []
    if len(found) != 1 or found[0].number != form["into"]:
        form.errors["into"] = _("Give the number of the other appeal.")
        return False
    return form.call(g.session.appeal.merge, person, appeal, found[0].person_id, found[0].id,
                     key=form.key)


def _extend(form, person, appeal):
    if not form["count"].isdecimal():
        form.errors["count"] = _("Give a number.")
        return False
    return form.call(g.session.appeal.extend, person, appeal, int(form["count"][:6]), form["text"],
                     key=form.key)


@blueprint.post("/<person>/<appeal>/<what>")
def act(person, appeal, what):
    form = Form(*FIELDS)
    api = g.session.appeal
    words = {"ask": api.ask, "reply": api.reply, "note": api.note, "answer": api.answer,
             "return": getattr(api, "return_"), "reopen": api.reopen}
    bare = {"approve": api.approve, "send": api.send}
    if what in words:
        done = form.call(words[what], person, appeal, form["text"], key=form.key)
    elif what in bare:
        read = int(form["read"]) if form["read"].isdecimal() else 0
        done = form.call(bare[what], person, appeal, read, key=form.key)
    elif what == "route":
        done = form.call(api.route, person, appeal, form["category"] or None, form["level"] or None,
                         form["department"] or None, key=form.key)
    elif what == "assign":
        done = form.call(api.assign, person, appeal, form["executor"] or None, key=form.key)
    elif what == "take":
        done = form.call(api.assign, person, appeal, g.identity.person_id, key=form.key)
    elif what == "transfer":
        done = form.call(api.transfer, person, appeal, form["department"], form["text"],
                         key=form.key)
    elif what == "extend":
        done = _extend(form, person, appeal)
    elif what == "publish":
        done = form.call(api.publish, person, appeal, form["question"], form["answer"],
                         key=form.key)
    elif what == "unpublish":
        done = form.call(api.publish, person, appeal, None, None, key=form.key)
    elif what in ("file", "enclose"):
        done = attach(form, person, appeal, what == "enclose")
    elif what == "sign":
        done = form.call(api.sign_for, person, appeal, form["name"], key=form.key)
    elif what == "merge":
        done = _merge(form, person, appeal)
    else:
        abort(404)
    if done:
        return redirect(url_for("desk.one", person=person, appeal=appeal))
    return _page(person, appeal, form)
