#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys

from django.core.management import execute_from_command_line

# They answer from what they are given, serve nobody and read no database.
NEED_NO_SETTINGS = {"stats", "recompute_evaluation"}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "imrtracker.settings")
    if NEED_NO_SETTINGS & set(sys.argv[1:2]):
        os.environ.setdefault("SECRET_KEY", "not used")
        os.environ.setdefault("ALLOWED_HOSTS", "localhost")
    execute_from_command_line(sys.argv)
