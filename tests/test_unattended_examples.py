"""Examples for cron, systemd and CI: they can be read by what they are for, and every command in them exists."""

import datetime as dt
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.site import ROOT
from tests.test_docs import unknown

EXAMPLES = ROOT / "examples" / "unattended"
FILES = sorted(path for path in EXAMPLES.iterdir() if path.is_file())
UNITS = ["bt.service", "bt.timer", "bt-mail@.service"]
BT = re.compile(
    r"(?:^|[\s/])bt (?P<words>(?:--workspace \S+ )?(?:run|check|build|report|status)\b[^>|\"\n]*)", re.MULTILINE
)


def text_of(name: str) -> str:
    return (EXAMPLES / name).read_text(encoding="utf-8")


# Commands and addresses


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_command_exists(path: Path) -> None:
    found = [match["words"].strip() for match in BT.finditer(path.read_text(encoding="utf-8"))]
    if path.name not in ("README.md", "healthy", "bt.timer", "bt-mail@.service"):
        assert found
    assert [words for words in found if unknown(words)] == []


def test_a_command_that_is_not_there_would_be_seen() -> None:
    found = [match["words"] for match in BT.finditer("ExecStart=/srv/.venv/bin/bt --workspace /srv/mine run --nightly")]
    assert [unknown(words) for words in found] == ["--nightly"]


def test_every_file_is_explained() -> None:
    told = text_of("README.md")
    assert [path.name for path in FILES if path.name != "README.md" and f"`{path.name}`" not in told] == []


def test_mail_goes_to_an_address_that_is_nobodys() -> None:
    addresses = {one for path in FILES for one in re.findall(r"\S+@\S+\.\w+", path.read_text(encoding="utf-8"))}
    assert {one.partition("@")[2].strip("\"'") for one in addresses} <= {"example.org", ".service`", "%n.service"}


# systemd


def directives(name: str) -> dict[str, list[str]]:
    """Return section.key → values of a unit file, of which a key may stand more than once."""
    found: dict[str, list[str]] = {}
    section = ""
    for line in text_of(name).splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(f"{section}.{key}", []).append(value)
    return found


def test_a_run_that_fails_is_mailed() -> None:
    service = directives("bt.service")
    assert service["Unit.OnFailure"] == ["bt-mail@%n.service"]
    assert service["Service.Type"] == ["oneshot"]  # a timer does not start it again while it runs
    assert "mail -s" in directives("bt-mail@.service")["Service.ExecStart"][0]


def test_only_the_run_is_asked_to_stop_and_it_may_write_in_the_workspace_alone() -> None:
    service = directives("bt.service")
    assert service["Service.KillMode"] == ["mixed"]
    workspace = re.findall(r"--workspace (\S+)", service["Service.ExecStart"][0])
    assert service["Service.ReadWritePaths"] == workspace


def test_a_run_is_made_up_for_when_the_machine_was_off() -> None:
    timer = directives("bt.timer")
    assert timer["Timer.Persistent"] == ["true"]
    assert timer["Install.WantedBy"] == ["timers.target"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for name in UNITS:
        # What it starts must be there; where it lies on another machine is not what is tested.
        here = text_of(name).replace("/srv/bt/workbench/.venv/bin/bt", shutil.which("true") or "/bin/true")
        (tmp_path / name).write_text(here, encoding="utf-8")
    (tmp_path / "bt-mail@.service").rename(tmp_path / "bt-mail@x.service")
    words = ["systemd-analyze", "verify", "--man=no", "bt.service", "bt.timer", "bt-mail@x.service"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "bt" in line.partition(":")[0]]
    assert ours == []


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_the_day_is_one() -> None:
    day = directives("bt.timer")["Timer.OnCalendar"][0]
    words = ["systemd-analyze", "calendar", day]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert "Normalized form: Mon *-*-* 06:00:00" in done.stdout, done.stderr


# CI


def steps_of(name: str) -> str:
    job: dict[str, Any] = yaml.safe_load(text_of(name))
    if name == "github.yml":
        return "\n".join(step.get("run", "") for step in job["jobs"]["run"]["steps"])
    own = job["better-together"]
    return "\n".join([*own["script"], *own["after_script"]])


@pytest.mark.parametrize("name", ["github.yml", "gitlab-ci.yml"])
def test_ci_runs_it_and_keeps_the_summary_alone(name: str) -> None:
    """The log may quote a delivery, and whoever may see a job may see what it keeps."""
    steps = steps_of(name)
    assert ".venv/bin/bt run" in steps
    copied = re.search(r"cp (.*) kept/", steps)
    assert copied
    assert copied[1].split() == ['"$BT_WORKSPACE/reports/run.json"']


def test_ci_runs_on_a_machine_of_ones_own_one_run_at_a_time() -> None:
    github = yaml.safe_load(text_of("github.yml"))
    assert "self-hosted" in github["jobs"]["run"]["runs-on"]
    assert github["concurrency"]["group"]
    gitlab = yaml.safe_load(text_of("gitlab-ci.yml"))["better-together"]
    assert gitlab["tags"] == ["bt"]
    assert gitlab["resource_group"]
    assert gitlab["artifacts"]["when"] == "always"


# The watchdog

NOW = dt.datetime.now(dt.UTC)


def healthy(folder: Path, days_ago: float = 0, **more: Any) -> bool:
    """Say what the watchdog says of a summary."""
    ended = (NOW - dt.timedelta(days=days_ago)).strftime("%Y-%m-%dT%H:%M:%SZ")
    stages = {name: {"status": "done"} for name in ("fetch", "check", "build", "report")}
    summary = {"ended": ended, "exit_status": 0, "stages": stages} | more
    (folder / "run.json").write_text(json.dumps(summary), encoding="utf-8")
    words = [str(EXAMPLES / "healthy"), (folder / "run.json").as_uri(), "8"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.returncode == 0


@pytest.mark.skipif(not (shutil.which("jq") and shutil.which("curl")), reason="jq or curl is not installed")
def test_the_watchdog(tmp_path: Path) -> None:
    assert healthy(tmp_path)
    assert healthy(tmp_path, 7)
    assert not healthy(tmp_path, 9)
    assert not healthy(tmp_path, exit_status=1)
    skipped = {"build": {"status": "skipped"}, "report": {"status": "done"}}
    assert not healthy(tmp_path, stages=skipped)
    away = subprocess.run(
        [str(EXAMPLES / "healthy"), "file:///nowhere/run.json", "8"], capture_output=True, check=False
    )
    assert away.returncode != 0
    assert away.stderr


def test_the_summary_of_the_page_has_the_form_of_a_real_one() -> None:
    page = (ROOT / "docs" / "howto" / "scheduled.md").read_text(encoding="utf-8")
    told = json.loads(page.partition("```json\n")[2].partition("```")[0])
    assert list(told) == ["started", "ended", "version", "synthetic", "exit_status", "stages", "reports"]
    assert list(told["stages"]) == ["fetch", "check", "build", "report"]
    assert all({"status", "seconds", "error"} <= set(stage) for stage in told["stages"].values())
