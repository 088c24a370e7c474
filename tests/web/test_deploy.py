"""The files of examples/deploy: nginx before gunicorn on PostgreSQL, over TLS with a certificate of its own, as people
and programs reach the portal; the units, as far as a machine without systemd can look at them."""

import contextlib
import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

import pytest
from command import ROOT, run_edu
from world import PASSWORD

DEPLOY = ROOT / "examples/deploy"
ENGINE = "postgresql"
HOST, TOKEN = "nar.example", "of the tests"


def free_ports(count):
    with contextlib.ExitStack() as stack:
        found = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in found:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in found]


def replaced(name, changes):
    """A file with what a deployment replaces; each must be there."""
    text = (DEPLOY / name).read_text(encoding="utf-8")
    for before, after in changes.items():
        assert before in text, (name, before)
        text = text.replace(before, after)
    return text


class Served:
    def __init__(self, folder, world):
        self.folder, self.world = folder, world
        self.plain, self.tls, self.watch = free_ports(3)
        self.processes = []
        self._certificate()
        self.environment = self._environment()
        self._portal()
        self._nginx()
        self.context = ssl.create_default_context(cafile=folder / "fullchain.pem")

    def _certificate(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}", "-days", "2",
                        "-keyout", self.folder / "key.pem", "-out", self.folder / "fullchain.pem"],
                       check=True, capture_output=True)

    def _environment(self):
        """That of nar.env, with what is elsewhere here."""
        said = dict(re.findall(r"^(\w+)=(.*)$", (DEPLOY / "nar.env").read_text(encoding="utf-8"), re.M))
        changes = {"EDU_STORE": self.world.store, "EDU_KEYS": f"{self.world.folder}/portal.db.keys",
                   "EDU_VAR": str(self.world.folder), "EDU_DOCUMENTS": f"{self.folder}/documents",
                   "EDU_SECOND_FACTOR": "0", "EDU_WORKERS": "2", "EDU_WATCH": f"127.0.0.1:{self.watch}",
                   "EDU_METRICS_TOKEN": TOKEN, "EDU_METRICS_FILE": f"{self.folder}/deliver.prom"}
        assert set(changes) <= set(said)
        return {**os.environ, **said, **changes, "RUNTIME_DIRECTORY": str(self.folder)}

    def _portal(self):
        unit = (DEPLOY / "systemd/nar-portal.service").read_text(encoding="utf-8")
        command = re.search(r"^ExecStart=\S+ (-m gunicorn.*)$", unit, re.M).group(1)
        words = command.replace("/etc/nar/gunicorn.conf.py", str(DEPLOY / "gunicorn.conf.py")).split()
        self.log = open(self.folder / "portal.log", "wb")
        self.processes.append(subprocess.Popen(
            ["/usr/bin/python3", *words], cwd=ROOT / "examples/portal", env=self.environment, stderr=self.log))
        self.wait(lambda: self.watched("/health/ready")[0] == 200)

    def _nginx(self):
        (self.folder / "nar.conf").write_text(replaced("nginx.conf", {
            "listen 80": f"listen 127.0.0.1:{self.plain}", "listen 443": f"listen 127.0.0.1:{self.tls}",
            "/etc/ssl/nar": str(self.folder), "/var/log/nginx": str(self.folder),
            "/run/nar": str(self.folder), "/etc/nginx/nar-proxy.conf": f"{self.folder}/nar-proxy.conf"}))
        shutil.copy(DEPLOY / "nginx-proxy.conf", self.folder / "nar-proxy.conf")
        (self.folder / "nginx.conf").write_text(
            f"pid {self.folder}/nginx.pid;\ndaemon off;\n{self._user()}error_log {self.folder}/error.log;\nevents {{ }}\n"
            f"http {{\ninclude /etc/nginx/mime.types;\n{self._folders()}include {self.folder}/nar.conf;\n}}\n")
        self.nginx = ["/usr/sbin/nginx", "-e", f"{self.folder}/error.log", "-c", f"{self.folder}/nginx.conf"]
        self.processes.append(subprocess.Popen(self.nginx))
        self.wait(lambda: socket.create_connection(("127.0.0.1", self.tls), 1).close() or True)

    @staticmethod
    def _user():
        return "user root;\n" if os.getuid() == 0 else ""

    def _folders(self):
        return "".join(f"{kind}_temp_path {self.folder}/{kind};\n"
                       for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))

    def wait(self, is_there):
        for _ in range(150):
            with contextlib.suppress(OSError):
                if is_there():
                    return
            time.sleep(0.1)
        raise AssertionError((self.folder / "portal.log").read_text())

    def watched(self, path, token=None):
        """At the listener for who runs it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.watch, timeout=10)
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def ask(self, path, method="GET", body=None, host=HOST, **headers):
        """As a browser, which knows the certificate's name."""
        connection = http.client.HTTPSConnection("127.0.0.1", self.tls, timeout=10, context=self.context)
        connection.sock = self.context.wrap_socket(socket.create_connection(("127.0.0.1", self.tls)),
                                                   server_hostname=HOST)
        connection.request(method, path, body, {"Host": host, **headers})
        answer = connection.getresponse()
        return answer, answer.read().decode()

    def sign_in(self, login):
        answer, page = self.ask("/sign-in")
        cookies = [one.split(";")[0] for one in answer.headers.get_all("Set-Cookie")]
        token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
        answer, _page = self.ask("/sign-in", "POST", urllib.parse.urlencode(
            {"login": login, "password": PASSWORD, "csrf_token": token}), **{
                "Content-Type": "application/x-www-form-urlencoded", "Cookie": "; ".join(cookies),
                "Referer": f"https://{HOST}/sign-in"})
        return answer

    def stop(self):
        for process in reversed(self.processes):
            process.terminate()
            assert process.wait(40) == 0
        self.log.close()


