"""Writes: keyword-only, atomic, the actor as `by`, guards first, audit event in the same transaction."""
