"""Drafts being written in threads of their own, so that no rerun of a page kills one or pays for a second."""

from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import replace
from threading import Event, Lock
from typing import cast

from drafter.chat import Partial
from drafter.chat.shape import partial_texts
from drafter.domain import Draft, Question
from drafter.drafting import Drafter, Prepared
from drafter.errors import DrafterError

Steps = Generator[Prepared | Partial | Draft, None, None]


class Job:
    """One draft being written: what is known of it so far, then the draft or its error."""

    def __init__(self, drafter: Drafter, question: Question, pool: ThreadPoolExecutor) -> None:
        self.question = question
        self.prepared: Prepared | None = None
        self.reply = ""
        self.more_info = ""
        self.notice = ""
        self._stopped = Event()
        self._future: Future[Draft | None] = pool.submit(self._write, drafter)

    @property
    def running(self) -> bool:
        return not self._future.done()

    def stop(self) -> None:
        """Give the draft up; the model's work ends at its next words."""
        self._stopped.set()

    def wait(self, seconds: float) -> None:
        """Until it has ended, but no longer than this."""
        wait([self._future], seconds)

    @property
    def error(self) -> BaseException | None:
        """Why it ended without a draft; None while it runs, and when it was stopped or has succeeded."""
        return self._future.exception() if self._future.done() else None

    def _write(self, drafter: Drafter) -> Draft | None:
        # Closing the generator is what stops the model's server.
        with closing(cast("Steps", drafter.stream(self.question))) as steps:
            for step in steps:
                if isinstance(step, Draft):
                    return step
                if self._stopped.is_set():
                    break
                self._take(step)
        return None

    def _take(self, step: Prepared | Partial) -> None:
        if isinstance(step, Prepared):
            self.prepared = step
        else:
            self.reply, self.more_info = partial_texts(step.value)
            self.notice = step.notice or self.notice


class Jobs:
    """The drafts in work, at most one for each question."""

    def __init__(self, drafter: Drafter, *, at_once: int) -> None:
        self._drafter = drafter
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="draft")
        # What goes wrong here goes wrong for the first draft too, which says it.
        self._pool.submit(drafter.warm)
        self._jobs: dict[str, Job] = {}
        self._lock = Lock()

    def start(self, question: Question, *, anyway: bool = False) -> Job:
        """A new draft for the question, or the one that is already being written; with ``anyway`` one is written
        where it would be withheld."""
        with self._lock:
            job = self._jobs.get(question.id)
            if job is None or not job.running:
                job = self._jobs[question.id] = Job(replace(self._drafter, anyway=anyway), question, self._pool)
            return job

    def of(self, question_id: str) -> Job | None:
        return self._jobs.get(question_id)

    def problem(self, question_id: str) -> DrafterError | None:
        """Why no draft could be made. A fault of the program itself is raised once, then it can be tried again."""
        job = self.of(question_id)
        error = job.error if job else None
        if error is None or isinstance(error, DrafterError):
            return error
        self.forget(question_id)
        raise error

    def writing(self, question_id: str) -> bool:
        job = self.of(question_id)
        return job is not None and job.running

    def forget(self, question_id: str) -> None:
        with self._lock:
            self._jobs.pop(question_id, None)
