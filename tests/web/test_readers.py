"""The page on which people see who else has looked at what is held on them."""

import html

import pytest
from test_protection import Browser


@pytest.fixture(scope="module")
def read(app, world):
    person = world.pupils[0]
    assert Browser(app, "clerk").get(f"/staff/pupils/{person}").status_code == 200
    return person


def text_of(answer):
    return html.unescape(answer.data.decode())


def test_a_clerk_who_looked_is_named(app, read):
    pupil = Browser(app, "pupil")
    assert f'href="/cabinet/history/readers?person={read}"' in text_of(pupil.get("/cabinet/history"))
    page = text_of(pupil.get("/cabinet/history/readers"))
    assert "Günay Şıxlı" in page and "Məmur" in page


def test_oneself_is_not_in_it(app, read):
    pupil = Browser(app, "pupil")
    pupil.get("/cabinet/")
    assert "Şəhla0" not in text_of(pupil.get("/cabinet/history/readers")).split("<h1")[1]


@pytest.mark.parametrize("language, title, what", [
    ("az", "Bu məlumatlara kim baxıb", "Ad, doğum tarixi və məktəb"), ("ru", "Кто смотрел эти данные", "Имя, дата рождения и школа")])
def test_in_other_languages(app, read, language, title, what):
    pupil = Browser(app, "pupil")
    pupil.send(f"/language/{language}", next="/cabinet/")
    page = text_of(pupil.get("/cabinet/history/readers"))
    assert f"<h1 class=\"govuk-heading-l\">{title}</h1>" in page and what in page


def test_it_is_for_them_alone(app, world, read):
    assert Browser(app, "clerk").get(f"/cabinet/history/readers?person={read}").status_code == 404
    assert Browser(app, "pupil").get(f"/cabinet/history/readers?person={world.pupils[1]}").status_code == 404
    assert Browser(app).get("/cabinet/history/readers").status_code == 302
