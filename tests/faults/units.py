"""What a systemd unit file says, as far as ours go: enough to start what it would."""

import shlex
from dataclasses import dataclass
from pathlib import Path

UNDERSTOOD = {"Type", "ExecStart", "WorkingDirectory", "EnvironmentFile", "TimeoutStopSec"}


@dataclass(frozen=True)
class Unit:
    """instance: what stands behind the @ of its name; said: {key: value} of what starts and ends it."""

    name: str
    instance: str
    said: dict[str, str]

    @classmethod
    def read(cls, folder, name):
        """Raises FileNotFoundError where there is no such unit."""
        base, at, instance = name.partition("@")
        file = f"{base}{at}" if "." in base else f"{base}{at}.service"
        lines = [line.partition("=") for line in (Path(folder) / file).read_text().splitlines()]
        return cls(name, instance, {key: value for key, _, value in lines if key in UNDERSTOOD})

    @property
    def is_timer(self):
        return self.name.endswith(".timer")

    @property
    def kind(self):
        return self.said["Type"]

    @property
    def grace(self):
        """Seconds between the request to end and the end."""
        return float(self.said.get("TimeoutStopSec", 90))

    @property
    def started(self):
        """The arguments of ExecStart."""
        line = self.said["ExecStart"].replace("%%", "\0").replace("%i", self.instance).replace("\0", "%")
        return shlex.split(line)

    def command(self, more):
        """The arguments that start it as systemd would: in its folder, with its settings and no others."""
        env = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
        env |= more | self._settings()
        where = ["-C", self.said["WorkingDirectory"]] if "WorkingDirectory" in self.said else []
        return ["env", "-i", *where, *(f"{key}={value}" for key, value in env.items()), *self.started]

    def _settings(self):
        if "EnvironmentFile" not in self.said:
            return {}
        lines = [line.partition("=") for line in Path(self.said["EnvironmentFile"]).read_text().splitlines()]
        return {key: "".join(shlex.split(value)) for key, _, value in lines}
