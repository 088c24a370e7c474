"""What crosses between Python and the library: errors, values, memory, threads, processes."""

import datetime
import gc
import itertools
import os
import random
import threading
import time

import edu
import flat
import pytest
from command import IS_NIGHTLY
from world import CHEAP, PASSWORD, PUPIL_BIRTH, csv, now, open_portal

# ---- errors ----


def test_error_has_its_class_code_and_field(world):
    with pytest.raises(edu.Invalid) as raised:
        world.portal.sign_in(None, PASSWORD)
    assert raised.value.code == "invalid"
    assert raised.value.field == "/login"
    assert str(raised.value)
    assert isinstance(raised.value, edu.Error)
    assert raised.value.retryable is False


def test_every_status_has_a_class_of_its_own():
    names = set(edu.__dict__) - {"Error", "Page", "Portal", "Record", "Session"}
    classes = [
        value for name in names if isinstance(value := getattr(edu, name), type)
        and issubclass(value, edu.Error)
    ]
    assert len(set(classes)) == 18


def test_wrong_password_and_unknown_login_look_alike(world):
    with pytest.raises(edu.Unauthenticated) as wrong:
        world.portal.sign_in("pupil", "not the password")
    with pytest.raises(edu.Unauthenticated) as unknown:
        world.portal.sign_in("nobody", "not the password")
    assert vars(wrong.value) == vars(unknown.value)
    assert str(wrong.value) == str(unknown.value)


def test_import_error_has_its_line_and_nothing_is_imported(world):
    before = len(list(edu.pages(world.operator.account.pupils, None, None)))
    with pytest.raises(edu.Error) as raised:
        world.operator.account.import_pupils(
            csv("number,institution,grade", ("PUP0001", "S0", 8), ("PUP0002", "S0", 13))
        )
    assert raised.value.line == 3
    assert len(list(edu.pages(world.operator.account.pupils, None, None))) == before
    assert world.operator.account.find("PUP0001", PUPIL_BIRTH).grade == 9


def test_not_yours_is_not_found(world):
    _, sitting = world.open_season()
    with pytest.raises(edu.NotFound):
        world.pupil.account.person(world.pupils[1])
    with pytest.raises(edu.NotFound):
        world.pupil.olympiad.register(sitting, world.pupils[1])
    with pytest.raises(edu.Denied):
        world.pupil.sitting.freeze(sitting, None)
    with pytest.raises(edu.Unauthenticated):
        world.portal.session().application.list(None)


def test_unknown_function_is_an_attribute_error(world):
    with pytest.raises(AttributeError, match="no attribute .fly"):
        world.pupil.olympiad.fly()


# ---- values ----


@pytest.mark.parametrize(
    "value, error",
    [("a\0b", ValueError), (b"clerk", TypeError), (5, TypeError), (["clerk"], TypeError),
     ("\ud800", UnicodeEncodeError)],
)
def test_bad_texts_are_refused(world, value, error):
    with pytest.raises(error):
        world.portal.sign_in(value, PASSWORD)


@pytest.mark.parametrize("value", ["", "x" * 50, "no-uuid", "\0"])
def test_bad_identifiers_are_refused(world, value):
    with pytest.raises((edu.Invalid, ValueError)):
        world.clerk.account.person(value)


@pytest.mark.parametrize(
    "limit, error",
    [(1 << 40, OverflowError), (-(1 << 40), OverflowError), (1 << 80, OverflowError),
     (1.5, TypeError), ("1", TypeError), (None, TypeError)],
)
def test_bad_integers_are_refused(world, limit, error):
    with pytest.raises(error):
        world.clerk.sitting.centres(None, limit)


@pytest.mark.parametrize("limit", [-5, 0, 1, 2147483647, -2147483648])
def test_any_page_size_is_brought_within_bounds(world, limit):
    assert 1 <= len(world.clerk.sitting.centres(None, limit)) <= 2


@pytest.mark.parametrize("value", ["2014-01-01", 0, 20140101, object()])
def test_bad_dates_are_refused(world, value):
    with pytest.raises(TypeError):
        world.clerk.account.find("PUP0001", value)


