"""The text of an error, as staff see it."""

import re
import traceback

_DETAIL = re.compile(r"DETAIL:.*?(?=\n\nThe above exception|\n\nDuring handling|\Z)", re.DOTALL)


def error_text() -> str:
    """Return the traceback of the exception that is being handled, without the payer's data.

    PostgreSQL quotes the row that violates a constraint as ``DETAIL``
    (https://www.postgresql.org/docs/current/error-message-reporting.html).
    """
    return _DETAIL.sub("DETAIL: (left out)", traceback.format_exc())
