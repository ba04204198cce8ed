"""Who may do what: permissions as an enumeration, roles as a table. Pure: no Django.

Source: the domain description, section 1. What the *state* of an item allows is asked elsewhere
(`targets/policies.py`); a view needs both answers.
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """The roles of a bureau and of the city; the value is stored on a membership."""

    REPORTER = "reporter"  # 填报人
    REVIEWER = "reviewer"  # 处室负责人
    OFFICE = "office"  # 目标管理 (办公室)
    LEADER = "leader"  # 局领导
    OBSERVER = "observer"  # 市督查室 / 市领导
    SYSTEM_ADMIN = "sysadmin"  # 系统管理员
    SECURITY_ADMIN = "secadmin"  # 安全管理员
    AUDIT_ADMIN = "auditor"  # 审计管理员


class Permission(StrEnum):
    """One act each; a view asks for exactly one."""

    VIEW_PLAN = "view_plan"  # the plan and its approved progress
    VIEW_SUBMITTED = "view_submitted"  # figures and texts that are submitted but not yet approved
    ENTER_FIGURES = "enter_figures"  # of the own unit
    ENTER_FOR_UNITS = "enter_for_units"  # of any unit of the bureau
    REVIEW_UNIT = "review_unit"  # pass or return what the own unit submitted
    SIGN_OFF = "sign_off"  # what the units in charge submitted, where the bureau wants it
    APPROVE = "approve"  # final approval for the bureau
    IMPORT_PLANS = "import_plans"  # a published document becomes the plan
    ORGANISE_PLAN = "organise_plan"  # lead and cooperating units, allocations, added tasks, tags
    MANAGE_PERIODS = "manage_periods"
    PROPOSE_ADJUSTMENT = "propose_adjustment"  # of a target's value, unit, pace or lead
    APPROVE_ADJUSTMENT = "approve_adjustment"  # 审定
    MANAGE_STEPS = "manage_steps"  # which steps the bureau's review has, and who signs off for whom
    EXPORT_REPORTS = "export_reports"
    OVERSEE_BUREAUS = "oversee_bureaus"  # every bureau, approved progress only
    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_ROLES = "manage_roles"
    READ_AUDIT = "read_audit"


ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.REPORTER: frozenset({Permission.VIEW_PLAN, Permission.ENTER_FIGURES}),
    Role.REVIEWER: frozenset({Permission.VIEW_PLAN, Permission.REVIEW_UNIT}),
    Role.OFFICE: frozenset(
        {
            Permission.VIEW_PLAN,
            Permission.VIEW_SUBMITTED,
            Permission.ENTER_FOR_UNITS,
            Permission.APPROVE,
            Permission.IMPORT_PLANS,
            Permission.ORGANISE_PLAN,
            Permission.MANAGE_PERIODS,
            Permission.PROPOSE_ADJUSTMENT,
            Permission.MANAGE_STEPS,
            Permission.EXPORT_REPORTS,
        }
    ),
    Role.LEADER: frozenset(
        {
            Permission.VIEW_PLAN,
            Permission.VIEW_SUBMITTED,
            Permission.SIGN_OFF,
            Permission.EXPORT_REPORTS,
            Permission.APPROVE_ADJUSTMENT,
        }
    ),
    Role.OBSERVER: frozenset({Permission.VIEW_PLAN, Permission.OVERSEE_BUREAUS}),
    Role.SYSTEM_ADMIN: frozenset({Permission.MANAGE_ACCOUNTS}),
    Role.SECURITY_ADMIN: frozenset({Permission.MANAGE_ROLES}),
    Role.AUDIT_ADMIN: frozenset({Permission.READ_AUDIT}),
}

ADMIN_ROLES = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
UNIT_ROLES = frozenset({Role.REPORTER, Role.REVIEWER})
BUREAU_ROLES = frozenset({Role.OFFICE, Role.LEADER})
CITY_ROLES = ADMIN_ROLES | {Role.OBSERVER}


def roles_exclude_each_other(roles: set[Role]) -> bool:
    """Whether one person must not hold these roles together (the three admins exclude all others)."""
    return len(roles) > 1 and bool(roles & ADMIN_ROLES)
