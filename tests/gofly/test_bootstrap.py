"""The script behind `make run` says in one sentence what is missing."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, at home in an empty folder with one requirement."""
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "scripts" / "bootstrap.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", str(tmp_path))
    monkeypatch.setattr(module, "VENV", str(tmp_path / ".venv"))
    monkeypatch.setattr(module, "VENV_PYTHON", str(tmp_path / ".venv" / "bin" / "python"))
    monkeypatch.setattr(sys, "argv", ["bootstrap.py", "requirements.txt"])
    (tmp_path / "requirements.txt").write_text("django\n")
    return module


def sentence(bootstrap: ModuleType) -> str:
    """What the person reads when it gives up."""
    with pytest.raises(SystemExit) as leaving:
        bootstrap.main()
    return str(leaving.value)


def test_an_old_python_is_refused(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    assert "needs Python 3.11 or newer and this is 3.9.2" in sentence(bootstrap)


def test_a_python_without_venv_names_the_package(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    assert "apt install python3-venv" in sentence(bootstrap)


def test_a_full_disk_is_refused_before_it_is_filled(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bootstrap, "BYTES_NEEDED", 10**18)
    assert "free some space" in sentence(bootstrap)
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize(
    ("complaint", "sentence"),
    [
        ("ERROR: [Errno 28] No space left on device", "The disk is full"),
        ("WARNING: Retrying after connection broken: Name resolution failed", "online"),
        ("ERROR: No matching distribution found for django==99", "Linux or macOS"),
        ("ERROR: something new", "something new"),
    ],
)
def test_what_pip_complains_of_becomes_a_sentence(
    bootstrap: ModuleType, complaint: str, sentence: str
) -> None:
    with pytest.raises(SystemExit, match=sentence):
        bootstrap.explain(complaint)


def test_packages_are_installed_only_when_the_file_has_changed(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    installed: list[str] = []
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").touch()
    monkeypatch.setattr(bootstrap, "works", lambda: True)
    monkeypatch.setattr(bootstrap, "install", installed.append)
    for text in ("django\n", "django\n", "django\nredis\n"):
        (tmp_path / "requirements.txt").write_text(text)
        bootstrap.main()
    assert len(installed) == 2
