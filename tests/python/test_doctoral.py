"""Doctoral admission as a caller sees it, from publication to the end, on both engines."""

import datetime

import edu
import pytest
from applicants import Applicants, fails
from world import data, minutes, now

BIRTH = datetime.date(1995, 1, 1)
COUNT = 7
# Points in the language; the fourth does not pass.
LANGUAGE = (90, 80, 70, 40)
PDF = b"%PDF-1.7\nof the tests"
FORM = {"phone": "+994 50 123 45 67", "degree": "master", "diploma_year": 2024, "language": "en",
        "topic": "Light in thin films", "concession": "none"}


class Admission(Applicants):
    """The speciality, its two kinds of places, a panel of three, and who applies."""

    def __init__(self, world):
        world.operator.calendar.publish(data("calendars/az.json"))
        world.operator.service.publish(data("services/doctoral.json"))
        super().__init__(world, "PHD", COUNT + 3, BIRTH)
        self.physics = self.offer("physics", places=-1)
        self.funded = self.offer("funded", round="physics", places=1)
        self.paid = self.offer("paid", round="physics", places=1)
        world.clerk.tuition.put(self.funded, "year", 0)
        world.clerk.tuition.put(self.paid, "year", 450000)
        world.operator.payment.key_add("k1", "hmac-sha256", b"the secret of the tests' bank, 32+ bytes")

    def offer(self, code, closes=None, **more):
        return self.clerk.offering.put({
            "service": "doctoral", "code": code, "title": {"az": code, "en": code},
            "institution": "S0", "opens": now() - minutes(60), "closes": closes or now() + minutes(60),
            "is_published": True, "by_round": True, **more})

    def draft(self, index, kinds=("identity", "diploma", "proposal"), application=None, **more):
        session = self.sessions[index]
        draft = session.draft.save(None, self.physics, application, {**FORM, **more},
                                   [self.funded, self.paid])
        for kind in kinds:
            session.draft.attach(None, draft, kind, "file.pdf", PDF)
        return draft

    def apply(self, index, **more):
        return self.sessions[index].request.submit(None, self.draft(index, **more)).id

    def state(self, index, application):
        return self.sessions[index].request.get(None, application).state

    def examine(self, ids):
        for index, application in enumerate(ids):
            person = self.people[index]
            self.clerk.score.put(person, application, "language", {"points": LANGUAGE[index]})
            self.clerk.score.put(person, application, "philosophy", {"points": "75"})
        members = range(COUNT, COUNT + 3)
        for member in members:
            self.clerk.panel.put(self.physics, self.people[member], True)
        assert self.clerk.panel.assign(self.physics).lacking == 0
        for member in members:
            for work in self.sessions[member].panel.works():
                self.score(member, work.work_id, {"questions": 45, "proposal": 30})

    def score(self, member, work, values):
        self.sessions[member].panel.score(work, values, None)

    def settle_results(self, ids):
        """Announced, and appealed by everybody: so that nobody has to wait for days."""
        self.clerk.request.bulk([{"person_id": self.people[i], "id": one} for i, one in enumerate(ids)],
                                "announce", None, False)
        for index, application in enumerate(ids):
            self.sessions[index].request.act(None, application, "appeal", "I should like to know why", None)
            self.act(index, application, "decide", "It was right")

    def place(self, ids):
        self.examine(ids)
        self.settle_results(ids)
        self.offer("physics", closes=now(), places=-1)
        self.clerk.round.propose(self.physics, None)
        with pytest.raises(edu.Denied):
            self.clerk.round.confirm(self.physics)
        self.second.round.confirm(self.physics)

@pytest.fixture
def admission(world_on_each):
    made = Admission(world_on_each)
    yield made
    made.close()


