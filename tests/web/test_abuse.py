"""What a visitor tries again and again, or with something else behind it."""

import gzip
import io
import re
import resource
import zipfile

import edu
import pytest
from test_protection import Browser
from world import PASSWORD, PUPIL_BIRTH

MIB = 1 << 20
BIRTH = {"birth_day": PUPIL_BIRTH.day, "birth_month": PUPIL_BIRTH.month, "birth_year": PUPIL_BIRTH.year}


def looks(answer):
    """What a visitor can tell by, without what is another each time, and without what they typed."""
    text = re.sub(r'name="(csrf_token|key|kept)" value="[^"]*"|nonce-[\w-]+|[?&]next=[^"]*', "", answer.data.decode())
    text = re.sub(r'(name="(?:login|number)"[^>]*) value="[^"]*"', r"\1", text)
    return answer.status_code, re.sub(r'value="(?:pupil1?|nobody|PUP0\d+|ZZZ9\d+)"', "", text)


@pytest.mark.parametrize("path, there, not_there", [
    ("/sign-in", {"login": "pupil", "password": "a wrong password"}, {"login": "nobody", "password": "a wrong password"}),
    ("/recover", {"login": "pupil"}, {"login": "nobody"}),
    ("/activate", {"login": "pupil", "code": "12345678"}, {"login": "nobody", "code": "12345678"}),
    ("/verify", {"way": "number", "number": "0000-0000-0000-0000", **BIRTH}, {"way": "number", "number": "1111-1111-1111-1111", **BIRTH}),
    ("/appeals/follow", {"number": "M-2026-000001", "code": "AAAA-AAAA-AAAA-AAAA"},
     {"number": "M-2026-999999", "code": "AAAA-AAAA-AAAA-AAAA"}),
])
def test_who_is_there_looks_like_who_is_not(app, world, path, there, not_there):
    world.pupil.appeal.submit({"category": "building", "text": "Dam axır."})
    first, second = Browser(app).send(path, **there), Browser(app).send(path, **not_there)
    assert first.headers.get("Location", "").replace("pupil", "") == second.headers.get("Location", "").replace("nobody", "")
    typed = re.compile("|".join(map(re.escape, sorted({str(one) for one in (*there.values(), *not_there.values())}, key=len, reverse=True))))
    assert [typed.sub("", str(one)) for one in looks(first)] == [typed.sub("", str(one)) for one in looks(second)]


def test_guesses_wait(app, world):
    world.operator.account.create(world.pupils[3], "guessed", PASSWORD)
    codes = [Browser(app).send("/sign-in", login="guessed", password=f"guess {at}").status_code for at in range(15)]
    assert set(codes[:10]) == {400} and set(codes[10:]) <= {400, 429}
    right = Browser(app).send("/sign-in", login="guessed", password=PASSWORD)
    assert right.status_code in (400, 429)
    with pytest.raises(edu.Throttled):
        world.portal.sign_in("guessed", PASSWORD)


def test_what_is_packed_is_not_unpacked(app, world):
    """Half a gigabyte in half a megabyte: as a body, and as a file that is a form's, a certificate's or a document's."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    packed = gzip.compress(b"\0" * (512 * MIB), 1)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as files, files.open("word/document.xml", "w", force_zip64=True) as file:
        for _ in range(512):
            file.write(b" " * MIB)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    browser = Browser(app, "pupil")
    for path in ("/verify", "/api/v1/appeals"):
        answer = browser.client.post(path, data=packed, headers={"Content-Encoding": "gzip"}, content_type="application/json")
        assert 400 <= answer.status_code < 500, path
    for name, content in (("a.json", packed), ("a.pdf", bomb.getvalue()), ("a.docx", bomb.getvalue())):
        answer = browser.send("/verify", way="file", file=(io.BytesIO(content), name))
        assert answer.status_code == 400, name
    bus = world.clerk.offering.list({"service": "school_bus"})[0].id
    draft = world.pupil.draft.save(None, bus, None, {}, None)
    for name, content in (("a.pdf", bomb.getvalue()), ("a.docx", bomb.getvalue()), ("a.png", packed)):
        with pytest.raises(edu.Invalid) as refused:
            world.pupil.draft.attach(None, draft, "help", name, content)
        assert refused.value.key == "request.document_type"
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - max(before, after)
    assert grown < 100 * 1024, f"{grown >> 10} MiB more"


def test_a_forged_callback_changes_nothing(app, world):
    count = len(world.operator.payment.differences(True))
    for signature in (None, "", "0" * 64, "kid=1,signature=AAAA", "a" * 4096):
        headers = {"X-Signature": signature} if signature is not None else {}
        answer = Browser(app).client.post("/payment/callback", data=b'{"event":"captured","order":"x","amount":100}', headers=headers)
        assert 400 <= answer.status_code < 500, signature
    assert len(world.operator.payment.differences(True)) == count


def test_a_key_with_other_content_is_refused(app):
    """As where a page is sent again, changed behind the visitor's back."""
    browser = Browser(app, "pupil")
    page = browser.get("/cabinet/appeals/new").data.decode()
    key = re.search(r'name="key" value="([^"]+)"', page).group(1)
    first = browser.send("/cabinet/appeals/new", key=key, checked="1", category="building", text="Otaq soyuqdur.")
    again = browser.send("/cabinet/appeals/new", key=key, checked="1", category="building", text="Otaq soyuqdur.")
    other = browser.send("/cabinet/appeals/new", key=key, checked="1", category="building", text="Tamam başqa bir şey.")
    assert first.status_code == 302 and again.status_code == 302 and first.location == again.location
    assert other.status_code in (400, 409)
