"""What will become of a published document: the rules' reading with people's decisions over it. Pure."""

from targets.import_draft.contents import (
    Draft,
    DraftNumber,
    DraftSection,
    DraftSource,
    DraftTarget,
    DraftTask,
)
from targets.import_draft.fields import PLAN, FieldProblem, clean, kind_of
from targets.import_draft.gaps import GAP_MESSAGES, Gap, GapCode, missing
from targets.import_draft.merging import draft
from targets.import_draft.proposals import PastTarget, PastTask, Proposal, UnitName, propose

__all__ = [
    "GAP_MESSAGES",
    "PLAN",
    "Draft",
    "DraftNumber",
    "DraftSection",
    "DraftSource",
    "DraftTarget",
    "DraftTask",
    "FieldProblem",
    "Gap",
    "GapCode",
    "PastTarget",
    "PastTask",
    "Proposal",
    "UnitName",
    "clean",
    "draft",
    "kind_of",
    "missing",
    "propose",
]
