"""The files for running it: every path, command, setting and route that they name is there, and the tools' own checks pass."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from consult import config
from consult.cli import COMMANDS
from consult.service.readiness import Figures
from consult.web.metrics import exposition

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile, instruction by instruction, with lines put together."""
    whole = re.sub(r"\\\n", " ", (DEPLOY / "Dockerfile").read_text())
    lines = [line.strip() for line in whole.splitlines() if line.strip() and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return found


def is_setting(name: str) -> bool:
    return name in config.BY_NAME or name.removesuffix("_FILE") in config.BY_NAME


def test_the_image_copies_what_is_in_a_checkout_and_in_its_context() -> None:
    let_in = {line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line[0] == "!"}
    copied = [rest.split()[:-1] for word, rest in instructions() if word == "COPY" and not rest.startswith("--from")]
    assert copied
    for source in (source for sources in copied for source in sources):
        assert (ROOT / source).exists(), source
        assert source in let_in, f"{source} is kept out of the build's context"
    assert {source for sources in copied for source in sources} == let_in


def test_the_image_has_all_that_an_installation_is_made_from() -> None:
    read_by_setup = set(re.findall(r"file:\s*(\S+)", (ROOT / "setup.cfg").read_text())) | {"LICENSE", "setup.cfg"}
    copied = " ".join(rest for word, rest in instructions() if word == "COPY")
    assert all(name in copied for name in read_by_setup)


def test_the_image_is_not_run_by_root_and_holds_no_secret() -> None:
    words = dict(instructions())
    assert words["USER"] == "10001:10001" and "--uid 10001 --gid 10001" in words["RUN"]  # the same in every image
    named = re.findall(r"(CONSULT_[A-Z_]+|DATABASE_URL)=", words["ENV"])
    assert named and all(is_setting(name) for name in named)
    assert not any(config.BY_NAME[name].secret for name in named)


def test_the_image_and_the_services_run_commands_that_exist() -> None:
    words = dict(instructions())
    assert words["ENTRYPOINT"] == '["consult"]'
    services = compose()["services"]
    commands = [yaml.safe_load(words["CMD"]), *(services[name]["command"] for name in ("web", "worker", "migrate"))]
    assert all(command[0] in COMMANDS for command in commands)
    for command in commands:
        done = subprocess.run([sys.executable, "-m", "consult", *command, "--help"], capture_output=True, check=False)
        assert done.returncode == 0, command


def test_every_variable_of_the_services_is_a_setting() -> None:
    for name in ("web", "worker", "migrate"):
        assert all(is_setting(variable) for variable in compose()["services"][name]["environment"])


#: Settings that the containers are not given, and why.
NOT_PASSED = {
    "CONSULT_GROUP_COMMIT": "it is about SQLite, and these have PostgreSQL",
    "PORT": "it is the containers' own, and the proxy asks it",
}


def test_every_setting_is_passed_to_the_containers_or_is_the_images_own() -> None:
    of_image = set(re.findall(r"([A-Z_]+)=", dict(instructions())["ENV"]))
    for name in ("web", "worker", "migrate"):
        passed = {variable.removesuffix("_FILE") for variable in compose()["services"][name]["environment"]}
        assert passed | of_image | set(NOT_PASSED) >= set(config.BY_NAME)
        assert not passed & set(NOT_PASSED)


def test_what_the_containers_are_given_by_themselves_is_understood() -> None:
    """With nothing in `.env` but what must be there, every setting has a value that can be read; so has it from the example."""
    environment = {}
    for variable, given in compose()["services"]["web"]["environment"].items():
        match = re.fullmatch(r"\$\{(\w+)(?::([-?])(.*))?\}", given)
        assert match is None or match[1] == variable
        environment[variable] = given if match is None else match[3] if match[2] == "-" else "https://votes.example.org"
    plain = {name: value for name, value in environment.items() if not name.endswith("_FILE")}
    secret = {name.removesuffix("_FILE"): "s" * 43 for name in environment if name.endswith("SECRET_FILE")}
    faults = {r.setting.name: r.fault for r in config.read_settings(plain | secret) if r.fault}
    assert faults == {}


def example_environment() -> dict[str, str]:
    """The file of settings that the first installation shows."""
    guide = (ROOT / "docs" / "operate" / "first-install.md").read_text()
    lines = guide.partition("In production these must be given:")[2].partition("Any setting may come")[0].split()
    return dict(line.partition("=")[::2] for line in lines)


def test_the_example_of_the_first_installation_has_what_production_asks_for(tmp_path: Path) -> None:
    given = example_environment()
    assert all(is_setting(name) for name in given)
    kept = {"CONSULT_SECRET_FILE": "s" * 43, "CONSULT_OPERATOR_KEY_FILE": "o" * 43}
    kept["DATABASE_URL_FILE"] = "postgresql://consult:secret@localhost/consult"
    for name, words in kept.items():
        assert given[name].startswith("/srv/consult/")
        place = tmp_path / name
        place.write_text(words)
        given[name] = str(place)
    assert {r.setting.name: r.fault for r in config.read_settings(given) if r.fault} == {}
    for name in ("CONSULT_SECRET_FILE", "CONSULT_OPERATOR_KEY_FILE", "CONSULT_URL", "CONSULT_MAIL_HOST"):
        without = {other: value for other, value in given.items() if other != name}
        assert [r.setting.name for r in config.read_settings(without) if r.fault] == [name.removesuffix("_FILE")]


def test_mail_that_comes_back_can_be_laid_aside_by_the_worker() -> None:
    place = "/srv/consult/bounces"
    worker = compose()["services"]["worker"]
    assert any(volume.endswith(f":{place}") for volume in worker["volumes"])
    assert set(compose()["services"]["web"]["volumes"]) < set(worker["volumes"])
    assert (
        place in dict(instructions())["RUN"]
        and f"-{place}" in (DEPLOY / "systemd" / "consult-worker.service").read_text()
    )
    assert f"CONSULT_MAIL_BOUNCES_MAILDIR={place}" in (ROOT / "docs" / "operate" / "running.md").read_text()


def test_everything_secret_comes_from_a_file() -> None:
    found = compose()
    environment = found["services"]["web"]["environment"]
    secret = {setting.name for setting in config.SETTINGS if setting.secret}
    assert {f"{name}_FILE" for name in secret} <= set(environment)
    assert not secret & set(environment)
    given = {Path(environment[f"{name}_FILE"]).name for name in secret | {"DATABASE_URL"}}
    assert given == set(found["services"]["web"]["secrets"]) <= set(found["secrets"])


def test_what_the_services_lean_on_is_there() -> None:
    found = compose()
    for service in found["services"].values():
        for other, terms in service.get("depends_on", {}).items():
            assert terms == {"condition": "service_healthy"}
            assert "healthcheck" in found["services"][other] or "build" in found["services"][other]
        mounted = (re.sub(r"\$\{\w+:-(\w+)\}", r"\1", volume) for volume in service.get("volumes", []))
        named = {volume.partition(":")[0] for volume in mounted}
        assert {volume for volume in named if not volume.startswith(".")} <= set(found["volumes"])
        assert not service["image"].endswith(":latest") and ":" in service["image"]


def test_the_database_in_the_image_and_its_tools_are_of_one_version() -> None:
    server = re.search(r"postgres:(\d+)", compose()["services"]["database"]["image"])
    tools = re.search(r"postgresql-client-(\d+)", (DEPLOY / "Dockerfile").read_text())
    assert server and tools and server[1] == tools[1]


def test_what_the_watchers_ask_for_is_served(app: Flask) -> None:
    asked = set(re.findall(r"127\.0\.0\.1:8000(/\w+)", (DEPLOY / "Dockerfile").read_text()))
    asked |= set(re.findall(r"(?:health_uri|path) ((?:/\w+ ?)+)", (DEPLOY / "Caddyfile").read_text()))
    paths = {path for group in asked for path in group.split()}
    assert paths == {"/health", "/ready", "/metrics"}
    assert paths <= {rule.rule for rule in app.url_map.iter_rules()}


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_run_commands_that_exist(unit: Path) -> None:
    settings = configparser.ConfigParser(interpolation=None, strict=False)
    settings.optionxform = str  # type: ignore[assignment,method-assign]
    settings.read(unit)
    if unit.suffix == ".timer":
        assert unit.with_suffix(".service") in UNITS
        return
    command = " ".join(shlex.split(settings["Service"]["ExecStart"]))
    word = re.search(r"venv/bin/consult (\S+)", command)
    assert word and word[1] in COMMANDS
    assert settings["Service"]["User"] == "consult"
    assert settings["Service"]["LimitCORE"] == "0"  # a crash must not write a worker's memory to the disk


def need(program: str) -> None:
    """Leave a test out, loudly, where a program is missing; where nothing may be left out, fail it."""
    if shutil.which(program) is None:
        if os.environ.get("CONSULT_TEST_EVERYTHING"):
            pytest.fail(f"{program} is missing, and nothing may be left out here.")
        pytest.skip(f"LEFT OUT: {program} is not installed")


def test_units_pass_systemds_own_check(tmp_path: Path) -> None:
    need("systemd-analyze")
    command = tmp_path / "consult"
    command.write_text("#!/bin/sh\n")
    command.chmod(0o755)
    for unit in UNITS:
        words = unit.read_text().replace("/srv/consult/venv/bin/consult", str(command))
        (tmp_path / unit.name).write_text(words)
    paths = [str(tmp_path / unit.name) for unit in UNITS]
    done = subprocess.run(["systemd-analyze", "verify", *paths], capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if str(tmp_path) in line]
    assert said == []


def test_the_alarms_watch_figures_that_there_are_and_the_guide_names() -> None:
    rules = yaml.safe_load((DEPLOY / "alarms.yaml").read_text())["groups"][0]["rules"]
    figures = {name for rule in rules for name in re.findall(r"consult_\w+", rule["expr"])}
    made = exposition(Figures({"failed": 0}, 1.0, {"open": 1}, audit_sequence=1, free_bytes=1)).decode()
    served = {sample.name for family in text_string_to_metric_families(made) for sample in family.samples}
    served |= {"consult_http_requests_total", "consult_http_request_seconds_bucket"}  # once something was asked
    assert len(rules) == 8 and figures <= served
    guide = (ROOT / "docs" / "operate" / "running.md").read_text()
    assert all(name.removesuffix("_bucket") in guide for name in figures)
    job = yaml.safe_load((DEPLOY / "prometheus.yaml").read_text())
    assert job["rule_files"] == ["alarms.yaml"] and job["scrape_configs"][0]["metrics_path"] == "/metrics"


def test_the_proxy_lets_through_what_a_form_may_carry_and_more() -> None:
    size = re.search(r"max_size (\d+)MiB", (DEPLOY / "Caddyfile").read_text())
    assert size and int(size[1]) > config.UPLOAD_MB  # so that the refusal is a page with a sentence


def test_the_proxys_file_passes_its_own_check() -> None:
    need("caddy")
    words = (DEPLOY / "Caddyfile").read_text()
    assert "log" not in re.findall(
        r"^\s*(\w+)", words, re.MULTILINE
    )  # an access log would keep who took part, and when
    command = ["caddy", "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={"CONSULT_HOST": "votes.example.org", "HOME": "/tmp"}
    )
    assert done.returncode == 0, done.stderr
