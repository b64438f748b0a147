"""What is written to the log."""

import logging
import re

# Whoever reads such an address can use it: it came in a mail to one person.
SECRET = re.compile(r"(/invitations/|/password/reset/key/|/confirm-email/)[^/\s\"']+")


class HideSecrets(logging.Filter):
    """Leaves the secrets of mailed links out of each line."""

    def filter(self, record):
        said = record.getMessage()
        hidden = SECRET.sub(r"\1…", said)
        if hidden != said:
            record.msg, record.args = hidden, ()
        return True
