"""What is not for somebody is not offered to them, and is not there when they come by its address."""

import re

import pytest
from test_protection import Browser
from world import PUPIL_BIRTH

# Forms that the library is not asked for before they are sent, by the right that they need.
FORMS = {"/staff/seasons/new": "keeps_all", "/staff/admission/import": "keeps_all", "/staff/payments/new": "makes_invoices",
         "/staff/calendar/": "administers", "/staff/accounts/": "administers", "/staff/registers/published": "administers",
         "/staff/announcements/new/club": "keeps_some", "/staff/offerings/new/club": "keeps_some"}
ROLES = {"clerk": ("", ""), "school": ("institution", "S0"), "finance": ("", ""), "admin": ("", ""),
         "steward": ("centre", "C1")}


@pytest.fixture(scope="module")
def staff(app, world):
    """A browser of who has a role, and what they may; each in turn."""
    person = world.clerk2.account.identity().person_id
    world.operator.account.revoke(person, "clerk", "", "")
    browser = Browser(app, "clerk2")

    def of(role):
        world.operator.account.grant(person, role, *ROLES[role])
        return browser, world.clerk2.account.rights(), \
            lambda: world.operator.account.revoke(person, role, *ROLES[role])
    return of


def without_key(page):
    return re.sub(r'value="[^"]*"|key=\w+', "", page.data.decode()).replace("/staff/nothing/there", "")


@pytest.mark.parametrize("role", ROLES)
def test_a_form_is_there_for_who_may_send_it(staff, role):
    browser, rights, end = staff(role)
    nothing = browser.get("/staff/nothing/there")
    for path, right in FORMS.items():
        page = browser.get(path)
        assert page.status_code == (200 if rights[right] else 404), path
        if not rights[right]:
            assert without_key(page).replace(path, "") == without_key(nothing), path
    end()


@pytest.mark.parametrize("role", ROLES)
def test_the_menu_leads_to_what_is_there(staff, role):
    browser, rights, end = staff(role)
    offered = re.findall(r'href="(/staff/[^"]+)"', browser.get("/staff/").data.decode())
    assert [path for path in offered if browser.get(path).status_code != 200] == []
    assert ("/staff/seasons/new" in offered) == rights.keeps_all
    assert ("/staff/import" in offered) == (rights.keeps_all or rights.imports_pupils)
    end()


@pytest.mark.parametrize("role, registers", [
    ("clerk", {"centres", "rooms"}), ("school", {"pupils", "guardians"}),
    ("admin", {"regions", "institutions", "persons", "pupils", "guardians", "centres", "rooms"})])
def test_files_are_offered_to_who_may_bring_them(staff, role, registers):
    browser, _rights, end = staff(role)
    page = browser.get("/staff/import").data.decode()
    assert set(re.findall(r'<option value="(\w+)"', page)) == registers
    end()


def test_one_sees_ones_own_links_whatever_one_may_see_of_others(app, world):
    """A clerk's family is not that of the country."""
    world.pupil.account.guardian_request("PUP0003", PUPIL_BIRTH)
    assert "İsmayılova" not in Browser(app, "clerk").get("/cabinet/family").data.decode()
    assert "Şəhla3" in Browser(app, "pupil").get("/cabinet/family").data.decode()
    assert world.clerk.account.guardianships("requested")[0].child_name == "İsmayılova Şəhla3"


def test_a_clerk_decides_about_a_link_and_ends_it(app, world):
    browser = Browser(app, "clerk")
    world.pupil.account.guardian_request("PUP0004", PUPIL_BIRTH)
    page = browser.get("/staff/guardians").data.decode()
    [path] = [one for one in re.findall(r'action="(/staff/guardians/[^"]+)"', page) if world.pupils[4] in one]
    assert browser.send(path, accept="1").status_code == 302
    assert "Şəhla4" in browser.get("/staff/guardians?state=active").data.decode()
    assert browser.send(path + "/end").status_code == 302
    assert "Şəhla4" not in browser.get("/staff/guardians?state=active").data.decode()
    again = browser.send(path + "/end")
    assert again.status_code == 400 and "artıq" in again.data.decode()


def test_a_profile_is_what_the_register_says(app):
    page = Browser(app, "pupil").get("/cabinet/profile").data.decode()
    assert "İsmayılova Şəhla0" in page and "0 nömrəli məktəb" in page and "9" in page
