"""Settings and secrets of a site's folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldstone.kernel.errors import SiteError, UnavailableError
from fieldstone.runtime.secrets import create_key, load_secrets
from fieldstone.runtime.setting import SETTINGS
from fieldstone.runtime.settings import load_settings


def _write(folder: Path, text: str, mode: int = 0o600) -> None:
    (folder / "fieldstone.yaml").write_text(text)
    (folder / "fieldstone.yaml").chmod(mode)


def test_without_a_file_everything_has_its_default(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, {})
    assert settings.database_url == f"sqlite:///{tmp_path}/site.db"
    assert settings["mail.port"] == 587
    assert settings.base_url == "http://localhost:8000"
    settings.serve_url = "http://127.0.0.1:8123"
    assert settings.base_url == "http://127.0.0.1:8123"


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    _write(tmp_path, "base_url: https://crm.example/\nmail: {host: a, port: 25}\nplugins: [vet]\n")
    environment = {"FIELDSTONE_MAIL_HOST": "b", "FIELDSTONE_WEBHOOKS_ALLOWED_HOSTS": "one, two"}
    settings = load_settings(tmp_path, environment)
    assert (settings["mail.host"], settings["mail.port"], settings["plugins"]) == ("b", 25, ("vet",))
    assert settings["webhooks.allowed_hosts"] == ("one", "two")
    assert settings.base_url == "https://crm.example"


def test_all_problems_of_the_file_are_named_with_their_places(tmp_path: Path) -> None:
    _write(tmp_path, "colour: red\nmail:\n  port: many\n  tls: perhaps\n  colour: red\nplugins: vet\n")
    with pytest.raises(SiteError) as refused:
        load_settings(tmp_path, {"FIELDSTONE_MAIL_PORT": "none"})
    for part in ("fieldstone.yaml:1:1", "fieldstone.yaml:3:9", "perhaps", "mail.colour", "plugins", "setting.E002"):
        assert part in refused.value.message


def test_numbers_keep_to_their_bounds(tmp_path: Path) -> None:
    _write(tmp_path, "sessions: {idle_minutes: 5, days: 90}\naudit_log_days: 30\n")
    settings = load_settings(tmp_path, {})
    assert (settings["sessions.idle_minutes"], settings["sessions.days"], settings["audit_log_days"]) == (5, 90, 30)
    _write(tmp_path, "sessions: {idle_minutes: 4, days: 91}\naudit_log_days: 0\n")
    with pytest.raises(SiteError) as refused:
        load_settings(tmp_path, {"FIELDSTONE_LOG_IN_HISTORY_DAYS": "99999"})
    for part in ("sessions.idle_minutes cannot be 4", "5 to 10080", "sessions.days cannot be 91", "audit_log_days",
                 "log_in_history_days cannot be 99999"):  # fmt: skip
        assert part in refused.value.message


def test_a_password_needs_a_closed_file(tmp_path: Path) -> None:
    _write(tmp_path, "mail: {password: hush}\n", 0o644)
    with pytest.raises(SiteError) as refused:
        load_settings(tmp_path, {})
    assert refused.value.code == "site.E002"
    _write(tmp_path, "mail: {host: open}\n", 0o644)
    assert load_settings(tmp_path, {})["mail.host"] == "open"


def test_every_setting_is_explained() -> None:
    assert all(setting.help for setting in SETTINGS)
    assert len({setting.environment for setting in SETTINGS}) == len(SETTINGS)


def test_secrets_are_kept_by_one_key(tmp_path: Path) -> None:
    create_key(tmp_path)
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    secrets = load_secrets(tmp_path)
    kept = secrets.encrypt("hush")
    assert "hush" not in kept
    assert load_secrets(tmp_path).decrypt(kept) == "hush"
    assert secrets.derive("sessions") != secrets.derive("webhooks")
    with pytest.raises(FileExistsError):
        create_key(tmp_path)
    with pytest.raises(UnavailableError):
        secrets.decrypt("nonsense")


def test_a_missing_damaged_or_open_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match=r"site\.E003"):
        load_secrets(tmp_path)
    key = tmp_path / "secret.key"
    key.write_text("abc")
    with pytest.raises(SiteError, match=r"site\.E003"):
        load_secrets(tmp_path)
    key.write_text("00" * 32)
    key.chmod(0o644)
    with pytest.raises(SiteError, match=r"site\.E004"):
        load_secrets(tmp_path)
