"""The settings as mypy's plugin imports them: they need no environment."""

import os

os.environ["GOFLY_ENV"] = "test"

from gofly.settings import *  # noqa: F403
