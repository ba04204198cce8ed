"""Reading a published work plan: every number accounted for. Pure: no Django."""

from targets.extraction.reading import Reading, read_plan
from targets.extraction.rules import RULES

__all__ = ["RULES", "Reading", "read_plan"]