def test_time_without_zone_is_refused(world):
    season, _ = world.open_season()
    with pytest.raises(ValueError):
        world.clerk.olympiad.season_window(season, datetime.datetime(2026, 1, 1), now())


@pytest.mark.parametrize("value", ["text", None, bytearray(b"x"), 5])
def test_files_are_bytes(world, value):
    with pytest.raises(TypeError):
        world.operator.account.import_regions(value)


def test_unknown_field_of_an_input_is_named_without_its_value():
    with pytest.raises(TypeError, match="edu_portal_options has no field 'pasword'") as raised:
        edu.Portal("sqlite:x", pasword="secret-value")
    assert "secret-value" not in str(raised.value)


def test_wrong_field_of_an_input_is_named_without_its_value():
    with pytest.raises(TypeError, match="^create: ") as raised:
        edu.Portal("sqlite:x", create="secret-value")
    assert "secret-value" not in str(raised.value)
    with pytest.raises(OverflowError, match="^utc_offset_minutes: "):
        edu.Portal("sqlite:x", utc_offset_minutes=1 << 40)


def nested(depth):
    value = {}
    for _ in range(depth):
        value = {"x": value}
    return value


def cyclic():
    value = {}
    value["x"] = value
    return value


@pytest.mark.parametrize(
    "value, error",
    [(nested(100), ValueError), (cyclic(), ValueError), ({"x": float("nan")}, ValueError),
     ({"x": 1 << 64}, OverflowError), ({1: 2}, TypeError), ({"x": object()}, TypeError),
     ({"a\0b": 1}, TypeError), ("text", edu.Invalid), ({}, edu.Invalid), (None, edu.Invalid)],
)
def test_bad_json_is_refused(world, value, error):
    with pytest.raises(error):
        world.operator.service.publish(value)


def test_records_are_dicts_with_attributes(world):
    person = world.clerk.account.person(world.pupils[0])
    assert person["id"] == person.id == world.pupils[0]
    assert person.patronymic is None
    with pytest.raises(AttributeError):
        person.shoe_size


def test_pages_go_through_all_and_keep_their_order(world):
    everybody = [person.id for person in edu.pages(world.clerk.account.pupils, None, None)]
    assert sorted(everybody) == sorted(world.pupils)
    for size in (1, 3, world.count, world.count + 1):
        assert [
            person.id for person in edu.pages(world.clerk.account.pupils, None, None, limit=size)
        ] == everybody
    page = world.clerk.account.pupils(None, None, None, 3)
    assert len(page) == 3 and page.next
    with pytest.raises(edu.Invalid):
        world.clerk.account.pupils(None, None, page.next + "x", 3)


def test_texts_follow_the_session_language(world):
    season, _ = world.open_season()
    with world.portal.session("az") as session:
        assert session.olympiad.season(season).title == "Riyaziyyat"
        session.set_language("en")
        assert session.olympiad.season(season).title == "Mathematics"


# ---- memory ----


def make_family(folder):
    """A portal and what comes of it; each with a way to use it while others are gone."""
    portal = open_portal(folder)
    session = portal.session("en")
    iterator = edu.pages(session.olympiad.seasons, limit=1)
    first = next(iterator)
    page = session.olympiad.seasons(limit=2)
    return {"portal": (portal, lambda it: it.session().close()),
            "session": (session, lambda it: len(it.olympiad.seasons()) == 4),
            "module": (portal.session("en").olympiad, lambda it: len(it.seasons()) == 4),
            "iterator": (iterator, lambda it: next(it, None)),
            "page": (page, lambda it: it[1].title and it.next),
            "record": (first, lambda it: it.title + it["code"])}


def open_handles():
    # Not isinstance, which asks objects of others for a class of their own.
    return {id(one) for one in gc.get_objects() if issubclass(type(one), (edu.Portal, edu.Session))}


def use_all(family):
    for it, use in family.values():
        use(it)


