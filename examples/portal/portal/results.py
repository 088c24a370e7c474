"""Results as everybody sees them, and as pupils and their families see theirs."""

import base64
import csv
import functools
import hashlib
import io
import re

import edu
from flask import Blueprint, Response, abort, current_app, g, redirect, render_template, request, \
    send_file, url_for

from . import charts
from .forms import Form, signed_in
from .i18n import gettext as _
from .public import has_verify_page

blueprint = Blueprint("results", __name__)

FIGURES = ("all", "region", "school", "grade", "problem", "score")


@functools.lru_cache(maxsize=32)
def _regions(series, newest, language):
    """Every region that took part in any year; past years do not change."""
    found = {}
    for year in edu.pages(g.session.result.years, series, "all", "all", limit=200):
        for row in edu.pages(g.session.result.figures, year.season_id, "region", limit=200):
            found.setdefault(row.code, row.name)
    return sorted(found.items(), key=lambda item: edu.sort_key(g.language, item[1]))


def _number(text):
    return None if text is None else float(text)


def _bins(rows, most=40):
    """A histogram of at most so many columns: (label, participants)."""
    points = [(row.name, float(row.name), row.participants) for row in rows]
    if len(points) <= most:
        return [(label, count) for label, _value, count in points]
    top = points[-1][1]
    width = top / most or 1
    counts = [0] * (most + 1)
    for _label, value, count in points:
        counts[int(value / width)] += count
    return [(f"{at * width:g}", count) for at, count in enumerate(counts)]


def _chart(by, rows):
    if by == "score":
        return charts.columns(_("How many reached so many points"), _bins(rows))
    if by == "problem":
        return charts.columns(_("Share of the points that was reached"),
                              [(row.name, row.difficulty / 10) for row in rows], " %")
    if by == "grade":
        return charts.columns(_("Points on average"),
                              [(row.name, _number(row.mean) or 0) for row in rows])
    return ""


# ---- anybody ----

@blueprint.get("/results")
def home():
    years, series = {}, {}
    for season in edu.pages(g.session.olympiad.seasons, limit=200):
        if season.is_archive:
            series.setdefault(season.series, []).append(season)
        elif season.state == "closed" and \
                g.session.result.marking(season.id).state == "published":
            years.setdefault(season.year, []).append(season)
    return render_template("results.html", years=sorted(years.items(), reverse=True),
                           series=series)


@blueprint.get("/results/<season>")
def season(season):
    by = request.args.get("by", "score")
    if by not in FIGURES:
        abort(404)
    shown = g.session.olympiad.season(season)
    rows = list(edu.pages(g.session.result.figures, season, by, limit=200))
    whole = list(g.session.result.figures(season, "all"))
    contestants = None
    if shown.is_archive:
        contestants = g.session.result.list(season, request.args.get("region") or None, None,
                                            cursor=request.args.get("cursor"), limit=50)
    if by in ("region", "school"):
        rows.sort(key=lambda row: -(_number(row.mean) or -1))
    return render_template(
        "result_season.html", season=shown, by=by, rows=rows, whole=whole[0] if whole else None,
        chart=_chart(by, rows), contestants=contestants, share=charts.share,
        marking=g.session.result.marking(season))


@blueprint.get("/results/<season>/<what>.csv")
def as_csv(season, what):
    document = g.session.result.csv(season, what)
    return Response(b"\xef\xbb\xbf" + document.content, mimetype="text/csv", headers={
        "Content-Disposition": f"attachment; filename={document.name}"})


def _reached(row):
    """Share of the points in percent, as rounds have others to reach."""
    mean = row and _number(row.mean)
    return None if mean is None or not _number(row.maximum) else \
        round(100 * mean / _number(row.maximum), 1)


def _csv(name, heading, rows):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heading)
    writer.writerows(rows)
    return Response("\ufeff" + out.getvalue(), mimetype="text/csv", headers={
        "Content-Disposition": f"attachment; filename={name}.csv"})


def _line_of(region):
    """Which line of the figures is meant: everybody's, or a region's."""
    return ("region", region) if region else ("all", "all")


