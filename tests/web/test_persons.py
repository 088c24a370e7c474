"""Clerks merge one person who is there twice, and apply for somebody, page by page and without a script."""

import re

import pytest
from test_protection import Browser
from world import PASSWORD, PUPIL_BIRTH, csv, minutes, now


def second_record(world, pupil, document):
    known = world.clerk.account.person(world.pupils[pupil])
    world.operator.account.import_persons(
        csv("document,given,family,birth", (document, known.given.upper(), known.family, PUPIL_BIRTH)))
    found = [one for one in world.clerk.person.duplicates(limit=200)
             if world.pupils[pupil] in (one.person_id, one.other_id)]
    return next(iter({found[0].person_id, found[0].other_id} - {world.pupils[pupil]}))


def text_of(page):
    return page.data.decode()


def test_a_clerk_compares_looks_and_merges(app, world):
    person, second = world.pupils[5], second_record(world, 5, "X-7000001")
    browser = Browser(app, "clerk")
    listed = text_of(browser.get("/staff/persons/"))
    [path] = {one for one in re.findall(r'href="(/staff/persons/[^"?]+)"', listed) if person in one and second in one}
    assert "İki qeyd" in text_of(browser.get(path))
    looked = text_of(browser.get(f"{path}?kept={second}"))
    assert "Birləşdir</button>" in looked and "Məktəb" in looked
    unsure = browser.send(path, kept=second)
    assert unsure.status_code == 409 and "təsdiq edin" in text_of(unsure)
    done = browser.send(path, kept=second, sure="1")
    assert done.status_code == 302 and done.location == f"/staff/pupils/{second}?merged=1"
    assert "İki qeyd indi birdir" in text_of(browser.get(done.location))
    # A bookmark of the old id leads on, with what stands behind it.
    moved = browser.get(f"/staff/pupils/{person}?saved=1")
    assert moved.status_code == 302 and moved.location == f"/staff/pupils/{second}?saved=1"
    assert text_of(browser.get(f"{path}?kept={second}")).count("Birləşdir</button>") == 0


def test_what_stands_against_it_is_said(app, world):
    one, other = world.pupils[6], world.pupils[7]
    browser = Browser(app, "clerk")
    page = text_of(browser.get(f"/staff/persons/{one}/{other}?kept={one}"))
    assert "FİN-lər fərqlidir" in page and "Birləşdir</button>" not in page
    refused = browser.send(f"/staff/persons/{one}/{other}", kept=one, sure="1")
    assert refused.status_code == 409
    found = browser.send(f"/staff/persons/{one}/with", number="PUP0007")
    assert found.location == f"/staff/persons/{one}/{other}"
    assert browser.send(f"/staff/persons/{one}/with", number="PUP0006").status_code == 400
    assert browser.send(f"/staff/persons/{one}/with", number="QQQ0000").status_code == 400


def test_two_people_are_told_apart_and_others_see_no_such_page(app, world):
    person, second = world.pupils[8], second_record(world, 8, "X-7000002")
    browser = Browser(app, "clerk")
    pair = next(one for one in world.clerk.person.duplicates(limit=200)
                if {one.person_id, one.other_id} == {person, second})
    path = f"/staff/persons/{pair.person_id}/{pair.other_id}"
    assert browser.send(f"{path}/distinct").status_code == 302
    assert path not in text_of(browser.get("/staff/persons/"))
    nobody = Browser(app, "pupil")
    assert nobody.get("/staff/persons/").status_code == 404 and nobody.get(path).status_code == 404


def applied_for(browser, world, person):
    """From the person's page to the service, its group, the form, and what is sent."""
    page = text_of(browser.get(f"/staff/pupils/{person}"))
    assert f'href="/services/club?person={person}"' in page
    offered = text_of(browser.get(f"/services/club?person={person}"))
    path = f"/cabinet/requests/apply/{world.group}"
    assert f'href="{path}?person={person}"' in offered
    first = browser.get(f"{path}?person={person}")
    assert first.status_code == 302
    part = browser.send(first.location, **{"/phone": "+994 50 123 45 67", "what": "next"})
    assert part.status_code == 302, text_of(part)
    sent = browser.send(part.location)
    assert sent.status_code == 302 and sent.location.startswith(f"/staff/pupils/{person}?sent="), text_of(sent)
    return text_of(browser.get(sent.location)), sent.location.rpartition("=")[2]


@pytest.mark.parametrize("login, pupil, said", [
    ("clerk", 9, "əməkdaş verib"), ("of.school", 1, "məktəb verib")])
