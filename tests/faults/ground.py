"""What a machine of the guide's has before the guide begins: played commands, a certificate, an archive, its variables.

What belongs to the machine and not to the service is played: apt-get and adduser do nothing, runuser runs the command
as whoever runs the tests, and systemctl asks the process of the test.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from config import paths
from tests.faults import postgres
from tests.journeys.service import free_port

PLAYED = {
    "apt-get": "exit 0",
    "adduser": "exit 0",
    "runuser": 'shift 3\nexec "$@"',  # -u WHO --
    "systemctl": f'exec {sys.executable} -I -S "$ASKED" "$@"',
}
ASK = """
import json, os, socket, sys

with socket.socket(socket.AF_UNIX) as line:
    line.connect(os.environ["SYSTEMCTL"])
    line.sendall(json.dumps(sys.argv[1:]).encode() + b"\\n")
    code, said = json.loads(line.makefile().readline())
print(said, end="")
sys.exit(code)
"""
NGINX = """
pid {folder}/pid;
error_log {folder}/main.log;
worker_processes 2;
daemon off;
events {{ worker_connections 256; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""
LEFT_BEHIND = {".git", ".venv", "var", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"}


def play(folder):
    (folder / "bin").mkdir()
    (folder / "systemd").mkdir()
    (folder / "safe").mkdir(mode=0o700)
    (folder / "ask.py").write_text(ASK)
    for name, text in PLAYED.items():
        program = folder / "bin" / name
        program.write_text(f"#!/bin/sh\n{text}\n")
        program.chmod(0o755)


def front(nginx):
    """What stands around the site: a configuration without root, and a certificate for localhost."""
    (nginx / "nginx.conf").write_text(NGINX.format(folder=nginx))
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    made += ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", str(nginx / "privkey.pem"), "-out", str(nginx / "fullchain.pem")]
    subprocess.run([*made, *files], check=True, capture_output=True)
    if os.getuid() == 0:
        for path in [nginx, *nginx.iterdir()]:
            shutil.chown(path, "www-data", "www-data")


def environment(folder, nginx, server):
    port = free_port()
    return {
        "PATH": f"{folder}/bin:{sys.prefix}/bin:{os.environ['PATH']}",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "SYSTEMCTL": str(folder / "systemctl"),
        "ASKED": str(folder / "ask.py"),
        "PGHOST": "127.0.0.1",
        "PGPORT": server.port,
        "PGUSER": postgres.USER,
        "PGDATABASE": "postgres",
        "ASKPEER_HOST": "localhost",
        "ASKPEER_URL": f"https://localhost:{port}",
        "ASKPEER_ROOT": str(folder / "srv"),
        "ASKPEER_CONF": str(folder / "etc"),
        "ASKPEER_DATA": str(folder / "data"),
        "ASKPEER_USER": pwd.getpwuid(os.getuid()).pw_name,
        "OFFSITE": str(folder / "offsite"),
        "SAFE": str(folder / "safe"),
        "ARCHIVE": str(folder / "askpeer.tar.gz"),
        "SYSTEMD": str(folder / "systemd"),
        "NGINX_SITE": str(nginx / "site.conf"),
        "NGINX_LOGS": str(nginx),
        "NGINX_PAGES": str(nginx / "pages"),
        "TLS": str(nginx),
        "CACERT": str(nginx / "fullchain.pem"),
        "POSTGRES_LOG": str(server.folder / "log"),
        "DATABASE": "askpeer_guide",
        "DATABASE_PORT": server.port,
        "REDIS_PORT": free_port(),
        "PORT_1": free_port(),
        "PORT_2": free_port(),
        "HTTP": f"127.0.0.1:{free_port()}",
        "HTTPS": f"127.0.0.1:{port}",
        "EMAIL_URL": "dummymail://",
        "FIRST_EMAIL": "first@askpeer.example",
        "FIRST_ALIAS": "Robin",
        "DRILL_FOUND": str(folder / "drill"),
    }


def pack(archive):
    """The archive of a release as it stands here, with the way to the packages of the tests: nothing is downloaded."""
    with tarfile.open(archive, "w:gz", compresslevel=1) as packed:
        for path in sorted(paths.BASE_DIR.iterdir()):
            if path.name not in LEFT_BEHIND:
                packed.add(path, path.name, filter=lambda found: None if _is_left(found.name) else found)
        link = tarfile.TarInfo(".venv")
        link.type, link.linkname = tarfile.SYMTYPE, sys.prefix
        packed.addfile(link)


def _is_left(name):
    return Path(name).name in LEFT_BEHIND