@pytest.fixture
def seasons(world):
    for code in "abcd":
        world.open_season(f"2026-{code}")
    return world


ORDERS = list(itertools.permutations(["portal", "session", "module", "iterator", "page", "record"]))


@pytest.mark.parametrize("is_elsewhere", [False, True])
def test_children_outlive_parents_in_any_order(seasons, is_elsewhere):
    """is_elsewhere: the last hold of each is let go of in another thread."""
    before = open_handles()
    for order in ORDERS if IS_NIGHTLY else random.sample(ORDERS, 40):
        family = make_family(seasons.folder)
        for name in order:
            if is_elsewhere:
                thread = threading.Thread(target=[family.pop(name)].clear)
                thread.start()
                thread.join()
            else:
                del family[name]
            gc.collect(0)
            use_all(family)
    # All is let go of, whoever held whom.
    gc.collect()
    assert open_handles() <= before


def test_what_holds_each_other_is_let_go_of(seasons):
    """A cycle of Python's around a session: collected as a whole, in an order that nobody chooses."""
    for _ in range(20):
        session = open_portal(seasons.folder).session()
        session_page = session.olympiad.seasons(limit=1)
        ring = {"session": session, "page": session_page, "next": edu.pages(session.olympiad.seasons, limit=1)}
        next(ring["next"])
        ring["ring"] = session_page.ring = ring
        del session, session_page, ring
    assert gc.collect() >= 20


def test_closed_session_is_refused(world):
    session = world.portal.session()
    session.close()
    with pytest.raises((TypeError, ValueError, edu.Invalid)):
        session.olympiad.seasons()


def test_memory_stays_flat_when_failing(world):
    def fail():
        for call in (
            lambda: world.clerk.account.person("0" * 8),
            lambda: world.pupil.account.person(world.pupils[1]),
            lambda: world.clerk.olympiad.season_create({"code": "x", "title": {"en": "x"}, "y": 1}),
            lambda: world.operator.service.publish({"x": [1, 2, {"y": "z"}]}),
            lambda: edu.Portal("sqlite:/nowhere/at/all", **CHEAP),
        ):
            with pytest.raises((edu.Error, TypeError)):
                call()

    flat.hold("what fails", fail)


def test_memory_stays_flat_when_opening(world):
    token = world.pupil.token

    def open_another():
        with open_portal(world.folder) as portal:
            portal.session().close()

    for name, call in (("portal", open_another), ("session", lambda: world.portal.session("en").close()),
                       ("resume", lambda: world.portal.resume(token).close()),
                       ("sign_in", lambda: world.portal.sign_in("pupil", PASSWORD).close()),
                       ("operator", lambda: world.portal.operator().close())):
        flat.hold(name, call)


def test_memory_stays_flat_where_attempts_are_counted(world):
    account, certificate = world.pupil.account, world.pupil.certificate
    for name, call in (("AccountModule.recover", lambda: account.recover("pupil")),
                       ("AccountModule.recover_finish", lambda: account.recover_finish("pupil", "1234567", PASSWORD)),
                       ("AccountModule.activate", lambda: account.activate("pupil", "1234567")),
                       ("CertificateModule.find", lambda: certificate.find("none", PUPIL_BIRTH, "192.0.2.1")),
                       ("CertificateModule.find_file",
                        lambda: certificate.find_file("none", PUPIL_BIRTH, "192.0.2.1", "pdf"))):
        flat.hold(name, call)
        assert name in flat.COUNTED
    assert len(flat.COUNTED) == 5


# ---- threads and processes ----


def test_other_threads_run_during_a_call(world):
    """While one thread is inside a slow call, this one goes on counting."""
    rows = [(f"Q{i:06}"[:7], "A", "B", "2000-01-01") for i in range(20000)]
    data = csv("number,given,family,birth", *rows)
    thread = threading.Thread(target=world.operator.account.import_persons, args=[data])
    ticks = 0
    thread.start()
    while thread.is_alive():
        time.sleep(0.001)
        ticks += 1
    thread.join()
    assert ticks > 20


