"""What mypy must understand of the package, and the mistakes that it must find: one that it does not
find is an unused "type: ignore". Read by test_types.py, never run."""

import datetime

import flask
from typing_extensions import assert_type

import edu
import edu.flask


def reads(portal: edu.Portal, sitting: str) -> None:
    with portal.sign_in("pupil", "password") as session:
        assert_type(session, edu.Session)
        for season in edu.pages(session.olympiad.seasons, limit=200):
            assert_type(season, edu.Season)
            assert_type(season.opens, datetime.datetime)
            assert_type(season.title, str)
            season.titel  # type: ignore[attr-defined]
            if season.state == "opened":  # type: ignore[comparison-overlap]
                return
        page = session.olympiad.seasons()
        assert_type(page.next, str | None)
        assert_type(page[0], edu.Season)
        assert_type(session.account.person(None).patronymic, str | None)
        session.account.person(None).patronymic.upper()  # type: ignore[union-attr]
        session.olympiad.fly()  # type: ignore[attr-defined]
        assert_type(session.token, str | None)
        assert_type(edu.verify("text", "keys"), edu.Verdict)
        edu.verify(5, "keys")  # type: ignore[arg-type]
        list(edu.pages(session.olympiad.season, sitting))  # type: ignore[arg-type]


def writes(session: edu.Session, sitting: str) -> str:
    season: edu.SeasonNew = {"code": "2026", "grade_from": 1, "grade_to": "9"}  # type: ignore[typeddict-item]
    session.olympiad.season_create({"cod": "2026"})  # type: ignore[typeddict-item]
    session.olympiad.season_create(season, key="form-1")
    session.olympiad.season_window(sitting, "2026-01-01", None)  # type: ignore[arg-type]
    try:
        return session.olympiad.register(sitting, None, "form-2")
    except edu.State as error:
        assert_type(error.field, str)
        assert_type(error.line, int)
        if error.code == "stat":  # type: ignore[comparison-overlap]
            raise
        return error.key


def serves(app: flask.Flask) -> None:
    library = edu.flask.FlaskPortal(app, language=lambda: flask.request.args.get("language"))
    assert_type(library.portal, edu.Portal)
    assert_type(library.session, edu.Session)
    assert_type(library.identity, edu.Identity | None)
    library.identity.login  # type: ignore[union-attr]
    library.sign_in("pupil")  # type: ignore[call-arg]
