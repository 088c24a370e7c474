"""The library, the program and the page of examples/verify judge alike: random documents, good and
spoilt, every changed bit, and what is not canonical."""

import base64
import json
import os
import re
import subprocess
from collections import Counter
from datetime import datetime, timezone
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("EDU_BUILD", ROOT / "build-test"))
IS_LONG = os.environ.get("EDU_NIGHTLY") == "1"
CHECK = BUILD / "examples/verify/edu-check"
PAGE = ["node", ROOT / "examples/verify/web/batch.mjs"]
VERIFIERS = {
    "program": [CHECK, "--batch"],
    "page": [*PAGE, "--engine", "browser"],
    "page by its own Ed25519": [*PAGE, "--engine", "embedded"],
}
# In the short form the slow one sees a part.
SHARE = {"page by its own Ed25519": None if IS_LONG else 1500}
REFUSED = {"unreadable", "bad_signature", "unknown_key"}


def make(folder, seed, what):
    subprocess.run([BUILD / "tests/verify/verify_cases", str(seed), str(what), folder], check=True)
    lines = (folder / "cases").read_text().split("\n")[:-1]
    return lines, [json.loads(line) for line in (folder / "expected").read_text().split("\n")[:-1]]


def judge(name, lines):
    result = subprocess.run(VERIFIERS[name], input="\n".join(lines) + "\n", text=True, check=True,
                            capture_output=True)
    return [json.loads(line) for line in result.stdout.split("\n")[:-1]]


def assert_alike(lines, expected):
    for name in VERIFIERS:
        wanted = expected[:SHARE.get(name)]
        found = judge(name, lines[:SHARE.get(name)])
        assert len(found) == len(wanted), name
        for line, one, other in zip(lines, wanted, found):
            assert one == other, f"{name}: {line}"


def outcomes(expected):
    return Counter(verdict.get("status") or verdict["error"] for verdict in expected)


def test_random_documents_are_judged_alike(tmp_path):
    count = 10000 if IS_LONG else 1000
    lines, expected = make(tmp_path, os.environ.get("EDU_SEED", 20261127), count)
    assert len(expected) == count
    # All verdicts and errors come up, or the comparison would say little.
    for outcome in ("valid", "revoked", "expired", "status_unknown", "bad_signature", "unknown_key",
                    "unreadable", "form", "trust"):
        assert outcomes(expected)[outcome] >= count // 300, outcomes(expected)
    assert_alike(lines, expected)


def test_every_changed_bit_is_refused(tmp_path):
    lines, expected = make(tmp_path, 7, "bits")
    assert outcomes(expected)["valid"] == 2  # the code and the record as they were signed
    assert set(outcomes(expected)) <= REFUSED | {"valid"}
    assert len(lines) > 8000
    assert_alike(lines, expected)


def test_what_is_not_canonical_is_refused(tmp_path):
    lines, expected = make(tmp_path, 7, "hostile")
    assert expected[0]["status"] == "valid"
    assert {verdict["status"] for verdict in expected[1:]} == {"unreadable"}
    assert len(lines) > 80
    assert_alike(lines, expected)


@pytest.mark.parametrize("begin,more", [("HTTPS://PORTAL.EXAMPLE/V/041061050R3GG28AS#", "1"),
                                        ('{"a":', "[")], ids=["code", "record"])
def test_a_hundred_megabytes_are_refused(tmp_path, begin, more):
    """Bounded by the time limits: there is one for each process."""
    make(tmp_path, 7, 1)
    path = tmp_path / "huge"
    path.write_text(begin + more * 100_000_000)
    program = subprocess.run([CHECK, "--keys", tmp_path / "all-keys", path], capture_output=True,
                             text=True, check=False, timeout=60)
    assert (program.returncode, program.stdout) == (2, "")
    assert "has more than 4 MiB" in program.stderr
    script = (f"import {{ readFileSync }} from 'node:fs'; const {{ judge }} = await import("
              f"'{ROOT}/examples/verify/web/verify.mjs'); console.log((await judge(new Uint8Array("
              f"readFileSync('{path}')), {{ keys: [] }}, 0n, 0n)).status)")
    page = subprocess.run(["node", "--input-type=module", "-e", script], capture_output=True, text=True,
                          check=True, timeout=60)
    assert page.stdout == "unreadable\n"


# ---- published vectors, for the page's signatures ----

def shared(name):
    path = Path(os.environ.get("EDU_SHARED", ROOT.parent / "shared")) / "vectors" / name
    if not path.exists():
        pytest.skip(f"no {name}")
    return json.loads(path.read_text())


