"""The example site: people, sources, studies and pages written by the project, for a trial.

Composition, like ``stemsite.urls``: it may import every app, and only its command imports it.
"""
