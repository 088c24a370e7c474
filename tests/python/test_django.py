"""The middleware of docs/python.md, as its reader copies it."""

import re
import sys
import types

import django
import pytest
from command import ROOT
from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.test import Client
from django.urls import path
from world import CHEAP, PASSWORD

SECTION = (ROOT / "docs/python.md").read_text("utf-8").partition("## In Django\n")[2]


@pytest.fixture
def client(world):
    copied = types.ModuleType("copied")
    exec(re.search(r"```python\n(.*?)```", SECTION, re.S)[1], copied.__dict__)
    copied.urlpatterns = [
        path("", lambda request: JsonResponse({"login": request.edu.account.identity().login})),
        path("sign-in", copied.sign_in),
        path("season/<season>", lambda request, season: HttpResponse(request.edu.olympiad.season(season).title))]
    sys.modules["copied"] = copied
    settings.configure(
        SECRET_KEY="of the tests", ALLOWED_HOSTS=["testserver"], ROOT_URLCONF="copied", DATABASES={},
        MIDDLEWARE=["copied.EduMiddleware"],
        EDU_PORTAL={"store": world.store, "keys": f"{world.folder}/portal.db.keys", **CHEAP})
    django.setup()
    yield Client()
    del sys.modules["copied"]


def test_who_signs_in_is_known_and_errors_have_their_status(client):
    assert client.get("/").json() == {"login": None}
    assert client.post("/sign-in", {"login": "pupil", "password": "not the password"}).status_code == 401
    assert client.post("/sign-in", {"login": "pupil", "password": PASSWORD}).status_code == 302
    assert client.get("/").json() == {"login": "pupil"}
    assert client.get("/season/00000000-0000-7000-8000-000000000000").status_code == 404
    client.cookies["edu_session"] = "forged"
    assert client.get("/").json() == {"login": None}
