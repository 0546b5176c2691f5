import pytest
import redis

from config import embedded, paths
from config.processes import Children


@pytest.fixture(params=["from PATH, where it has one", "from the package"])
def family(request, monkeypatch):
    if request.param == "from the package":
        monkeypatch.setenv("PATH", "/nowhere")
    with Children(env={}) as children:
        yield children


def client(home, name):
    return redis.Redis(unix_socket_path=str(paths.run_dir(home) / f"{name}.sock"))


def test_the_broker_keeps_what_it_was_given_through_a_kill(family, tmp_path):
    broker, _ = embedded.start(children=family, home=tmp_path)
    with client(tmp_path, "broker") as connection:
        connection.rpush("tasks", "first", "second")
    broker.kill()
    broker.process.wait()
    family.stop(family.running)
    embedded.start(children=family, home=tmp_path)

    with client(tmp_path, "broker") as connection:
        assert connection.lrange("tasks", 0, -1) == [b"first", b"second"]


def test_the_cache_forgets_and_writes_nothing(family, tmp_path):
    embedded.start(children=family, home=tmp_path)
    with client(tmp_path, "cache") as connection:
        connection.set("bucket", "3")
    family.stop(family.running)
    written = sorted(path.name for path in tmp_path.rglob("*") if path.is_file() and "broker" not in str(path))
    embedded.start(children=family, home=tmp_path)

    with client(tmp_path, "cache") as connection:
        assert connection.get("bucket") is None
    assert written == []


def test_a_broker_that_cannot_start_says_why(family, tmp_path):
    kept = tmp_path / "broker" / "appendonlydir"
    kept.mkdir(parents=True)
    (kept / "appendonly.aof.manifest").write_text("not a manifest\n")

    with pytest.raises(embedded.NotAnswering, match=r"The embedded broker .* did not start\. It said:"):
        embedded.start(children=family, home=tmp_path)
    assert family.running == []
