"""Findings of the doctor."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """The severity of a finding."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of ``payments_doctor``: the result of a check, and what to do about a problem."""

    level: Level
    message: str
    cure: str = ""
