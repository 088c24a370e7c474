"""References as a caller sees them."""

import json

import edu
import pytest
from command import run_edu
from world import data


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
    assert waiting.request == asked.request == desk.clerk.reference.find(asked.request.lower()).request
    assert asked.request.startswith("A-")
    with pytest.raises(edu.NotFound):
        desk.pupil.reference.find("A-2026-999999")
    bring(desk, 40)
    [record] = desk.clerk.reference.matches(waiting.person_id, waiting.type)
    desk.clerk.reference.issue(waiting.person_id, waiting.id, record.id)
    assert desk.pupil.reference.list(None)[0].state == "issued"
    with pytest.raises(edu.State):
        desk.clerk.reference.refuse(waiting.person_id, waiting.id, "too late")


def test_a_clerk_asks_for_somebody(desk):
    bring(desk, 52)
    whose = desk.pupil.account.identity().person_id
    made = desk.clerk.reference.request(whose, "diagnostic_assessment_result", None)
    assert (made.state, made.made_as) == ("issued", "clerk")
    assert [one.made_as for one in desk.pupil.reference.list(None)] == ["clerk"]


def test_a_type_never_seen_before(desk, tmp_path):
    """A register and a type made up here, from publishing to the paper that anyone checks."""
    store = f"sqlite:{desk.folder}/portal.db"
    register = {
        "register": "volunteering", "title": {"az": "Könüllülük", "en": "Volunteering"},
        "columns": [
            {"name": "project", "title": {"az": "Layihə", "en": "Project"}, "kind": "text"},
            {"name": "hours", "title": {"az": "Saat", "en": "Hours"}, "kind": "integer",
             "least": 1, "most": 5000}],
        "key": ["project"]}
    kind = {
        "reference": "volunteer", "register": "volunteering",
        "title": {"az": "Könüllülük arayışı", "en": "Reference of volunteering"},
        "summary": {"az": "Könüllü fəaliyyətinizi təsdiq edir.", "en": "Confirms volunteering."},
        "validity": {"days": 30},
        "text": {"az": "{holder} «{project}» layihəsində {hours} saat könüllü işləyib.",
                 "en": "{holder} gave {hours} hours to {project}."},
        "fields": ["project", "hours"], "qr": ["hours"]}

    def edu_publish(name, document):
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        return run_edu("publish", name, path, "--store", store)

    early = edu_publish("reference", kind)
    assert early.returncode == 1 and "no such register" in early.stderr
    assert "version 1" in edu_publish("register", register).stdout
    assert "version 1" in edu_publish("reference", kind).stdout
    assert "version 1" in edu_publish("reference", kind).stdout
    wrong = edu_publish("reference", kind | {"qr": ["shoes"]})
    assert wrong.returncode == 1 and "/qr/0" in wrong.stderr
    rows = tmp_path / "rows.csv"
    rows.write_text("number;project;hours\r\nPUP0000;Təmiz Xəzər;x\r\nNOBODY1;a;9\r\n",
                    encoding="utf-8-sig")
    told = run_edu("import", "volunteering", rows, "--store", store)
    assert told.returncode == 1 and "line 2" in told.stderr and "line 3" in told.stderr
    rows.write_text("number;project;hours\r\nPUP0000;Təmiz Xəzər;40\r\n", encoding="utf-8-sig")
    assert run_edu("import", "volunteering", rows, "--store", store).returncode == 0
    made = desk.pupil.reference.request(None, "volunteer", None)
    assert (made.state, made.validity) == ("issued", "valid") and made.expires
    paper = desk.pupil.certificate.get(None, made.number)
    file = desk.pupil.certificate.file(None, made.number, "json").content.decode()
    with desk.portal.session("en") as visitor:
        for text in (paper.qr, file):
            verdict = visitor.certificate.check(text)
            assert (verdict.status, verdict.expires) == ("valid", made.expires)
    assert "Təmiz Xəzər" in file


def test_a_clerk_sees_what_it_could_be_made_of_and_refuses(desk):
    made = desk.pupil.reference.request(None, "diagnostic_assessment_result", None)
    assert (made.state, list(desk.pupil.reference.matches(None, made.type))) == ("waiting", [])
    bring(desk, 52)
    assert [one.data["total"] for one in desk.pupil.reference.matches(None, made.type)] == ["52.00"]
    [waiting] = desk.clerk.reference.worklist()
    desk.clerk.reference.refuse(waiting.person_id, waiting.id, "Ask for the one of 2025")
    [refused] = desk.pupil.reference.list(None)
    assert (refused.state, refused.reason) == ("refused", "Ask for the one of 2025")
    assert not desk.clerk.reference.worklist()
