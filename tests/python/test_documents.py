"""Documents of applications: looked at by a command before they are stored."""

import edu
import pytest
from world import World, data

PDF = b"%PDF-1.7\n"
# Good unless there is a virus in it; not there to be asked while the file `away` is.
SCANNER = """cat >'{0}/looked-at'; [ ! -e '{0}/away' ] || exit 2
[ "$1" = application/pdf ] && ! grep -q virus '{0}/looked-at'"""


@pytest.fixture
def bus(tmp_path):
    world = World(tmp_path, scanner=SCANNER.format(tmp_path))
    for kind, name in (("calendar", "calendars/az"), ("service", "services/school_bus")):
        getattr(world.operator, kind).publish(data(f"{name}.json"))
    yield world
    world.close()


def test_a_command_refuses_accepts_and_may_be_away(bus, tmp_path):
    offering = bus.pupil.offering.list({"service": "school_bus"})[0].id
    draft = bus.pupil.draft.save(None, offering, None, {}, None)
    with pytest.raises(edu.Invalid) as refused:
        bus.pupil.draft.attach(None, draft, "help", "a.pdf", PDF + b"a virus")
    assert refused.value.key == "request.document_refused"
    (tmp_path / "away").touch()
    with pytest.raises(edu.Busy) as away:
        bus.pupil.draft.attach(None, draft, "help", "a.pdf", PDF)
    assert away.value.key == "request.document_unscanned" and away.value.retryable
    assert bus.pupil.draft.get(None, draft).documents == []
    (tmp_path / "away").unlink()
    bus.pupil.draft.attach(None, draft, "help", "a.pdf", PDF + b"nothing")
    assert (tmp_path / "looked-at").read_bytes() == PDF + b"nothing"
    assert len(bus.pupil.draft.get(None, draft).documents) == 1
