"""The demonstration: two published plans with sample departments, figures and stories (fixtures/*.json)."""
