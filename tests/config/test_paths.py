import os
import stat

import pytest

from config import paths


def test_home_is_the_directory_that_the_variable_names(tmp_path, monkeypatch):
    monkeypatch.setenv("ASKPEER_HOME", str(tmp_path / "kept" / "here"))

    assert paths.home() == tmp_path / "kept" / "here"
    assert stat.S_IMODE(paths.home().stat().st_mode) == 0o700


def test_home_that_cannot_be_made_is_a_sentence(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("ASKPEER_HOME", str(tmp_path / "file"))

    with pytest.raises(paths.UnusableHome, match="Set ASKPEER_HOME to a directory you own"):
        paths.home()


def test_sockets_live_inside_a_shallow_home(tmp_path):
    home = tmp_path.parent / "h"

    assert paths.run_dir(home) == home / "run"


@pytest.fixture
def deep(tmp_path):
    home = tmp_path / ("deep" * 25)
    yield home
    found = paths.run_dir(home)
    found.chmod(0o700)
    found.rmdir()


def test_sockets_of_a_deep_home_fit_and_are_ours_alone(deep):
    found = paths.run_dir(deep)

    assert len(os.fsencode(found / "broker.sock")) <= 103
    assert stat.S_IMODE(found.stat().st_mode) == 0o700
    assert found.stat().st_uid == os.getuid()
    assert paths.run_dir(deep) == found
    assert paths.run_dir(deep / "other") != found
    paths.run_dir(deep / "other").rmdir()


def test_a_socket_directory_that_others_can_open_is_refused(deep):
    found = paths.run_dir(deep)
    found.chmod(0o755)

    with pytest.raises(paths.UnusableHome, match="only you can open"):
        paths.run_dir(deep)
    found.chmod(0o700)
