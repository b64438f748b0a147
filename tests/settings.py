"""The project's settings, as the tests need them: nothing from the machine's own .env."""

import os

os.environ["DEBUG"] = "on"
os.environ["SECRET_KEY"] = "for-tests"
os.environ["ALLOWED_HOSTS"] = "testserver,localhost,127.0.0.1"
os.environ["EMAIL_URL"] = "memorymail://"

from imrtracker.settings import *  # noqa: F403

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Pages put jobs into a queue that nobody works off; tests that want them done call `run_job`.
TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend", "QUEUES": []}}
CACHES["jobs"] = {  # noqa: F405
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "LOCATION": "jobs",
}
STATIC_ROOT = BASE_DIR / "static"  # noqa: F405 - something that is there; nothing is collected