@pytest.fixture(scope="module")
def served(world, tmp_path_factory):
    made = Served(tmp_path_factory.mktemp("served"), world)
    yield made
    made.stop()


def test_nginx_takes_the_files(served):
    done = subprocess.run([*served.nginx, "-t"], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "warn" not in done.stderr, done.stderr


def test_pages_over_tls(served):
    answer, page = served.ask("/")
    assert answer.status == 200 and "<!DOCTYPE html>" in page
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    assert answer.headers["X-Request-Id"]
    connection = http.client.HTTPConnection("127.0.0.1", served.plain, timeout=10)
    connection.request("GET", "/services/club", headers={"Host": HOST})
    moved = connection.getresponse()
    assert (moved.status, moved.headers["Location"]) == (301, f"https://{HOST}/services/club")


def test_another_name_gets_nothing(served):
    with pytest.raises(http.client.RemoteDisconnected):
        served.ask("/", host="evil.example")


def test_a_sign_in_has_cookies_of_this_host_alone(served):
    answer = served.sign_in("clerk")
    assert (answer.status, answer.headers["Location"]) == (302, "/cabinet/")
    [cookie] = [one for one in answer.headers.get_all("Set-Cookie") if "edu_session" in one]
    assert cookie.startswith("__Host-edu_session=")
    for word in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert word in cookie.split("; ")
    assert "Domain" not in cookie


def test_attempts_are_counted_for_the_visitors_address(served):
    """What a visitor says of their address is not believed: else each attempt came from another."""
    def attempt(number):
        answer, text = served.ask("/api/v1/verifications", "POST", json.dumps(
            {"number": f"A{number:06}", "birth": "2014-01-01"}), **{
                "Content-Type": "application/json", "X-Forwarded-For": f"198.51.100.{number}"})
        return answer.status, json.loads(text)["key"]

    answers = [attempt(number) for number in range(32)]
    assert answers[0][0] == 404
    assert answers[-1] == (429, "session.throttled")


def test_who_runs_it_is_told_and_nobody_else(served):
    for path in ("/metrics", "/health/ready", "/health/live"):
        assert served.ask(path)[0].status == 404
    assert served.watched("/metrics")[0] == 401
    assert served.watched("/metrics", "wrong")[0] == 401
    with ThreadPoolExecutor(8) as pool:
        assert {answer.status for answer, _page in pool.map(lambda _n: served.ask("/services/club"), range(24))} == {200}
    assert run_edu("deliver", "--metrics", f"{served.folder}/deliver.prom", env=served.environment).returncode == 0
    status, text = served.watched("/metrics", TOKEN)
    assert status == 200
    metrics = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    counted = 'portal_requests_total{method="GET",route="public.service",status="200"}'
    assert float(metrics[counted]) >= 24  # of both workers
    assert float(metrics['portal_request_seconds_count{route="public.service"}']) >= 24
    assert metrics['edu_queue_length{queue="escalations"}'] == "0"
    assert metrics['edu_job_failures_total{job="messages"}'] == "0"
    assert float(metrics['edu_job_success_timestamp_seconds{job="messages"}']) > time.time() - 60
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", text)


def test_too_much_is_refused_before_the_portal(served):
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _n: served.ask("/sign-in", "POST", "x=1", **{
            "Content-Type": "application/x-www-form-urlencoded"})[0], range(60)))
    refused = [answer for answer in answers if answer.status == 429]
    assert refused and all("X-Request-Id" not in answer.headers for answer in refused)
    assert served.ask("/")[0].status == 200


