"""Deploying: the built site compared with what a remote place holds, and the difference sent there.

One engine (`engine.py`) plans, guards, sends, reads back and commits; a target (`target.py` says what that is)
knows one kind of place, in one file each.
"""