@blueprint.get("/results/year/<int:year>")
def year(year):
    """The subjects of a year beside each other."""
    region = request.args.get("region", "")
    whole = list(edu.pages(g.session.result.subjects, year, "all", "all", limit=200))
    if not whole:
        abort(404)
    regions = {row.code: row.name for shown in whole
               for row in edu.pages(g.session.result.figures, shown.season_id, "region", limit=200)}
    rows = list(edu.pages(g.session.result.subjects, year, *_line_of(region), limit=200))
    return render_template(
        "result_year.html", year=year, region=region, rows=rows, reached=_reached,
        regions=sorted(regions.items(), key=lambda item: edu.sort_key(g.language, item[1])),
        chart=charts.columns(_("Share of the points that was reached"),
                             [(row.subject_title, _reached(row) or 0) for row in rows], " %"))


@blueprint.get("/results/year/<int:year>.csv")
def year_csv(year):
    rows = edu.pages(g.session.result.subjects, year, *_line_of(request.args.get("region", "")),
                     limit=200)
    return _csv("subjects", ("subject", "season", "participants", "absent", "mean", "median",
                             "best", "maximum"),
                ((row.subject, row.season, row.participants, row.absent, row.mean, row.median,
                  row.best, row.maximum) for row in rows))


@blueprint.get("/results/series/<series>")
def series(series):
    """Year against year: everybody, and one region beside it."""
    region = request.args.get("region", "")
    whole = list(edu.pages(g.session.result.years, series, "all", "all", limit=200))
    if not whole:
        abort(404)
    one = {}
    if region:
        one = {row.year: row
               for row in edu.pages(g.session.result.years, series, "region", region, limit=200)}
    regions = _regions(series, whole[0].season_id, g.language)
    years = sorted(whole, key=lambda row: row.year)

    return render_template(
        "result_series.html", series=series, region=region, regions=regions, years=whole, one=one,
        reached=_reached,
        participants=charts.columns(_("Participants"),
                                    [(str(row.year), row.participants) for row in years]),
        chart=charts.line(_("Share of the points that was reached"),
                          [(str(row.year), _reached(row)) for row in years], " %",
                          [_reached(one.get(row.year)) for row in years] if region else None))


@blueprint.get("/results/series/<series>.csv")
def series_csv(series):
    rows = edu.pages(g.session.result.years, series, *_line_of(request.args.get("region", "")),
                     limit=200)
    return _csv("years", ("year", "participants", "mean", "median", "best", "maximum"),
                ((row.year, row.participants, row.mean, row.median, row.best, row.maximum)
                 for row in rows))


STYLE = re.compile(b"<style>(.*?)</style>", re.DOTALL)


def _paper(document):
    """A form of a certificate. The page of HTML carries its own style, named by its hash, and nothing else."""
    answer = send_file(io.BytesIO(document.content), mimetype=document.type,
                       download_name=document.name)
    if document.type == "text/html":
        hashes = [base64.b64encode(hashlib.sha256(style).digest()).decode()
                  for style in STYLE.findall(document.content)]
        allowed = " ".join(f"'sha256-{one}'" for one in hashes) or "'none'"
        answer.headers["Content-Security-Policy"] = \
            f"default-src 'none'; style-src {allowed}; base-uri 'none'; frame-ancestors 'none'"
    return answer


# ---- checking a document ----

LINK = re.compile(r"\s*https://([^/\s]+)/", re.IGNORECASE)


def _other_host(text, verdict):
    """Whose code it is, where it is not this portal's."""
    link = LINK.match(text)
    host = (link.group(1) if link else verdict.host or "").lower()
    return host if host and host != current_app.config["HOST"].lower() else None


def _check_file(form):
    upload = request.files.get("file")
    if not upload or not upload.filename:
        form.errors["file"] = _("Choose a file.")
        return False
    return form.call(g.session.certificate.check_file, upload.read(), at="file")


