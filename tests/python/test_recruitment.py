"""Recruitment from the announcement to the appointment, as a caller sees it, on both engines; with what goes
wrong on the way."""

import contextlib
import datetime
import sqlite3
import subprocess

import edu
import pytest
from applicants import Applicants
from world import PASSWORD, csv, data, minutes, now

COUNT = 9
FIRST, DECLINES, MOVES_UP, FOLLOWS, LEAVES, REFUSED, MISSES_TEST, MISSES_INTERVIEW, LATE = range(COUNT)
WANTED = {FIRST: [0], DECLINES: [1, 0], MOVES_UP: [1, 2], FOLLOWS: [2], LEAVES: [0], REFUSED: [0],
          MISSES_TEST: [0], MISSES_INTERVIEW: [0], LATE: [0]}
POINTS = {FIRST: 95, DECLINES: 90, MOVES_UP: 80, FOLLOWS: 70, MISSES_INTERVIEW: 99, REFUSED: 50}


class Recruitment(Applicants):
    def __init__(self, world):
        super().__init__(world, "CAN", COUNT, datetime.date(1990, 1, 1))
        world.operator.calendar.publish(data("calendars/az.json"))
        world.operator.service.publish(data("services/recruitment.json"))
        self.closes = now() + minutes(60)
        self.competition = self.offer("autumn", places=-1)
        self.vacancies = [self.offer(f"v{i}", round="autumn", places=1) for i in range(3)]
        self.ids = {}

    def offer(self, code, **more):
        return self.world.clerk.offering.put({
            "service": "recruitment", "code": code, "title": {"az": code, "en": code}, "institution": "S0",
            "opens": now() - minutes(60), "closes": self.closes, "is_published": True, "by_round": True,
            **more})

    def close(self):
        self.closes = now()
        self.offer("autumn", places=-1)

    def draft(self, who):
        session = self.sessions[who]
        draft = session.draft.save(None, self.competition, None, {
            "phone": "+994 50 123 45 67", "education": "master", "speciality": "Welding",
            "years_of_work": who, "exam_region": "BA"}, [self.vacancies[i] for i in WANTED[who]])
        session.draft.attach(None, draft, "diploma", "diplom.pdf", b"%PDF-1.7\n")
        return draft

    def apply(self, who):
        self.ids[who] = self.sessions[who].request.submit(None, self.draft(who)).id

    def act(self, who, action, reason=None, by=None):
        (by or self.world.clerk).request.act(self.people[who], self.ids[who], action, reason, None)

    def earlier(self, count):
        """As if so many minutes had gone by for the sittings."""
        change = f"UPDATE sitting SET starts = starts - {count * 60_000_000}"
        if self.world.store.startswith("sqlite:"):
            with contextlib.closing(sqlite3.connect(self.world.store[7:])) as store:
                store.execute(change)
                store.commit()
        else:
            subprocess.run(["psql", "-q", self.world.store, "-c", change], check=True)

    def state(self, who):
        return self.sessions[who].request.get(None, self.ids[who])


def seats(recruitment, starts):
    world = recruitment.world
    sitting = world.clerk.sitting.put({"offering_id": recruitment.competition, "kind": "test",
                                       "starts": starts, "minutes": 1})
    world.clerk.sitting.freeze(sitting, None)
    allocation = world.clerk.sitting.allocate(sitting)
    with pytest.raises(edu.Denied) as alone:
        world.clerk.sitting.confirm(allocation)
    assert alone.value.key == "sitting.same_person"
    world.clerk2.sitting.confirm(allocation)
    return sitting


def interview(recruitment):
    world = recruitment.world
    panel = []
    for i in range(3):
        world.operator.account.create(world.pupils[10 + i], f"panel{i}", PASSWORD)
        world.clerk.panel.put(recruitment.competition, world.pupils[10 + i], True)
        panel.append(world.portal.sign_in(f"panel{i}", PASSWORD))
    world.clerk.panel.assign(recruitment.competition)
    for member in panel:
        for work in member.panel.works():
            member.panel.score(work.work_id, {"subject": 25, "teaching": 25, "speech": 10}, None)
        member.close()


