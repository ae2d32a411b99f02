"""What the lab can put under test: each system is one module, and one line in the list of its kind."""
