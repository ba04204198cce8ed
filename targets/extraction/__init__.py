"""Reading a published work plan: every number accounted for. Pure: no Django."""

from targets.extraction.reading import Reading, read_plan

__all__ = ["Reading", "read_plan"]
