"""What `manage.py bench` times, each thing in a module of its own."""
