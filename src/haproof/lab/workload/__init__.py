"""The clients of a database under test: programs of their own, each with a history that it writes itself.

They are processes apart from the lab's, because one client that hangs in a library must not stop the clock
that times a fault, and because a client on a member's host has to live in that host's network.
"""