def test_many_threads_register_at_once(world):
    _, sitting = world.open_season()
    made, problems = [], []

    def register(persons):
        try:
            with world.portal.sign_in("clerk", PASSWORD) as session:
                made.extend(session.olympiad.register(sitting, person) for person in persons)
        except edu.Error as problem:
            problems.append(problem)

    threads = [
        threading.Thread(target=register, args=[world.pupils[i::4]]) for i in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert len(set(made)) == world.count


def test_portal_opened_before_fork_is_refused_in_the_child(world):
    season, _ = world.open_season()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            world.clerk.olympiad.season(season)
        except edu.State:
            code = 0
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert world.clerk.olympiad.season(season).id == season


def test_child_of_a_fork_opens_its_own(world):
    world.open_season()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            with open_portal(world.folder) as portal, portal.session() as session:
                code = 0 if len(session.olympiad.seasons()) == 1 else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert world.clerk.olympiad.seasons()


def test_names_are_put_in_the_order_of_their_alphabet():
    names = ["Xəlilov", "Əliyev", "əhmədov", "Çələbi", "Cəfərov", "İbrahimov", "Ilqar", "Eyvazov"]
    assert sorted(names, key=lambda name: edu.sort_key("az", name)) == [
        "Cəfərov", "Çələbi", "Eyvazov", "əhmədov", "Əliyev", "Xəlilov", "Ilqar", "İbrahimov"]
    assert edu.sort_key("az", "İLHAM") == edu.sort_key("az", "ilham") != edu.sort_key("az", "Ilham")
    assert edu.sort_key(None, "a") < edu.sort_key(None, "B")
    with pytest.raises(edu.Limit):
        edu.sort_key("az", "ə" * 70000)


def test_version_is_the_library_s():
    assert edu.version().count(".") == 2


# ---- matching ----


def test_matches_applicants_to_places_from_files():
    choices = csv("applicant,choice,place,priority", ("x", 1, "a", 2), ("x", 2, "b", 1),
                  ("y", 1, "a", 1))
    places = csv("place,capacity", ("a", 1), ("b", 1))
    outcome = edu.match(choices, places, None, False)
    assert outcome.csv == "applicant,place\nx,b\ny,a\n"
    assert (outcome.applicants, outcome.matched, outcome.first) == (2, 2, 1)
    with pytest.raises(edu.Invalid) as raised:
        edu.match(choices, csv("place,capacity", ("a", 1)), None, False)
    assert (raised.value.field, raised.value.line) == ("/applicants/place", 3)


def test_a_group_has_a_quota():
    choices = csv("applicant,choice,place,priority,groups", ("x", 1, "a", 1, ""),
                  ("y", 1, "a", 2, "need"), ("z", 1, "a", 3, ""))
    places = csv("place,capacity,quotas,unfilled", ("a", 2, "need=1", ""))
    outcome = edu.match(choices, places, None, False)
    assert (outcome.csv, outcome.reserved) == ("applicant,place\nx,a\ny,a\nz,\n", 1)
    assert edu.match_verify(choices, places, None, False, outcome.csv.encode()) is None
    kept = csv("place,capacity,quotas,unfilled", ("a", 2, "need=2", "kept"))
    assert edu.match(choices, kept, None, False).matched == 1
    with pytest.raises(edu.Invalid) as raised:
        edu.match_verify(choices, kept, None, False, outcome.csv.encode())
    assert raised.value.key == "match.over_quota"


def test_a_matching_is_checked_from_files():
    choices = csv("applicant,choice,place", ("x", 1, "a"), ("y", 1, "a"))
    places = csv("place,capacity", ("a", 1))
    matched = edu.match(choices, places, "5eed", False).csv
    assert edu.match_verify(choices, places, "5eed", False, matched.encode()) is None
    nobody = b"applicant,place\nx,\ny,\n"
    with pytest.raises(edu.Invalid) as raised:
        edu.match_verify(choices, places, "5eed", False, nobody)
    assert raised.value.key == "match.unstable"
