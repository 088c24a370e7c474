"""Applying for what a service offers: a list of what is to be done, one thing a page, the answers
to check, and what was typed kept at every step."""

import hashlib

import edu
from flask import g, redirect, render_template, request, url_for

from . import schema_form, texts
from .appeals import uploads
from .forms import Form
from .i18n import gettext as _
from .requests import OF_DOCUMENT, given_documents, own
from .schema_form import SchemaForm

schema_form.NOT_FIELDS |= {"person", "what", "choice", "take_out", "draft"}


def _field_of(code):
    return f"document-{code}"


class Application:
    """What is applied for or corrected, for whom, and what was typed so far."""

    def __init__(self, offering, person, application=None):
        self.offering = g.session.offering.get(offering)
        self.service = g.session.service.get(self.offering.service)
        self.person, self.application = person, application
        self.asked = self.service.request
        self.choices = self._choices()
        self.draft = self._draft()

    def _draft(self):
        for draft in edu.pages(g.session.draft.list, self.person):
            if draft.offering_id == self.offering.id and draft.application_id == self.application:
                return g.session.draft.get(self.person, draft.id)
        return None

    def _choices(self):
        """What can be chosen within a round; empty where one applies for the offering itself."""
        if not self.asked["choices"]:
            return []
        wanted = {"service": self.service.code, "round_id": self.offering.id}
        return list(edu.pages(g.session.offering.list, wanted))

    @property
    def typed(self):
        return self.draft.form if self.draft else {}

    @property
    def chosen(self):
        return self.draft.choices if self.draft else []

    @property
    def kinds(self):
        """Documents that are asked for by what is chosen so far."""
        return self.draft.asked if self.draft else self.offering.asked

    @property
    def notes(self):
        """What is to be corrected, by field."""
        return {one["field"]: one["text"] for one in (self.draft.corrections or ())} if self.draft else {}

    def form(self, section=None):
        """The form as it was typed, or one section of it."""
        if not self.asked.get("form"):
            return None
        errors = [{"field": field, "key": "", "message": text, "parameters": {}}
                  for field, text in self.notes.items() if not field.startswith(OF_DOCUMENT)]
        return SchemaForm(self.asked["form"], self.asked["hints"], self.typed, errors, section)

    def keep(self, form, typed=None, chosen=None):
        """The draft with what was typed last; True where it was kept."""
        return form.call(g.session.draft.save, self.person, self.offering.id, self.application,
                         self.typed if typed is None else typed,
                         self.chosen if chosen is None else chosen, key=None)

    def again(self):
        self.draft = self._draft()

    def documents(self):
        """What is asked for, with what was given so far and what is to be corrected about it."""
        given, notes, codes = self.draft.documents if self.draft else (), self.notes, set()
        for kind in self.kinds:
            codes.add(kind["code"])
            yield {**kind, "field": _field_of(kind["code"]),
                   "given": [one for one in given if one["kind"] == kind["code"]],
                   "note": notes.get(OF_DOCUMENT + kind["code"]), "hint": texts.document_hint(kind)}
        for code in {one["kind"] for one in given} - codes:
            yield {"code": code, "title": _("Not asked for any more"), "field": _field_of(code),
                   "given": [one for one in given if one["kind"] == code],
                   "note": None, "hint": "", "least": 1, "most": 0, "types": [], "offerings": []}

    # ---- the tasks ----

    def tasks(self):
        """(part, title) of each thing to do, in the order in which it is done."""
        drawn = self.form()
        if self.choices:
            yield "choices", _("Your choices, the best liked first")
        for at, section in enumerate(drawn.page["sections"] if drawn else ()):
            yield str(at + 1), section["title"] or _("Your answers")
        if self.kinds or (self.draft and self.draft.documents):
            yield "documents", _("Documents")

    def faults(self):
        """What is still lacking."""
        if self.draft:
            return g.session.draft.check(self.person, self.draft.id).faults
        nothing = edu.form_accept(self.asked["form"], {})["errors"] if self.asked.get("form") else []
        return nothing + [{"field": OF_DOCUMENT + kind["code"]} for kind in self.kinds if kind["least"]] \
            + ([{"field": "/choices"}] if self.choices else [])

    def part_of(self, field):
        """Which of the tasks a field belongs to; None: to none of them."""
        if field.startswith(OF_DOCUMENT):
            return "documents"
        if field == "/choices" or field.startswith("/choices/"):
            return "choices"
        drawn = self.form() if field else None
        at = drawn.section_of(field) if drawn else None
        return None if at is None else str(at + 1)

    def is_begun(self, part):
        if part == "choices":
            return bool(self.chosen)
        if part == "documents":
            return bool(self.draft and self.draft.documents)
        return bool(list(self.form(int(part) - 1).answers()))

    def states(self):
        """(part, title, state) of each task: done, left, begun, none or wrong."""
        lacking = {self.part_of(fault["field"]) for fault in self.faults()}
        noted = {self.part_of(field) for field in self.notes}
        for part, title in self.tasks():
            begun = self.is_begun(part)
            if part in lacking:
                state = "begun" if begun else "none"
            else:
                state = "wrong" if part in noted else "done" if begun else "left"
            yield part, title, state

    # ---- addresses ----

    def path(self, part=None, **more):
        if self.application:
            endpoint, here = "correct", {"person": self.person, "application": self.application}
        else:
            endpoint, here = "apply", {"offering": self.offering.id, "person": self.person}
        if part:
            return url_for(f"requests.{endpoint}_part", part=part, **here, **more)
        return url_for(f"requests.{endpoint}", **here, **more)

    def after(self, part):
        """The next thing; from the answers that are checked, back to them."""
        parts = [one for one, _title in self.tasks()] + ["check"]
        at = parts.index(part) + 1 if part in parts else len(parts) - 1
        return self.path("check" if "back" in request.args else parts[at])

    def page(self, template, form, **more):
        return render_template(template, form=form, applying=self, offering=self.offering,
                               service=self.service, person=self.person, draft=self.draft,
                               applicant=g.session.account.person(self.person), **more), \
            400 if form.errors else 200


