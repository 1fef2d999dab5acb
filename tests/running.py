"""A real `manage.py up`, as a person at a terminal starts and stops it."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[1]


class Run:
    """One `manage.py up`, with a folder of its own and what it printed."""

    def __init__(self, folder: Path, port: int) -> None:
        """Nothing runs yet."""
        self.folder = folder
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.log = folder / "printed"
        self.process: subprocess.Popen[bytes] | None = None

    def environment(self) -> dict[str, str]:
        """What a person's shell would hand over, and our folder and port."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/"),
            "GOFLY_DATA": str(self.folder / "var"),
            "PORT": str(self.port),
        }

    def start(self, *options: str) -> float:
        """Start it and wait until it is ready; the answer is the seconds that took."""
        began = time.monotonic()
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up", *options],
                cwd=ROOT,
                env=self.environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        while self.status("/readyz") != 200:
            assert self.process.poll() is None, self.printed()
            assert time.monotonic() - began < 60, self.printed()
            time.sleep(0.1)
        return time.monotonic() - began

    def status(self, path: str) -> int:
        """The status of a page, 0 when nobody answers."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            return int(error.code)
        except OSError:
            return 0

    def command(self, *words: str, **changes: str) -> subprocess.CompletedProcess[str]:
        """Run another command of `manage.py` in the same folder."""
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment() | changes,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def stop(self, number: signal.Signals = signal.SIGINT) -> tuple[int, float]:
        """Send the signal; the answer is the exit status and the seconds until the end."""
        assert self.process
        began = time.monotonic()
        self.process.send_signal(number)
        return self.process.wait(30), time.monotonic() - began

    def printed(self) -> str:
        """Everything on the terminal so far."""
        return self.log.read_text()
