"""The command edu, and where things lie."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("EDU_BUILD", ROOT / "build-test"))
SHARED = Path(os.environ.get("EDU_SHARED", ROOT.parent / "shared"))
IS_NIGHTLY = os.environ.get("EDU_NIGHTLY") == "1"


def run_edu(*arguments, command=None, stdin="", **options):
    """Runs the command edu, or another build of it; input and output are text."""
    program = command or BUILD / "examples/cli/edu"
    return subprocess.run(
        [str(program), *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        **options,
    )
