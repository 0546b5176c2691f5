"""A month of the service on a driven clock: every step is a verb of the service, at its own moment.

running.py starts a child for each load, simulating.py drives it, figures.py counts what the database says afterwards.
"""
