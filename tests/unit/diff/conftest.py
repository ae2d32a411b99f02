"""The verb as the tests of this folder call it."""

import pytest

from diffs import TIME, Run
from haproof.cli import main


@pytest.fixture
def diff(capsysbinary: pytest.CaptureFixture[bytes]) -> Run:
    def run(*arguments: object) -> tuple[int, str, str]:
        status = main(["diff", *map(str, arguments), *TIME])
        captured = capsysbinary.readouterr()
        return status, captured.out.decode(), captured.err.decode()

    return run
