"""What was typed wrongly, in the language of the person: the usual complaints of the command line in words of ours."""

import re

from schemas import messages
from schemas.messages import Language

_COMPLAINTS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), key)
    for pattern, key in (
        (r"^Missing option (?P<name>.+?)\.$", "usage.missing_option"),
        (r"^Missing argument (?P<name>.+?)\.$", "usage.missing_argument"),
        (r"^Missing command\.$", "usage.missing_command"),
        (r"^No such option: (?P<name>\S+)", "usage.no_such_option"),
        (r"^No such command (?P<name>.+?)\.", "usage.no_such_command"),
        (r"^Invalid value for (?P<name>.+?): (?P<said>.+)$", "usage.invalid_value"),
        (r"^Got unexpected extra argument\S* \((?P<name>.+)\)$", "usage.extra_argument"),
        (r"^Option (?P<name>.+) requires an argument\.$", "usage.no_value"),
        (r"^Option (?P<name>.+) does not take a value\.$", "usage.takes_no_value"),
    )
)


def complaint(said: str, language: Language) -> str:
    """The complaint in words of the language; one that is not known is told as the program told it.

    Args:
        said: what the parser of the command line says, in English.
        language: vi or en.
    """
    for pattern, key in _COMPLAINTS:
        found = pattern.match(said)
        if found:
            words = found.groupdict() | {"name": found.groupdict().get("name", "").strip("'")}
            return messages.text(key, language, **words)
    return messages.text("usage.other", language, said=said)