def is_family(person):
    return person in (one.id for one in g.session.account.family())


def _home_of(person, **more):
    """Where what is one's own is kept, or what one does for somebody by one's work."""
    return url_for("cabinet.home", **more) if is_family(person) else url_for("staff.pupil", person=person, **more)


# ---- the parts ----

def _done(applying, part, form):
    """After what was typed is kept: where to go."""
    if form["what"] == "save":
        return redirect(_home_of(applying.person, saved=1))
    return redirect(applying.after(part))


def _section(applying, part, form):
    at = int(part) - 1
    drawn = applying.form(at)
    if request.method == "POST":
        drawn = SchemaForm.posted(applying.asked["form"], applying.asked["hints"], applying.typed, at)
        if applying.keep(form, typed=drawn.data):
            if "keep" in request.args:
                return "", 204
            if form["what"] == "save" or drawn.is_valid:
                return _done(applying, part, form)
    answer = applying.page("request_part.html", form, drawn=drawn, part=part,
                           title=drawn.sections[0]["title"] or _("Your answers"))
    return (answer[0], 400) if request.method == "POST" and drawn.errors else answer


def _choose(applying, part, form):
    chosen = applying.chosen
    if request.method == "POST":
        chosen = list(dict.fromkeys(one for one in request.form.getlist("choice") if one))
        if not chosen and form["what"] != "save":
            form.errors["choice-0"] = _("Choose at least one.")
        elif applying.keep(form, chosen=chosen):
            return _done(applying, part, form)
    return applying.page("request_choices.html", form, chosen=chosen)


def _take_documents(applying, form):
    """What came with the form goes into the draft at once, so that it stays whatever else is wrong.
    A key a content: what is sent twice is there once."""
    here = applying.person, applying.draft.id
    for kind in applying.kinds:
        code, field = kind["code"], _field_of(kind["code"])
        for name, content in uploads(field):
            mixed = hashlib.sha256(f"{form.key}/{code}/{name}/".encode() + content).hexdigest()
            if not form.call(g.session.draft.attach, *here, code, name, content, key=mixed, at=field):
                form.errors[field] = f"{name}: {form.errors[field]}"
    if request.form.get("take_out"):
        form.call(g.session.draft.detach, *here, request.form["take_out"], key=None)


def _documents(applying, part, form):
    if request.method == "POST" and applying.keep(form):
        applying.again()
        _take_documents(applying, form)
        if not form.errors and form["what"] in ("next", "save"):
            return _done(applying, part, form)
        if not form.errors:
            return redirect(applying.path(part, **({"back": 1} if "back" in request.args else {})))
        applying.again()
    return applying.page("request_documents.html", form, documents=list(applying.documents()))


# ---- checking and sending ----

