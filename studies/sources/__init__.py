"""Registries and file formats: everything from outside becomes a StudyRecord here, and only here."""
