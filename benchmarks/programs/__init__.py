"""The programs that are compared: each in an environment and a process tree of its own, each asked to do the same."""
