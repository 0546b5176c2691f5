"""One running service for all journeys: it takes some seconds to start."""

import os

import pytest

from tests.journeys import service
from tests.journeys.mailbox import Mailbox

# What is left in the database's own file: a server keeps dead rows until the key-encryption key is retired.
collect_ignore = ["test_erasing.py"] if "DATABASE_URL" in os.environ else []


@pytest.fixture(scope="session")
def running_service(tmp_path_factory):
    with Mailbox() as letters, service.running(tmp_path_factory.mktemp("journeys"), letters) as running:
        yield running


@pytest.fixture(name="service")
def _service(running_service):
    return running_service
