"""Reads: each page's data in one place, in a fixed number of queries, ready for the template."""
