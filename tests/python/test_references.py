"""References as a caller sees them."""

import json

import edu
import pytest
from command import ROOT


def data(name):
    return json.loads((ROOT / "examples/data" / name).read_text(encoding="utf-8"))


@pytest.fixture
def desk(world):
    world.operator.service.publish(data("services/reference.json"))
    world.operator.register.publish(data("registers/diagnostic_assessment.json"))
    kind = data("references/diagnostic_assessment_result.json")
    assert world.operator.reference.publish(kind) == 1
    return world


def bring(world, points):
    csv = f"number,year,subject,total,maximum\nPUP0000,2026,Fizika,{points},60\n"
    world.operator.register.import_("diagnostic_assessment", csv.encode())


def test_at_once(desk):
    bring(desk, 52)
    with desk.portal.session("en") as visitor:
        assert [one.title for one in visitor.reference.types()] == [
            "Reference of a diagnostic assessment"]
    made = desk.pupil.reference.request(None, "diagnostic_assessment_result", None)
    assert made.state == "issued"
    paper = desk.pupil.certificate.get(None, made.number)
    with desk.portal.session("en") as visitor:
        verdict = visitor.certificate.check(paper.qr)
    assert verdict.status == "valid"
    assert verdict.fields["total"] == "52.00"
    assert [one.number for one in desk.pupil.reference.list(None)] == [made.number]
    assert desk.pupil.reference.request(None, "diagnostic_assessment_result",
                                        None).number == made.number


def test_by_a_clerk(desk):
    asked = desk.pupil.reference.request(None, "diagnostic_assessment_result", None)
    assert (asked.state, asked.number) == ("waiting", None)
    [waiting] = desk.clerk.reference.worklist()
    bring(desk, 40)
    [record] = desk.clerk.reference.matches(waiting.person_id, waiting.type)
    desk.clerk.reference.issue(waiting.person_id, waiting.id, record.id)
    assert desk.pupil.reference.list(None)[0].state == "issued"
    with pytest.raises(edu.State):
        desk.clerk.reference.refuse(waiting.person_id, waiting.id, "too late")
