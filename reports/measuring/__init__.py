"""What `manage.py bench` measures on: data made for the purpose, and the measurements of large work."""
