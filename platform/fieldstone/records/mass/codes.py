"""What can go wrong with a mass action. Seen by whoever asked for it."""

from __future__ import annotations

from fieldstone.kernel.codes import declare

NO_MASS = declare("mass.E001", "There is no job {id} of yours.", "Your jobs list those there are.")
NOT_FOR_MANY = declare(
    "mass.E002", "{label} cannot be changed for many records at once.", "Change the records one by one."
)
NO_KIND = declare("mass.E003", "There is nothing called {kind} that can be done to many records.")
NOTHING_ASKED = declare("mass.E004", "Nothing was chosen that should be done.", "Choose a field, a tag or a text.")
ELSEWHERE = declare("mass.E005", "Job {id} is being run by another process.", "Wait for it; its page tells.")
CANNOT_UNDO = declare("mass.E006", "Job {id} cannot be undone.", "Only finished changes of fields and tags can.")
NOT_RUNNABLE = declare("mass.E007", "Job {id} is {state} and cannot be run.", "Start another one.")
NO_TAGS = declare("mass.E008", "{module} have no tags.", "An administrator can add a field for them.")
NO_COMMENTS = declare("mass.E009", "{module} have no comments.", "An administrator can add them.")
GONE = declare("mass.E010", "The module of this job is gone.", "Nothing more is done.")
