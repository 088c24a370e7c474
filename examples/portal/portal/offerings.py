"""What services offer: groups, vacancies, contests. Staff keep them here; anybody sees one with its
round."""

import datetime
import re

import edu
from flask import Blueprint, abort, g, redirect, render_template, request, url_for

from . import i18n, requests, texts
from .forms import Form, only_who, staff_only
from .i18n import LANGUAGES, gettext as _

desk = Blueprint("offerings", __name__, url_prefix="/staff/offerings")
desk.before_request(staff_only)
open_pages = Blueprint("rounds_open", __name__, url_prefix="/offerings")

TIMES_MAX = 14
DAYS = ("begins", "ends")
NUMBERS = ("places", "age_from", "age_until", "grade_from", "grade_to")
FIELDS = ("code", *(f"title_{language}" for language in LANGUAGES), "round", "institution",
          "region", "opens", "closes", "giving", "is_published", "documents", "follows", "direction", *DAYS,
          *NUMBERS)


# ---- for everybody ----

def ranking_of(offering, cursor=None, limit=50):
    """A page of it, or None where there is none to be seen."""
    try:
        return g.session.round.ranking(offering, cursor, limit=limit)
    except edu.State:
        return None


@open_pages.get("/<offering>")
def one(offering):
    shown = g.session.offering.get(offering)
    service = g.session.service.get(shown.service)
    page = ranking_of(offering, request.args.get("cursor"))
    return render_template(
        "offering.html", offering=shown, service=service, ranking=page,
        round=g.session.round.get(offering),
        inside=list(edu.pages(g.session.offering.list,
                              {"service": shown.service, "round_id": shown.id})))


# ---- for who keeps them ----

def _place():
    """Where an offering is likely to be that somebody begins to write: they may write another."""
    for role in g.identity.roles:
        if role["scope"] == "" and role["role"] in ("clerk", "admin"):
            return {}
    for role in g.identity.roles:
        if role["scope"] in ("institution", "region"):
            return {role["scope"]: role["code"]}
    return {}


def _services():
    """Those that have offerings, and those that are one of themselves and are judged in a round."""
    return [one for one in requests.ordinary_services()
            if one.request["offerings"] or one.round["has_places"]]


@desk.get("/")
def home():
    only_who("keeps_some")
    services = _services()
    codes = [one.code for one in services]
    code = request.args.get("service")
    code = code if code in codes else (codes[0] if codes else None)
    page = g.session.offering.list({"service": code, "only_kept": True}, request.args.get("cursor"),
                                   limit=50) if code else []
    return render_template("offerings.html", services=services, page=page,
                           service=next((one for one in services if one.code == code), None))


def _fill(form, shown):
    """What there is of it, as the form holds it."""
    form.values.update(
        code=shown.code, institution=shown.institution or "", region=shown.region or "",
        direction=shown.direction or "",
        opens=i18n.local(shown.opens), closes=i18n.local(shown.closes),
        giving="round" if shown.by_round else "first_come",
        is_published="1" if shown.is_published else "",
        places="" if shown.places < 0 else str(shown.places))
    for field, other in (("round", shown.round_id), ("follows", shown.follows_id)):
        form.values[field] = g.session.offering.get(other).code if other else ""
    for field in DAYS:
        form.values[field] = shown[field].isoformat() if shown[field] else ""
    for language in LANGUAGES:
        form.values[f"title_{language}"] = shown.titles.get(language, "")
    for field in NUMBERS[1:]:
        form.values[field] = str(getattr(shown, field) or "")


def _number(form, field):
    if not form[field]:
        return -1 if field == "places" else 0
    if re.fullmatch(r"[0-9]{1,7}", form[field]):
        return int(form[field])
    form.errors[field] = _("Give a whole number.")
    return 0


def _day(form, field):
    try:
        return datetime.date.fromisoformat(form[field]) if form[field] else None
    except ValueError:
        form.errors[field] = _("Give a day.")
        return None


def _times():
    """Rows as they were typed; those without a day are left out."""
    rows = zip(*(request.form.getlist(name) for name in ("day", "from", "until")))
    return [{"day": int(day), "from": since, "until": until}
            for day, since, until in list(rows)[:TIMES_MAX] if day in "1234567" and day]


# ---- documents that it asks for itself ----

DOCUMENTS_MAX = 20
MEGABYTE = 1 << 20


def _row(kind):
    """As the page shows it."""
    return {"code": kind["code"], "title": kind["title"], "types": kind["types"],
            "size": f"{kind.get('bytes_max', 5 * MEGABYTE) / MEGABYTE:.3f}".rstrip("0").rstrip("."),
            "least": str(kind.get("least", 1)),
            "most": str(kind.get("most", kind.get("least", 1) or 1)),
            "for_panel": kind.get("for_panel", False)}


