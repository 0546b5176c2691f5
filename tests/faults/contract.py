"""Schemathesis as the command it is: it reads the served schema, makes requests of it, and checks each answer."""

import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

from config import paths
from config.processes import tethered

COMMAND = Path(sys.executable).with_name("schemathesis")
# A schema says which form a request has. Whether the words open something, and what may be done with it now, it
# cannot say: that is 404, 409 and 410, and 304 where the caller has the answer already. Nor that there is nothing to
# answer in what was written, which is 422; contract_checks.py holds that this is never for the form of a request.
ACCEPTED = ["2xx", "304", "404", "409", "410", "422"]


class Run(NamedTuple):
    """code: the exit status, 0 where every check held. said: what it printed. answers: {operation: {status: count}}."""

    code: int
    said: str
    answers: dict[str, Counter]

    @property
    def requests(self):
        return sum(sum(statuses.values()) for statuses in self.answers.values())


def run(url, *, secret, known, receipts_of, examples, seed, folder):
    """Attack the service at url with a partner's secret: so many examples of each operation in each phase.

    known: {name: values}, slugs and topics and every list that receipts_of names for an operation.
    """
    config, report = folder / "schemathesis.toml", folder / "report.ndjson"
    config.write_text(_config(known, receipts_of))
    words = ["--config-file", config, "run", f"{url}/api/v1/schema/", "--header", f"Authorization: Bearer {secret}"]
    words += ["--checks", "all", "--phases", "examples,coverage,fuzzing,stateful", "--continue-on-failure"]
    words += ["--max-examples", examples, "--seed", seed, "--generation-database", "none", "--no-color"]
    words += ["--report", "ndjson", "--report-ndjson-path", report]
    env = os.environ | {"SCHEMATHESIS_HOOKS": "tests.faults.contract_checks", "PYTHONPATH": str(paths.BASE_DIR)}
    done = subprocess.run(
        tethered([str(COMMAND), *map(str, words)]), cwd=folder, env=env, check=False, capture_output=True, text=True
    )
    return Run(done.returncode, done.stdout + done.stderr, _answers(report))


def _config(known, receipts_of):
    """TOML; a list of JSON strings is one of TOML's too."""
    lines = ["[checks.positive_data_acceptance]", f"expected-statuses = {json.dumps(ACCEPTED)}"]
    lines += ["[phases.coverage]", "generate-duplicate-query-parameters = true"]
    for name, values in known.items():
        lines += [f"[dictionaries.{name}]", f"values = {json.dumps(values)}"]
    lines += ["[parameters]", _draw("path.slug", "slugs", 0.5)]
    lines += [_draw(field, "topics", 0.5) for field in ("query.topic", "body.topic")]
    for operation, name in receipts_of.items():
        lines += ["[[operations]]", f'include-operation-id = "{operation}"', "[operations.parameters]"]
        lines += [_draw("body.receipt", name, 0.7), _draw("header.Askpeer-Receipt", name, 0.3)]
    return "\n".join(lines) + "\n"


def _draw(field, name, probability):
    return f'"{field}" = {{dictionary = "{name}", probability = {probability}}}'


def _answers(report):
    found = defaultdict(Counter)
    for line in report.read_text().splitlines():
        recorder = json.loads(line).get("ScenarioFinished", {}).get("recorder", {})
        for name, interaction in recorder.get("interactions", {}).items():
            case = recorder["cases"][name]["value"]
            found[f"{case['method']} {case['path']}"][interaction["response"]["status_code"]] += 1
    return dict(found)
