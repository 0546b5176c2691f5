import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_command_passes_arguments_on_and_returns_what_pytest_returns(tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    command = [sys.executable, "manage.py", "test", "-q", "-n", "0", "-k", "no_such_test", "tests/config/test_ports.py"]
    outcome = subprocess.run(
        command,
        cwd=ROOT,
        env=environment | {"ASKPEER_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert outcome.returncode == 5
    assert "deselected" in outcome.stdout.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []
