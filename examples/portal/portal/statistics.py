"""Figures for staff: what has come of applications, invoices and certificates in a period. Which of them somebody may see,
the library decides."""

import datetime

import edu
from flask import Blueprint, Response, abort, g, render_template
from markupsafe import Markup

from . import charts, i18n, requests
from .forms import may, period, staff_only
from .i18n import gettext as _

blueprint = Blueprint("statistics", __name__, url_prefix="/staff/statistics")
blueprint.before_request(staff_only)

BARS_MOST = 62  # of a chart; of more days there are weeks, then months
ROWS_OPEN = 20  # longer tables are opened by who wants them
OF_STATES = ("received", "overdue", "median", "percentile_90")


def _services():
    return requests.ordinary_services() + [one for one in g.session.service.list(limit=200)
                                           if one.code in ("olympiad", "reference")]


@blueprint.get("/")
def home():
    services = [one for one in _services() if may().keeps_all or one.code != "reference"]
    return render_template("statistics_home.html", services=services if may().keeps_some else [])


# ---- one page for all ----

def titles():
    return {"received": _("submitted"), "open": _("not decided yet"), "overdue": _("of these late"),
            "decided": _("decided"), "in_time": _("of these in time"), "withdrawn": _("taken back by the applicant"),
            "median": _("half within, days"), "percentile_90": _("nine of ten within, days"),
            "invoices": _("invoices"), "invoiced": _("invoiced"), "waived": _("waived"), "cancelled": _("cancelled"),
            "paid": _("paid"), "refunded": _("given back"), "outstanding": _("outstanding"),
            "overdue_money": _("of this late"), "issued": _("issued"), "revoked": _("of these revoked")}


def _title(measure):
    names = titles()
    return names.get(f"{measure['code']}_{measure['unit']}") or names[measure["code"]]


def _day(code):
    return datetime.date.fromisoformat(code if len(code) > 7 else f"{code}-01")


def _kinds():
    """Of invoices: the library's own, and those that are called as the service that they are for."""
    return {one.code: one.title for one in g.session.service.list(limit=200)} | {"tuition": _("Tuition fee")}


def _name(group, line):
    """What a line is called: a time in the words of the language, else as the library does."""
    if group == "month":
        return i18n.month(_day(line["code"]))
    if group in ("week", "day"):
        return i18n.date(_day(line["code"]))
    if line["code"] == "*":
        return _("%(count)s others") % {"count": line["count"]}
    if group == "kind":  # others are as finance staff typed them
        return _kinds().get(line["code"]) or Markup("<code>%s</code>") % line["code"]
    return line["title"] or (_("all") if group == "all" else _("not said"))


def _shown(measure, line):
    value = line[measure["code"]]
    if value is None:
        return "–"
    return i18n.money(value, line["currency"]) if measure["unit"] == "money" else i18n.number(value)


def _table(group, figures):
    lines = figures.groups[group]
    measures = [one for one in figures.measures if (group != "state" or one["code"] in OF_STATES)
                and any(line[one["code"]] is not None for line in lines)]
    return {"head": [_title(one) for one in measures],
            "rows": [(_name(group, line), [_shown(one, line) for one in measures]) for line in lines]}


def _tables(figures):
    """By group, in the order of the page; nothing is told by what is not said of any."""
    return {group: _table(group, figures) for group, lines in figures.groups.items()
            if group != "all" and any(line["code"] for line in lines)}


def _drawn(figures):
    """The shortest times that a picture has room for."""
    for group in ("day", "week", "month"):
        if 0 < len(figures.groups.get(group, ())) <= BARS_MOST:
            return group
    return "month"


def _charts(figures):
    """How many came when; of money, for each currency what was invoiced."""
    group = _drawn(figures)
    lines = figures.groups[group]
    label = i18n.month if group == "month" else i18n.short_day
    money = next((one for one in figures.measures if one["unit"] == "money"), None)
    if not money:
        title = {"day": _("By day"), "week": _("By week"), "month": _("By month")}[group]
        return [(title, charts.columns(title, [(label(_day(line["code"])), line[figures.measures[0]["code"]])
                                               for line in lines]))]
    drawn = []
    for currency in sorted({line["currency"] for line in lines}):
        title = _("Invoiced, in %(currency)s") % {"currency": currency}
        scale = 10 ** i18n.currency_digits(currency)
        drawn.append((title, charts.columns(title, [(label(_day(line["code"])), line[money["code"]] / scale)
                                                    for line in lines if line["currency"] == currency])))
    return drawn


def _page(title, function, endpoint, *arguments, **places):
    form, since, until = period(days=364)
    found = form.call(function, *arguments, since, until) and form.result
    if form.refused and not isinstance(form.refused, edu.Invalid):
        raise form.refused
    return render_template(
        "statistics.html", title=title, form=form, figures=found or None,
        totals=_table("all", found) if found else None, tables=_tables(found) if found else {},
        charts=_charts(found) if found else [], endpoint=endpoint, places=places, most=ROWS_OPEN,
        few=found and any(line["is_hidden"] for lines in found.groups.values() for line in lines),
    ), 400 if form.errors else 200


def _file(function, *arguments):
    _form, since, until = period(days=364)
    document = function(*arguments, since, until)
    return Response(b"\xef\xbb\xbf" + document.content, mimetype="text/csv", headers={
        "Content-Disposition": f"attachment; filename={document.name}"})


def _service(code):
    return next((one for one in _services() if one.code == code), None) or abort(404)


@blueprint.get("/applications/<service>")
def applications(service):
    return _page(_service(service).title, g.session.statistics.applications, "statistics.applications_file", service,
                 service=service)


@blueprint.get("/applications/<service>.csv")
def applications_file(service):
    return _file(g.session.statistics.applications_csv, service)


@blueprint.get("/payments")
def payments():
    return _page(_("Payments"), g.session.statistics.payments, "statistics.payments_file")


@blueprint.get("/payments.csv")
def payments_file():
    return _file(g.session.statistics.payments_csv)


@blueprint.get("/certificates")
def certificates():
    return _page(_("Certificates and references"), g.session.statistics.certificates, "statistics.certificates_file")


@blueprint.get("/certificates.csv")
def certificates_file():
    return _file(g.session.statistics.certificates_csv)