def _check_text(form):
    if not form["text"]:
        form.errors["text"] = _("Paste the text of the QR code.")
        return False
    return form.call(g.session.certificate.check, form["text"])


def _check_number(form):
    birth = form.date("birth")
    form.require(number=_("Type the number of the document."))
    return not form.errors and form.call(g.session.certificate.find, form["number"], birth,
                                         request.remote_addr)


@blueprint.route("/verify", methods=["GET", "POST"])
def verify():
    form = Form("text", "number")
    verdict = other = None
    if request.method == "POST":
        check = {"number": _check_number, "file": _check_file}.get(request.form.get("way"), _check_text)
        if check(form):
            verdict = form.result
            other = _other_host(form["text"], verdict) if verdict.status != "valid" else None
    elif request.args.get("number"):
        form.values["number"] = request.args["number"]
    return render_template("verify.html", form=form, verdict=verdict, other_host=other,
                           has_page=has_verify_page()), 400 if form.errors else 200


@blueprint.post("/verify/copy")
def copy():
    """What was checked, as a file: found by number and birth date, or by the text of its code."""
    form = Form("text", "number")
    kind = request.form.get("format", "pdf")
    certificate = g.session.certificate
    if form["text"]:
        made = form.call(certificate.paper, form["text"], kind)
    else:
        made = form.call(certificate.find_file, form["number"], form.date("birth"), request.remote_addr,
                         kind)
    if made:
        return _paper(form.result)
    return render_template("verify.html", form=form, verdict=None, has_page=has_verify_page()), 400


@blueprint.get("/V/<number>")
def document(number):
    """Where a QR code leads. The signed part stands behind the # and is not sent here: with a script
    the page reads it, without one it asks for the birth date. It shows nothing about anybody, and does
    not look whether there is such a number."""
    return render_template("document.html", number=number[:40], form=Form("number"))


# ---- the person's own ----

@blueprint.get("/cabinet/results/<person>")
def of_person(person):
    answer = signed_in()
    if answer is not None:
        return answer
    return render_template(
        "result_person.html", person=g.session.account.person(person),
        results=list(edu.pages(g.session.result.of, person, limit=200)),
        certificates=list(edu.pages(g.session.certificate.list, person, limit=200)))


@blueprint.get("/cabinet/certificates/<person>/<number>.<form>")
def certificate(person, number, form):
    answer = signed_in()
    if answer is not None:
        return answer
    return _paper(g.session.certificate.file(person, number, form))


@blueprint.route("/cabinet/results/<person>/<season>/appeal", methods=["GET", "POST"])
def appeal(person, season):
    answer = signed_in()
    if answer is not None:
        return answer
    form = Form("text")
    checks = False
    if request.method == "POST" and form.require(text=_("Say what should be looked at.")):
        checks = request.form.get("checked") != "1"
        if not checks and form.call(g.session.result.appeal_make, person, season, form["text"],
                                    key=form.key):
            return redirect(url_for("results.one", person=person, season=season, sent=1))
    return render_template("result_appeal.html", form=form, person=person, checks=checks,
                           season=g.session.olympiad.season(season)), 400 if form.errors else 200


@blueprint.get("/cabinet/results/<person>/<season>")
def one(person, season):
    """A result with its history and appeal."""
    answer = signed_in()
    if answer is not None:
        return answer
    found = [result for result in edu.pages(g.session.result.of, person, limit=200)
             if result.season_id == season]
    if not found:
        abort(404)
    problems = g.session.result.marking(season).rules["problems"]
    asked = g.session.result.appeal_get(person, season) if found[0].appeal else None
    return render_template(
        "result.html", result=found[0], sent="sent" in request.args, problems=problems, appeal=asked,
        history=list(edu.pages(g.session.result.history, person, season)))


@blueprint.post("/cabinet/<person>/<application>/answer")
def answer(person, application):
    refused = signed_in()
    if refused is not None:
        return refused
    g.session.olympiad.answer(person, application, request.form.get("accept") == "1",
                              key=Form().key)
    return redirect(url_for("cabinet.application", person=person, application=application))