@pytest.mark.parametrize("engine", ["browser", "embedded"])
def test_ed25519_of_wycheproof(tmp_path, engine):
    vectors = [{"key": group["publicKey"]["pk"], **test} for group in
               shared("wycheproof/ed25519_test.json")["testGroups"] for test in group["tests"]]
    (tmp_path / "vectors").write_text(json.dumps(vectors))
    script = f"""
        import {{ readFileSync }} from 'node:fs';
        const {{ use, verifySignature }} = await import('{ROOT}/examples/verify/web/ed25519.mjs');
        use('{engine}');
        const bytes = (hex) => new Uint8Array(Buffer.from(hex, 'hex'));
        const found = [];
        for (const one of JSON.parse(readFileSync('{tmp_path}/vectors')))
          found.push(await verifySignature(bytes(one.sig), bytes(one.msg), bytes(one.key))
            .catch(() => false));
        console.log(JSON.stringify(found));"""
    result = subprocess.run(["node", "--input-type=module", "-e", script], capture_output=True, text=True,
                            check=True)
    found = json.loads(result.stdout)
    assert len(found) == len(vectors) > 100
    for vector, good in zip(vectors, found):
        assert good == (vector["result"] == "valid"), vector


def code_of(message):
    """The text of a code with this message, by docs/formats.md."""
    digits = ""
    for at in range(0, len(message), 7):
        group = message[at:at + 7]
        width = (0, 3, 5, 8, 10, 13, 15, 17)[len(group)]
        digits += f"{int.from_bytes(group, 'big'):0{width}d}"
    return "HTTPS://PORTAL.EXAMPLE/V/041061050R3GG28AS#" + digits


def test_published_messages_are_not_taken_for_documents():
    """Each has its key's id unprotected, and most are not EdDSA; the library's own test looks at the
    signature of the one that is Ed25519 and COSE_Sign1."""
    folder = Path(os.environ.get("EDU_SHARED", ROOT.parent / "shared")) / "vectors/cose"
    vectors = sorted(folder.glob("*/*.json"))
    if not vectors:
        pytest.skip("no COSE vectors")
    keys = ROOT / "examples/verify/example/keys.json"
    texts = [code_of(bytes.fromhex(json.loads(path.read_text())["output"]["cbor"])) for path in vectors]
    lines = [f"0 0 {keys} - {base64.b64encode(text.encode()).decode()}" for text in texts]
    assert len(lines) == 11
    for name in VERIFIERS:
        assert judge(name, lines) == [{"status": "unreadable"}] * len(lines), name


# ---- what docs/formats.md takes apart ----

def test_the_example_is_valid():
    example = ROOT / "examples/verify/example"
    lines = []
    for day, name in ((24, "code.txt"), (24, "certificate.json"), (26, "code.txt")):
        now = int(datetime(2026, 11, day, 12, tzinfo=timezone.utc).timestamp()) * 1000000
        text = base64.b64encode((example / name).read_bytes().rstrip()).decode()
        lines.append(f"{now} 0 {example / 'keys.json'} - {text}")
    for name in VERIFIERS:
        assert [found["status"] for found in judge(name, lines)] == ["valid", "valid", "expired"], name
    for name in ("code.txt", "certificate.json"):
        edu = subprocess.run([BUILD / "examples/cli/edu", "verify", "--public-keys", example / "keys.json",
                              example / name], capture_output=True, text=True, check=False)
        assert json.loads(edu.stdout)["status"] in ("valid", "expired")


# ---- the program as people call it ----

@pytest.fixture(name="world")
def fixture_world(tmp_path):
    lines, _expected = make(tmp_path, 7, "bits")
    for name, line in (("code", lines[0]), ("record", lines[-1])):
        (tmp_path / name).write_bytes(base64.b64decode(line.split()[4]))
    return tmp_path


def run_check(*arguments, **options):
    return subprocess.run([CHECK, *arguments], capture_output=True, text=True, check=False, **options)


def test_the_program_tells_in_words(world):
    keys = ("--keys", world / "all-keys")
    code = (world / "code").read_text()
    good = run_check(*keys, "--now", "2026-11-24T11:00:00Z", world / "code")
    assert good.returncode == 0 and good.stdout.startswith("valid: "), good
    assert "\nnumber: 041061050R3GG28AS\n" in good.stdout and "  holder: Ülviyyə\n" in good.stdout
    late = run_check(*keys, "--now", "2026-11-26T11:00:00Z", "-", input=code + "\r\n\n")
    assert late.returncode == 1 and late.stdout.startswith("expired: ")
    bad = run_check(*keys, "-", input=code[:-1])
    assert bad.returncode == 2 and re.fullmatch("unreadable: .*\n", bad.stdout)
    line = run_check(*keys, "--json", "--now", "2026-11-24T11:00:00Z", world / "code")
    assert json.loads(line.stdout)["status"] == "valid"


def test_the_program_says_what_is_wrong(world):
    for arguments in ((), ("--keys", world / "all-keys"), ("--now", "today", "x"), ("--wrong",),
                      ("--keys", world / "all-keys", "--max-age", "-1", world / "code")):
        result = run_check(*arguments)
        assert result.returncode == 2 and "Usage: edu-check" in result.stderr
    assert run_check("--help").returncode == 0
    missing = run_check("--keys", world / "none", world / "code")
    assert missing.returncode == 2 and "none: No such file" in missing.stderr
    no_keys = run_check("--keys", world / "code", world / "code")
    assert no_keys.returncode == 2 and "have not the form" in no_keys.stderr
    no_batch = run_check("--batch", input="x\n")
    assert no_batch.returncode == 2 and "a line of the batch" in no_batch.stderr
