"""What can go wrong in a way that a person must act on. Outcomes of a fetch are values, not errors.

CorrigendaError
├── ConfigurationError    a setting, file or environment variable is wrong
├── InputError            what the user named cannot be used: an address, a file, an id
├── LexiconError          a word list is malformed (monitor.facts)
└── ExtractionError       the worker process could not read a page in its limits

Each carries one line: what happened, to which thing, and what to do.
"""


class CorrigendaError(Exception):
    """The base of all errors that the command line prints as one line and that end it with `exit_code`."""

    exit_code = 1


class ConfigurationError(CorrigendaError):
    """A setting is wrong; the message names the setting, its value and what is allowed."""

    exit_code = 3


class InputError(CorrigendaError):
    """What the user named cannot be used; the message names it and says what to do instead."""

    exit_code = 2


class ExtractionError(CorrigendaError):
    """The extraction worker could not read a page within its limits; the message says which limit."""
