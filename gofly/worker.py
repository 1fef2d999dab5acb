"""Background work as threads of this process: one Celery worker and its clock."""

from threading import Thread

from celery import beat, signals
from celery.worker import WorkController

from gofly.celery import app

CONCURRENCY = 4
SECONDS_TO_STOP = 3


class BackgroundWork:
    """A Celery worker and beat that live and end with this process."""

    def __init__(self) -> None:
        """Make both; nothing runs yet."""
        app.finalize()
        app.loader.import_default_modules()
        self.worker = WorkController(
            app=app,
            pool="threads",
            concurrency=CONCURRENCY,
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
        )
        # The clock looks up often, so that it also ends soon when told to.
        self.clock = beat.Service(app, max_interval=0.25, remote_control=False)
        self.threads = [
            Thread(target=self.worker.start, name="worker", daemon=True),
            Thread(target=self.clock.start, name="beat", daemon=True),
        ]

    def start(self) -> None:
        """Start both threads."""
        signals.setup_logging.connect(leave_logging_alone)
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        """End both; tasks in hand finish, tasks not begun are found again through the outbox."""
        self.clock.stop()
        # A message wakes the worker at once; a flag would be seen after two seconds.
        app.control.shutdown(destination=[self.worker.hostname])
        for thread in self.threads:
            thread.join(SECONDS_TO_STOP)


def leave_logging_alone(**kwargs: object) -> None:
    """Keep Celery from installing handlers of its own: it asks whether anybody is connected."""
