"""What `run.py` does: installation, embedded engines, processes, and the developer's commands.

Standard library only: this package runs before the virtual environment stands. Reading order:

cli            options and commands, and the one place where a problem becomes a sentence
installation   the virtual environment and the pinned packages
folder         the data folder, its lock and the note about who uses it
guardian       a process of its own that owns all children and stops them when run.py is gone
supervisor     run.py's side of the guardian
child          what a child does between fork and exec: other user, death with its parent
engines        PostgreSQL (postgres) and Valkey (valkey) as children, and the addresses for Django
foreground     a command on the user's terminal
session        lock + guardian + engines + environment, joined for one command
product        web server, worker and beat
commands       run, test, check (checks), bench, manage, reset
"""