def test_from_the_announcement_to_the_appointment(world_on_each):
    world = world_on_each
    r = Recruitment(world)
    for who in range(LATE):
        r.apply(who)
    with pytest.raises(edu.Conflict):
        r.sessions[FIRST].request.submit(None, r.draft(FIRST))
    r.act(REFUSED, "refuse", "Not of this speciality")
    for who in range(LATE):
        if who != REFUSED:
            r.act(who, "admit")
    r.act(LEAVES, "withdraw", by=r.sessions[LEAVES])
    late = r.draft(LATE)
    r.close()
    with pytest.raises(edu.State):
        r.sessions[LATE].request.submit(None, late)

    sitting = seats(r, now() + minutes(60))
    seat = r.sessions[FIRST].sitting.seat(None, r.ids[FIRST])
    assert (seat.sitting_id, seat.subject_title, seat.title) == (sitting, "Test", "autumn")
    slip = r.sessions[FIRST].sitting.slip(None, r.ids[FIRST])
    assert slip.content.startswith(b"%PDF")
    verdict = edu.Record(edu.verify(seat.qr, world.portal.session().portal.public_keys()))
    assert (verdict.status, verdict.type) == ("valid", "sitting.slip")
    with pytest.raises(edu.NotFound):
        r.sessions[FIRST].sitting.seat(None, r.ids[LEAVES])
    with pytest.raises(edu.State) as early:
        world.clerk.sitting.attend(sitting, r.people[MISSES_TEST], False)
    assert early.value.key == "sitting.not_begun"
    r.earlier(60)
    world.clerk.sitting.attend(sitting, r.people[MISSES_TEST], False)
    listed = {entry.person_id: entry.attendance for centre in ("C1", "C2")
              for entry in edu.pages(world.clerk.sitting.attendance, sitting, centre)}
    assert listed[r.people[MISSES_TEST]] == "absent" and listed[r.people[FIRST]] is None
    assert r.people[LEAVES] not in listed
    r.earlier(1)
    world.clerk.sitting.close(sitting)
    assert r.state(MISSES_TEST).state == "absent"

    r.act(REFUSED, "ask_review", "It is on the second page", by=r.sessions[REFUSED])
    r.act(REFUSED, "let_in", "It is")
    r.act(MISSES_TEST, "ask_review", "I forgot", by=r.sessions[MISSES_TEST])
    r.act(MISSES_TEST, "uphold", "No good reason")
    second = seats(r, now() + minutes(60))
    assert r.sessions[REFUSED].sitting.seat(None, r.ids[REFUSED]).sitting_id == second
    assert [one.waiting for one in world.clerk.sitting.list(r.competition)] == [0, 0]

    rows = [(f"CAN000{who}", points) for who, points in POINTS.items()]
    world.clerk.score.import_(r.competition, "test", csv("number,points", *rows))
    r.act(MISSES_INTERVIEW, "no_show")
    interview(r)
    world.clerk.round.propose(r.competition, None)
    world.clerk2.round.confirm(r.competition)
    assert r.state(REFUSED).state == "not_passed"
    assert r.state(MISSES_INTERVIEW).state == "absent"
    assert (r.state(MOVES_UP).state, r.state(MOVES_UP).offering_id) == ("offered", r.vacancies[2])
    assert r.state(FOLLOWS).state == "reserve"
    r.act(DECLINES, "decline", by=r.sessions[DECLINES])
    assert r.state(MOVES_UP).offering_id == r.vacancies[1]
    assert (r.state(FOLLOWS).state, r.state(FOLLOWS).offering_id) == ("offered", r.vacancies[2])
    for who in (FIRST, MOVES_UP, FOLLOWS):
        r.act(who, "accept", by=r.sessions[who])
        r.act(who, "appoint")
        assert r.state(who).state == "appointed"
    for session in r.sessions:
        session.close()


def test_documents_of_a_vacancy(world):
    recruitment = Recruitment(world)
    licence = {"code": "licence", "title": {"az": "Vəsiqə", "en": "Licence", "ru": "Удостоверение"},
               "types": ["application/pdf"], "bytes_max": 100}
    with pytest.raises(edu.Invalid) as wrong:
        recruitment.offer("v1", round="autumn", places=1, documents=[{**licence, "types": ["text/plain"]}])
    assert (wrong.value.key, wrong.value.field) == ("offering.documents", "/documents/0/types/0")
    recruitment.offer("v1", round="autumn", places=1, documents=[licence])
    shown = recruitment.sessions[MOVES_UP].offering.get(recruitment.vacancies[1])
    assert [one["code"] for one in shown.asked] == ["diploma", "other", "licence"]
    session, draft = recruitment.sessions[MOVES_UP], recruitment.draft(MOVES_UP)
    fault = session.draft.check(None, draft).faults[0]
    assert fault["field"] == "/documents/licence" and fault["parameters"]["offerings"] == ["v1"]
    with pytest.raises(edu.Invalid, match="v1"):
        session.request.submit(None, draft)
    session.draft.attach(None, draft, "licence", "licence.pdf", b"%PDF-1.7\n")
    application = session.request.submit(None, draft).id
    recruitment.offer("v1", round="autumn", places=1)
    asked = session.request.get(None, application).asked
    assert [(one["code"], one["offerings"]) for one in asked][-1] == ("licence", ["v1"])
    recruitment.apply(DECLINES)