def test_a_body_that_is_too_large(served):
    answer, _page = served.ask("/verify", "POST", b"x", **{"Content-Length": str(33 << 20)})
    assert answer.status == 413


def test_logs_are_of_requests_and_not_of_people(served):
    served.ask(f"/services/club?word={urllib.parse.quote('Şəhla')}&number=PUP0001")
    for name in ("portal.log", "nar.log"):
        lines = [json.loads(line) for line in (served.folder / name).read_text(encoding="utf-8").splitlines()]
        assert lines and all(one["request"] for one in lines if one.get("message", "answered") == "answered")
        assert "PUP0001" not in str(lines) and "127.0.0.1" not in str(lines) and "/services" not in str(lines)
    both = [{json.loads(line)["request"] for line in (served.folder / name).read_text().splitlines()
             if "request" in line} for name in ("portal.log", "nar.log")]
    assert both[0] & both[1]


def test_the_end_of_a_worker_imports_nothing(tmp_path):
    """It is told in a signal handler, and several workers end at once: an import in one would be found half done by
    the next, and gunicorn would end."""
    told = subprocess.run(["/usr/bin/python3", "-c", """
import runpy, sys, types
file = runpy.run_path(sys.argv[1])
before = set(sys.modules)
file["child_exit"](None, types.SimpleNamespace(pid=1))
print(sorted(set(sys.modules) - before))""", DEPLOY / "gunicorn.conf.py"], capture_output=True, text=True, check=True,
                          env={**os.environ, "RUNTIME_DIRECTORY": str(tmp_path)})
    assert told.stdout == "[]\n"


def units():
    return sorted((DEPLOY / "systemd").glob("*.service"))


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze")
@pytest.mark.parametrize("unit", units(), ids=lambda unit: unit.name)
def test_the_units_are_units(unit, tmp_path):
    """With programs that are there, so that only what is written is looked at; then how much it may."""
    for one in units():
        text = re.sub(r"^Exec(Start|Reload)=\S+", r"Exec\1=/bin/true", one.read_text(encoding="utf-8"), flags=re.M)
        (tmp_path / one.name).write_text(text, encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", tmp_path / unit.name],
                          capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    bounded = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=25", tmp_path / unit.name],
                             capture_output=True, text=True, check=False)
    assert bounded.returncode == 0, bounded.stdout[-800:]


def test_what_the_units_and_the_docs_say_is_there():
    """Options of edu deliver, and names of the environment."""
    unit = (DEPLOY / "systemd/nar-deliver.service").read_text(encoding="utf-8")
    options = re.findall(r" (--\w+)", re.search(r"^ExecStart=.*$", unit, re.M).group(0))
    told = run_edu("deliver", "--help").stdout
    assert options and all(option in told for option in options)
    named = set(re.findall(r"^#?(EDU_\w+)=", (DEPLOY / "nar.env").read_text(encoding="utf-8"), re.M))
    code = "".join(path.read_text(encoding="utf-8") for path in (
        *(ROOT / "examples/portal/portal").glob("*.py"), DEPLOY / "gunicorn.conf.py", ROOT / "examples/cli/store.c"))
    assert {name for name in named if name not in code} == set()