def test_from_documents_to_enrolment(admission):
    ids = [admission.apply(i) for i in range(4)]
    for index, application in enumerate(ids):
        admission.act(index, application, "admit")
    start = now() + datetime.timedelta(days=5)
    for kind, days in (("language", 0), ("philosophy", 1), ("speciality", 2)):
        admission.clerk.slot.put({"offering_id": admission.physics, "kind": kind, "minutes": 120,
                                  "starts": start + datetime.timedelta(days=days), "venue": "Hall 1",
                                  "places": 10})
        assert admission.clerk.slot.fill(admission.physics, kind, "admitted").given == 4
    own = admission.sessions[0].slot.of(None, ids[0])
    assert [one.kind for one in own] == ["language", "philosophy", "speciality"]
    assert own[0].venue == "Hall 1" and own[0].places == 0
    fails(edu.State, "round.no_result", admission.sessions[0].round.result, None, ids[0])
    admission.place(ids)
    states = [admission.state(i, one) for i, one in enumerate(ids)]
    assert states == ["offered", "offered", "reserve", "not_passed"]
    best = admission.sessions[0].round.result(None, ids[0])
    assert (best.place, best.given, best.choice, best.scores[2]["score"]) == (1, "funded", 1, "75")
    admission.sessions[0].request.act(None, ids[0], "accept", None, None)
    assert admission.state(0, ids[0]) == "enrolled"
    assert admission.sessions[0].tuition.get(None, ids[0]).invoice_id is None
    # The second declines, and the third has the paid place.
    admission.sessions[1].request.act(None, ids[1], "decline", None, None)
    admission.sessions[2].request.act(None, ids[2], "accept", None, None)
    assert admission.state(2, ids[2]) == "to_pay"
    fails(edu.Denied, "workflow.not_by_you", admission.act, 2, ids[2], "pay")
    fails(edu.NotFound, "payment.not_found", admission.sessions[0].payment.get, admission.people[2],
          admission.sessions[2].tuition.get(None, ids[2]).invoice_id)
    admission.pay(2, ids[2])
    assert admission.state(2, ids[2]) == "enrolled"
    titles = [one.action for one in edu.pages(admission.sessions[2].request.timeline, None, ids[2])]
    assert titles == ["apply", "admit", "announce", "appeal", "decide", "offer", "offer_next", "accept",
                      "bill", "pay"]


def test_what_goes_wrong_on_the_way(admission):
    incomplete = admission.draft(2, kinds=("identity",))
    fails(edu.Invalid, "request.document_missing", admission.sessions[2].request.submit, None, incomplete)
    mine = admission.apply(0)
    fails(edu.Conflict, "application.already", admission.apply, 0)
    admission.act(0, mine, "return", None, [{"field": "/documents/diploma", "text": "Unreadable"}])
    corrected = admission.draft(0, kinds=(), application=mine)
    given = admission.sessions[0].draft.get(None, corrected)
    assert given.corrections[0]["text"] == "Unreadable" and len(given.documents) == 3
    admission.sessions[0].request.submit(None, corrected)
    admission.act(0, mine, "refuse", "No diploma of a university")
    admission.act(0, mine, "reopen", "It was on the second page")
    admission.act(0, mine, "admit")
    fails(edu.State, "round.unscored", admission.act, 0, mine, "announce")
    admission.act(0, mine, "miss")
    assert admission.state(0, mine) == "absent"
    admission.act(0, mine, "excuse", "In hospital that day")
    admission.sessions[0].request.act(None, mine, "withdraw", None, None)
    assert admission.state(0, mine) == "withdrawn"
    # Somebody else's is not found; who comes late is told so.
    fails(edu.NotFound, "request.not_found", admission.sessions[1].request.get, admission.people[0], mine)
    late = admission.draft(1)
    admission.offer("physics", closes=now(), places=-1)
    fails(edu.State, "request.closed", admission.sessions[1].request.submit, None, late)
    child = admission.world.pupils[0]
    fails(edu.NotFound, "request.not_found", admission.sessions[1].draft.save, child, admission.physics,
          None, FORM, None)
