"""Histories that others have published: fetched when somebody asks for them, and never run."""
