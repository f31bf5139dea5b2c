"""docker-compose.yml and config/settings.py name the same variables."""

import re
from pathlib import Path

import yaml

PROJECT = Path(__file__).resolve().parents[2]
READ = re.compile(r"""\benv(?:\.\w+)?\(\s*["']([A-Z][A-Z0-9_]*)["']""")
DEMANDED = re.compile(r"\$\{([A-Z_]+):\?")
OURS = ("migrate", "web", "worker", "beat")

compose = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
settings = (PROJECT / "config" / "settings.py").read_text()


def test_compose_sets_what_the_settings_read_and_nothing_else():
    assert set(compose["services"]["web"]["environment"]) == set(READ.findall(settings))


def test_settings_read_the_environment_in_the_one_way_that_this_file_sees():
    assert "os.environ" not in settings
    assert set(READ.findall(settings)) == set(re.findall(r"\benv[\w.]*\(\s*[\"'](\w+)", settings))


def test_every_process_of_ours_has_the_same_environment_and_image():
    first = compose["services"][OURS[0]]
    for name in OURS:
        assert compose["services"][name]["environment"] == first["environment"]
        assert compose["services"][name]["image"] == first["image"]


def test_no_secret_has_a_default():
    text = (PROJECT / "docker-compose.yml").read_text()
    demanded = set(DEMANDED.findall(text))
    assert {"SECRET_KEY", "POSTGRES_PASSWORD"} <= demanded
    for name in demanded:
        assert set(re.findall(rf"\$\{{{name}(.{{2}})", text)) == {":?"}
    assert compose["services"]["web"]["environment"]["SMTP_PASSWORD"] is None


def test_every_lasting_service_tells_its_health_and_restarts():
    for name, service in compose["services"].items():
        if name != "migrate":
            assert service["healthcheck"]["test"], name
            assert service["restart"] == "unless-stopped", name


def test_web_worker_and_beat_wait_for_servers_and_migrations():
    for name in ("web", "worker", "beat"):
        waits = {other: how["condition"] for other, how in compose["services"][name]["depends_on"].items()}
        assert waits == {
            "postgres": "service_healthy",
            "valkey": "service_healthy",
            "migrate": "service_completed_successfully",
        }


def test_what_must_last_is_on_volumes():
    mounted = {mount.split(":")[0] for service in compose["services"].values() for mount in service.get("volumes", [])}
    assert mounted == set(compose["volumes"])
