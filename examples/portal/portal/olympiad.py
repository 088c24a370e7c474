"""The pupil's way into an olympiad: which season, who, which sitting, check, done."""

import edu
from flask import Blueprint, g, redirect, render_template, request, url_for

from .forms import Form, signed_in

blueprint = Blueprint("olympiad", __name__, url_prefix="/olympiad")


@blueprint.get("/<season>")
def season(season):
    return render_template("season.html", season=g.session.olympiad.season(season),
                           sittings=list(edu.pages(g.session.olympiad.sittings, season)))


def _choices(season, person):
    """Sittings of the season with the library's answer for this person."""
    return [(sitting, g.session.olympiad.eligibility(sitting.id, person))
            for sitting in edu.pages(g.session.olympiad.sittings, season)]


@blueprint.get("/<season>/register")
def who(season):
    """Whom for. With nobody else to act for, it goes on with oneself."""
    answer = signed_in()
    if answer is not None:
        return answer
    family = g.session.account.family()
    if len(family) == 1:
        return redirect(url_for("olympiad.which", season=season, person=family[0].id))
    return render_template("register_who.html", season=g.session.olympiad.season(season),
                           people=[(person, any(may.is_eligible for _, may in
                                                _choices(season, person.id)))
                                   for person in family])


@blueprint.get("/<season>/register/<person>")
def which(season, person):
    """Which sitting. With one that is possible, it goes on with that."""
    answer = signed_in()
    if answer is not None:
        return answer
    choices = _choices(season, person)
    possible = [sitting for sitting, may in choices if may.is_eligible]
    if len(possible) == 1:
        return redirect(url_for("olympiad.check", season=season, person=person,
                                sitting=possible[0].id))
    return render_template("register_which.html", season=g.session.olympiad.season(season),
                           person=g.session.account.person(person), choices=choices)


@blueprint.route("/<season>/register/<person>/<sitting>", methods=["GET", "POST"])
def check(season, person, sitting):
    """Check the answers, then send them."""
    answer = signed_in()
    if answer is not None:
        return answer
    form = Form()
    if request.method == "POST" and form.call(g.session.olympiad.register, sitting, person,
                                              key=form.key):
        return redirect(url_for("cabinet.application", person=person, application=form.result,
                                sent=1))
    return render_template("register_check.html", season=g.session.olympiad.season(season),
                           person=g.session.account.person(person), form=form,
                           sitting=g.session.sitting.get(sitting))