def _sent_already(applying):
    """What was sent from another window, or before going back; None where nothing was."""
    if applying.application or applying.draft:
        return None
    for one in edu.pages(g.session.application.list, applying.person):
        if one.is_open and one.subject_id == applying.offering.id:
            return redirect(url_for("requests.one", person=applying.person, application=one.id, already=1))
    return None


def _send(applying, form):
    """Where it is sent again by the same page, the answer is the same."""
    if not form["draft"]:
        if _sent_already(applying) or not applying.keep(form):
            return None
        applying.again()
    draft = form["draft"] or applying.draft.id
    if form.call(g.session.request.submit, applying.person, draft, key=form.key):
        sent = form.result.id
        if is_family(applying.person):
            return redirect(url_for("requests.one", person=applying.person, application=sent, sent=1))
        return redirect(url_for("staff.pupil", person=applying.person, sent=sent))
    return None


def _tell(applying, form, faults):
    """What is lacking, each where it can be mended."""
    told = []
    for fault in faults:
        if "key" not in fault:
            continue
        text = texts.document_fault(fault) if fault["field"].startswith(OF_DOCUMENT) else texts.fault_text(fault)
        part = applying.part_of(fault["field"])
        drawn = applying.form() if part and part.isdigit() else None
        title = drawn.title_of(fault["field"]) if drawn else None
        if title:
            text = f"{title} — {texts.form_error(fault)}"
        told.append((applying.path(part, back=1) if part else None, text))
    return told


def _check(applying, form):
    answer = _send(applying, form) if request.method == "POST" else None
    answer = answer or _sent_already(applying)
    if answer is not None:
        return answer
    faults = applying.faults()
    if faults:
        form.errors.clear()
    drawn = applying.form()
    answer = applying.page(
        "request_check.html", form, told=_tell(applying, form, faults),
        answers=[(section, list(applying.form(at).answers()), str(at + 1))
                 for at, section in enumerate(drawn.page["sections"] if drawn else ())],
        documents=given_documents(applying.draft) if applying.draft else [])
    return (answer[0], 400) if request.method == "POST" else answer


def _part(applying, part):
    form = Form("what", "draft")
    if part == "check":
        return _check(applying, form)
    if part not in dict(applying.tasks()):
        return redirect(applying.path())
    drawers = {"choices": _choose, "documents": _documents}
    return _sent_already(applying) or drawers.get(part, _section)(applying, part, form)


def _tasks(applying):
    """Where there is one thing to do, it is done at once."""
    sent = _sent_already(applying)
    if sent is not None:
        return sent
    tasks = list(applying.tasks())
    if len(tasks) < 2:
        return redirect(applying.path(tasks[0][0] if tasks else "check"))
    form = Form("what")
    general = [texts.fault_text(fault) for fault in applying.faults()
               if applying.draft and applying.part_of(fault["field"]) is None]
    return applying.page("request_tasks.html", form, tasks=list(applying.states()), general=general)


def _whom(offering):
    """For whom is asked first where there is a choice."""
    family = list(g.session.account.family())
    person = request.values.get("person") or (family[0].id if len(family) == 1 else None)
    if person is not None:
        return person, None
    offered = g.session.offering.get(offering)
    return None, render_template("request_whom.html", offering=offered, family=family,
                                 service=g.session.service.get(offered.service))


@own.get("/apply/<offering>")
def apply(offering):
    person, question = _whom(offering)
    return question or _tasks(Application(offering, person))


@own.route("/apply/<offering>/<part>", methods=["GET", "POST"])
def apply_part(offering, part):
    person, question = _whom(offering)
    return question or _part(Application(offering, person), part)


def _correction(person, application):
    """Begun with what was sent."""
    shown = g.session.request.get(person, application)
    applying = Application(shown.offering_id, person, application)
    if applying.draft is None:
        g.session.draft.save(person, shown.offering_id, application, shown.form,
                             [one["id"] for one in shown.choices], key=None)
        applying.again()
    return applying


@own.get("/<person>/<application>/correct")
def correct(person, application):
    return _tasks(_correction(person, application))


@own.route("/<person>/<application>/correct/<part>", methods=["GET", "POST"])
def correct_part(person, application, part):
    return _part(_correction(person, application), part)


@own.post("/<person>/draft/<draft>/discard")
def discard(person, draft):
    g.session.draft.discard(person, draft, key=Form().key)
    return redirect(_home_of(person, discarded=1))