def test_staff_apply_for_somebody_and_it_says_so(app, world, login, pupil, said):
    if login == "of.school":
        person = world.pupils[14]
        world.operator.account.create(person, login, PASSWORD)
        world.operator.account.grant(person, "school", "institution", "S0")
    browser = Browser(app, login)
    page, application = applied_for(browser, world, world.pupils[pupil])
    number = re.search(r"A-\d+-\d+", page).group()
    shown = world.clerk.request.get(world.pupils[pupil], application)
    assert shown.number == number and shown.made_as == ("school" if login == "of.school" else "clerk")
    assert shown.made_by is not None
    assert said in text_of(browser.get(re.search(r'href="([^"]+)">' + number, page).group(1)))
    listed = text_of(Browser(app, "clerk").get("/staff/requests/?service=club"))
    assert re.search(rf"{said}: \S+ \S+</span></td><td class=\"nar-nowrap\">{number}", listed)
    # In the cabinet of whose it is; the name of who made it is staff's.
    world.operator.account.create(world.pupils[pupil], f"whose.{pupil}", PASSWORD)
    own = text_of(Browser(app, f"whose.{pupil}").get(f"/cabinet/requests/{world.pupils[pupil]}/{application}"))
    assert said in own and f"{said}:" not in own


def test_a_clerk_applies_for_another_service_too(app, world):
    """One without offerings of its own; a school, whom its definition does not let, is not led to it."""
    person = world.pupils[12]
    browser = Browser(app, "clerk")
    assert f'href="/services/school_bus?person={person}"' in text_of(browser.get(f"/staff/pupils/{person}"))
    bus = world.clerk.offering.list({"service": "school_bus"})[0].id
    assert f'href="/cabinet/requests/apply/{bus}?person={person}"' in text_of(
        browser.get(f"/services/school_bus?person={person}"))
    assert "school" not in world.clerk.service.get("school_bus").applicants
    draft = world.clerk.draft.save(person, bus, None, {
        "grade": 9, "ways": ["home"], "stop": "market", "needs_help": False, "consent": True,
        "contact": {"name": "Günay Şıxlı", "telephone": "+994 50 123 45 67"}}, None)
    sent = browser.send(f"/cabinet/requests/apply/{bus}/check?person={person}", draft=draft)
    assert sent.location.startswith(f"/staff/pupils/{person}?sent="), text_of(sent)
    application = sent.location.rpartition("=")[2]
    assert world.clerk.request.get(person, application).made_as == "clerk"
    assert "əməkdaş verib" in text_of(browser.get("/staff/requests/?service=school_bus"))


def test_what_staff_begin_waits_on_the_persons_page(app, world):
    browser, person = Browser(app, "clerk"), world.pupils[10]
    path = f"/cabinet/requests/apply/{world.group}/1?person={person}"
    kept = browser.send(path, **{"/phone": "+994 50 123 45 67", "what": "save"})
    assert kept.status_code == 302 and kept.location == f"/staff/pupils/{person}?saved=1"
    page = text_of(browser.get(kept.location))
    assert f"apply/{world.group}?person={person}" in page and "yalnız siz" in page


def test_an_account_that_waits_is_told_to_staff_and_activated(app, world):
    browser, person = Browser(app, "clerk"), world.pupils[11]
    assert "/activate" not in text_of(browser.get(f"/staff/pupils/{person}"))
    world.portal.session().account.register({"login": "waits", "password": PASSWORD, "number": "PUP0011",
                                             "birth": PUPIL_BIRTH})
    seen = world.clerk.account.person(person)
    assert seen.account_waits and not seen.has_account
    page = text_of(browser.get(f"/staff/pupils/{person}"))
    assert "təsdiqinizi gözləyir" in page and "/activate" in page
    assert browser.send(f"/staff/pupils/{person}/activate").status_code == 302
    seen = world.clerk.account.person(person)
    assert seen.has_account and not seen.account_waits
    assert not world.portal.sign_in("waits", PASSWORD).account.person(None).account_waits
    assert "/activate" not in text_of(browser.get(f"/staff/pupils/{person}"))


def test_a_parent_finds_a_group_by_direction_age_and_day(app, world):
    for code, title, direction, day in (("judo", "Cüdo", "sport", 2), ("choir", "Xor", "creative", 6)):
        world.clerk.offering.put({
            "service": "club", "code": code, "title": {"az": title}, "places": -1, "direction": direction,
            "age_from": 7, "age_until": 9, "times": [{"day": day, "from": "10:00", "until": "11:00"}],
            "opens": now() - minutes(60), "closes": now() + minutes(60), "is_published": True})
    browser = Browser(app)

    def shown(query):
        page = text_of(browser.get(f"/services/club?{query}"))
        return [title for title in ("Cüdo", "Xor", "Şahmat") if f">{title}</a>" in page]

    assert shown("") == ["Cüdo", "Xor", "Şahmat"]
    assert shown("direction=sport") == ["Cüdo"] and shown("day=6") == ["Xor"]
    assert shown("age=8") == ["Cüdo", "Xor", "Şahmat"] and shown("age=10") == ["Şahmat"]
    assert shown("direction=sport&age=8&day=2&open=1") == ["Cüdo"]
    assert shown("age=none&day=9") == ["Cüdo", "Xor", "Şahmat"]
    page = text_of(browser.get("/services/club?direction=sport"))
    assert '<option value="sport" selected>İdman</option>' in page
