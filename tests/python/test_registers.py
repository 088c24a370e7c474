"""Registers of education as a caller sees them."""

import json

import edu
import pytest
from command import ROOT
from world import PUPIL_BIRTH


@pytest.fixture
def registers(world):
    path = ROOT / "examples/data/registers/diagnostic_assessment.json"
    assert world.operator.register.publish(json.loads(path.read_text(encoding="utf-8"))) == 1
    return world


def test_a_record_from_import_to_correction(registers):
    operator = registers.operator
    csv = "number,year,subject,total,maximum\nPUP0000,2026,Fizika,52.5,60\n"
    report = operator.register.import_("diagnostic_assessment", csv.encode())
    assert (report.read, report.added) == (1, 1)
    with registers.portal.session("en") as visitor:
        assert [one.title for one in visitor.register.list()] == ["Diagnostic assessment"]
    [record] = registers.pupil.register.records(None)
    assert record.data == {"year": "2026", "subject": "Fizika", "total": "52.50",
                           "maximum": "60.00"}
    assert record.shown[1]["value"] == "Fizika"
    which = record.person_id, record.id
    registers.clerk.register.correct(*which, {"total": "53"}, "counted again")
    history = registers.clerk.register.history(*which)
    assert [(one.version, one.how, one.reason) for one in history] == [
        (2, "correction", "counted again"), (1, "import", None)]
    registers.clerk.register.end(*which, "of another person")
    assert not registers.pupil.register.records(None)[0].is_current
    with pytest.raises(edu.NotFound):
        registers.pupil.register.correct(*which, {"total": "60"}, "better so")
    with pytest.raises(edu.Invalid) as raised:
        operator.register.import_("diagnostic_assessment", csv.replace("52.5", "many").encode())
    assert (raised.value.field, raised.value.line) == ("/total", 2)


def test_a_file_is_looked_at_before_it_is_brought_and_listed_afterwards(registers):
    operator = registers.operator
    lines = "number,year,subject,total,maximum\nPUP0000,2026,Fizika,many,60\nNONE,2026,Fizika,5,60\n"
    faults = list(edu.pages(operator.register.faults, "diagnostic_assessment", lines.encode()))
    assert [(one.line, one.field) for one in faults] == [(2, "/total"), (3, "/number")]
    assert not operator.register.files()
    operator.register.import_("diagnostic_assessment", lines.splitlines(True)[0].encode() +
                              b"PUP0000,2026,Fizika,52,60\n")
    [file] = operator.register.files()
    assert (file.code, file.by) == ("diagnostic_assessment", None)
    [found] = registers.clerk.register.find("PUP0000", PUPIL_BIRTH)
    assert found.data["total"] == "52.00"
    with pytest.raises(edu.NotFound):
        registers.clerk.register.find("PUP0000", PUPIL_BIRTH.replace(year=2013))
