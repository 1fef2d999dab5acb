"""The Celery application: workers, beat and everybody who queues a task share it."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gofly.settings")

app = Celery("gofly")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
