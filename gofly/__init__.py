"""The project: settings, servers and the commands that start them."""

# The Celery app must exist before the first `.delay()` of any process; without this line the
# web process would send to a default AMQP broker that nobody runs.
from gofly.celery import app as celery_app

__all__ = ["celery_app"]