def _rows(shown):
    """As they were typed, else as they are kept; those without a code are left out."""
    if request.method != "POST":
        return [_row(kind) for kind in shown.documents] if shown else []
    typed = request.form
    rows = [{"code": typed[f"document-{at}-code"].strip(),
             "title": {one: typed.get(f"document-{at}-{one}", "").strip() for one in LANGUAGES},
             "types": typed.getlist(f"document-{at}-types"),
             "for_panel": f"document-{at}-for_panel" in typed,
             **{name: typed.get(f"document-{at}-{name}", "").strip()
                for name in ("size", "least", "most")}}
            for at in range(DOCUMENTS_MAX) if f"document-{at}-code" in typed]
    return [row for row in rows if row["code"]]


def _kinds(form, rows):
    kinds = []
    for at, row in enumerate(rows):
        try:
            kinds.append({
                "code": row["code"], "types": row["types"], "for_panel": row["for_panel"],
                "title": {one: text for one, text in row["title"].items() if text},
                "bytes_max": round(float(row["size"].replace(",", ".") or 5) * MEGABYTE),
                "least": int(row["least"] or 0), "most": int(row["most"] or 1)})
        except (ValueError, OverflowError):
            form.errors[f"document-{at}"] = _("Give numbers for the size and how many.")
    return kinds


def _place_fault(form):
    """A fault of a document stands at it."""
    found = re.match(r"/documents/([0-9]+)", form.refused.field or "") if form.refused else None
    if found and "documents" in form.errors:
        form.errors[f"document-{found.group(1)}"] = form.errors.pop("documents")


def _wish(form, service, shown):
    wish = {field: _number(form, field) for field in NUMBERS}
    wish.update(
        service=service.code, code=shown.code if shown else form["code"],
        title={language: form[f"title_{language}"] for language in LANGUAGES
               if form[f"title_{language}"]},
        opens=form.moment("opens"), closes=form.moment("closes"),
        is_published=form["is_published"] == "1", by_round=form["giving"] == "round",
        times=_times(), attributes=shown.attributes if shown else {},
        documents=_kinds(form, _rows(shown)))
    for field in ("round", "institution", "region", "follows", "direction"):
        wish[field] = form[field] or None
    return wish | {field: _day(form, field) for field in DAYS}


def _keep(form, service, shown):
    if not shown:
        form.require(code=_("Give a code: letters a–z, digits, _ and -."))
    form.require(**{f"title_{language}": _("Give the title in this language.")
                    for language in LANGUAGES})
    wish = _wish(form, service, shown)
    return not form.errors and form.call(g.session.offering.put, wish, key=form.key)


def _page(form, service, shown):
    choices, carries = service.request["choices"], service.request["carries"]
    others = [one for one in edu.pages(g.session.offering.list, {"service": service.code, "only_kept": True})
              if not (shown and one.id == shown.id)] if choices or carries else []
    rounds = [one for one in others if not one.round_id] if choices else []
    times = _times() if request.method == "POST" else list(shown.times) if shown else []
    _place_fault(form)
    documents = _rows(shown)
    for title in (field for field in ("title", "service") if field in form.errors):
        form.errors["title_az"] = form.errors.pop(title)
    return render_template(
        "offering_edit.html", form=form, service=service, shown=shown, rounds=rounds,
        earlier=others if carries else [],
        times=[*times, *[{}] * (2 if times else 3)][:TIMES_MAX],
        documents=[*documents, {}][:DOCUMENTS_MAX], file_kinds=texts.FILE_KINDS,
        regions=_regions()), 400 if form.errors else 200


def _regions():
    """By name, where a list of them is published."""
    from .appeals import regions
    try:
        return regions(g.session.appeal.rules_get())
    except edu.NotFound:
        return {}


@desk.route("/new/<code>", methods=["GET", "POST"])
def new(code):
    only_who("keeps_some")
    service = g.session.service.get(code)
    form = Form(*FIELDS)
    if request.method == "POST":
        if _keep(form, service, None):
            return redirect(url_for("rounds.one", offering=form.result))
    else:
        today = datetime.datetime.now(i18n.ZONE).replace(hour=9, minute=0)
        form.values.update(round=request.args.get("round", ""), giving="first_come",
                           is_published="1", opens=i18n.local(today),
                           closes=i18n.local(today + datetime.timedelta(days=30)), **_place())
    return _page(form, service, None)


@desk.route("/<offering>", methods=["GET", "POST"])
def edit(offering):
    shown = g.session.offering.get(offering)
    if not shown.is_mine_to_keep:
        abort(404)
    service = g.session.service.get(shown.service)
    form = Form(*FIELDS)
    if request.method == "POST":
        if _keep(form, service, shown):
            return redirect(url_for("rounds.one", offering=offering))
    else:
        _fill(form, shown)
    return _page(form, service, shown)
