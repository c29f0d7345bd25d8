"""Doing one thing to many records: a selection at once, a whole list as a job that resumes and reports."""
