"""The models of what is promised, reported and computed; one file per idea, one name to import from."""

from targets.models.acts import Adjustment, Postponement, Terms
from targets.models.allocations import AllocationChange, AllocationImport
from targets.models.comments import Comment
from targets.models.computed import GroupProgress, Progress, ProgressRule, Recompute, TaskProgress
from targets.models.consolidated import ConsolidatedText, ConsolidatedVersion
from targets.models.drafts import EntryDraft
from targets.models.evidence import Evidence
from targets.models.exceptions import ExceptionState, PeriodException
from targets.models.figures import Figure, FigureVersion, FigureWarning, Origin
from targets.models.imports import ImportDecision, ImportStage, PlanImport
from targets.models.narratives import Act, Decision, Narrative, NarrativeVersion, NodeReport
from targets.models.periods import Period
from targets.models.promises import (
    Allocation,
    Indicator,
    IndicatorAlias,
    Milestone,
    PastValue,
    SourceKind,
    Target,
    TargetGroup,
    TargetSource,
)
from targets.models.reminders import Digest, Reminder
from targets.models.spreadsheets import SpreadsheetLayout, SpreadsheetReading
from targets.models.uploads import Upload, UploadStage

__all__ = [
    "Act",
    "Adjustment",
    "Allocation",
    "AllocationChange",
    "AllocationImport",
    "Comment",
    "ConsolidatedText",
    "ConsolidatedVersion",
    "Decision",
    "Digest",
    "EntryDraft",
    "Evidence",
    "ExceptionState",
    "Figure",
    "FigureVersion",
    "FigureWarning",
    "GroupProgress",
    "ImportDecision",
    "ImportStage",
    "Indicator",
    "IndicatorAlias",
    "Milestone",
    "Narrative",
    "NarrativeVersion",
    "NodeReport",
    "Origin",
    "PastValue",
    "Period",
    "PeriodException",
    "PlanImport",
    "Postponement",
    "Progress",
    "ProgressRule",
    "Recompute",
    "Reminder",
    "SourceKind",
    "SpreadsheetLayout",
    "SpreadsheetReading",
    "Target",
    "TargetGroup",
    "TargetSource",
    "TaskProgress",
    "Terms",
    "Upload",
    "UploadStage",
]
