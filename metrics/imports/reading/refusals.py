"""Why a file cannot be read at all."""


class FileRefusedError(ValueError):
    """The file as a whole cannot be read; the sentence says why and what to do.

    hint : what the command says besides, whose answer is a line of the mapping
    """

    hint = ""
