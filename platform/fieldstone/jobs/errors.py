"""What can go wrong with a job. Seen by administrators in Setup and by the operator."""

from __future__ import annotations

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import ConflictError, FieldstoneError, InvalidInputError, NotFoundError

declare("job.E001", "There is no kind of job named {kind}.", "Kinds are registered when the site opens.")
declare("job.E002", "There is no job {id}.")
declare("job.E003", "Job {id} is {state} and cannot be {verb}.")
declare("job.E004", "The worker {worker} lost job {id}: its lease was over and another worker has it.")
declare("job.E005", "The worker died or was cut off {attempts} times while it ran this job.")
declare("job.E006", "{reason}")
declare("job.E007", "“{expression}” is not a cron schedule: {reason}", "Write five fields, such as 0 8 * * 1-5.")
declare("job.E008", "There is no time zone named {zone}.", "Use an IANA name, such as Europe/Berlin.")


class UnknownJobKindError(InvalidInputError):
    """A job of a kind that nobody registered."""


class JobNotFoundError(NotFoundError):
    """No job with this id."""


class JobStateError(ConflictError):
    """The job is in a state that does not allow what was asked."""


class ScheduleError(InvalidInputError):
    """A cron expression or a time zone that cannot be used."""


class LeaseLostError(FieldstoneError):
    """This worker does not hold the job any more; its transaction must not commit."""


class PermanentJobError(FieldstoneError):
    """Trying again cannot help: the job fails at once. `reason` says why, for people."""

    def __init__(self, reason: str) -> None:
        super().__init__("job.E006", reason=reason)


class JobInterruptedError(Exception):
    """Raised by a job that stops early because the worker shuts down; it goes back to the queue."""


class JobPausedError(Exception):
    """Raised by a job that stops early because it was asked to pause, or pauses by itself.

    It keeps its place and its progress, and waits until somebody resumes it. `message` says why it
    waits, for people; "" leaves what the job said last.
    """

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message
