"""The project's own settings without DEBUG, as people are served: files collected elsewhere."""

import os

os.environ |= {
    "DEBUG": "off",
    "HTTPS": "off",
    "SECRET_KEY": "for-the-tests-in-a-browser",
    "ALLOWED_HOSTS": "127.0.0.1,testserver",
    "EMAIL_URL": "memorymail://",
    "LOG_LEVEL": "WARNING",
}

from imrtracker.settings import *  # noqa: F403

ROOT_URLCONF = "tests.browser.urls"
STATIC_ROOT = os.environ["STATIC_ROOT"]
