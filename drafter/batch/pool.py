"""A bounded number of drafts in work at a time, in threads. Results carry their id; position means nothing."""

import threading
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from queue import SimpleQueue
from typing import TypeVar

from drafter.domain import Draft, Failure, Question
from drafter.drafting import Drafter
from drafter.errors import BadInput, BadModelOutput, DrafterError, ModelUnavailable, ScreeningFailed

T = TypeVar("T")
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


# What is wrong with one question or one call. Every other error would hit the next question as well.
_OF_ONE_QUESTION = (BadInput, ScreeningFailed, ModelUnavailable, BadModelOutput)


def draft_many(
    drafter: Drafter,
    questions: Iterable[tuple[str, Question]],
    *,
    clock: Clock,
    concurrency: int,
    on_result: Callable[[str, Draft | Failure], None] | None = None,
    stop: threading.Event | None = None,
) -> Generator[tuple[str, Draft | Failure], None, None]:
    """Each question's id with its draft or failure, in the order in which they are finished.

    ``questions`` is read as places become free, so it may be endless. ``on_result`` is called in the thread that
    drafted, before the result is yielded: what it has written is safe whatever happens to the caller. Setting
    ``stop`` lets the running ones finish and starts no more; so does closing the iterator.

    Raises:
        DrafterError: one that the next question would meet as well (archive, index, settings).
    """

    def one(id_: str, question: Question) -> tuple[str, Draft | Failure]:
        result = draft_or_failure(drafter, question, clock)
        if on_result:
            on_result(id_, result)
        return id_, result

    jobs = (partial(one, id_, question) for id_, question in questions)
    return work_off(jobs, concurrency=concurrency, stop=stop)


def draft_or_failure(drafter: Drafter, question: Question, clock: Clock) -> Draft | Failure:
    """A draft, or why this question has none. Raises what is not the question's own fault."""
    try:
        draft = drafter.draft(question, clock())
    except _OF_ONE_QUESTION as error:
        said = error.said if isinstance(error, BadModelOutput) else ""
        return Failure(question, type(error).__name__, str(error), said)
    if draft.question.id != question.id:
        raise DrafterError(
            f"The draft {draft.id} belongs to another question than the one it was made for; it was not kept. "
            "Please report this."
        )
    return draft


def work_off(
    jobs: Iterable[Callable[[], T]], *, concurrency: int, stop: threading.Event | None = None
) -> Generator[T, None, None]:
    """The jobs' results as they are finished; a job is taken only when a thread is free for it.

    An error in a job is raised here, after the running ones have finished.
    """
    finished: SimpleQueue[Future[T]] = SimpleQueue()
    waiting = iter(jobs)
    running = 0
    pool = ThreadPoolExecutor(concurrency, thread_name_prefix="draft")
    try:
        while True:
            while running < concurrency and not (stop and stop.is_set()):
                job = next(waiting, None)
                if job is None:
                    break
                pool.submit(job).add_done_callback(finished.put)
                running += 1
            if not running:
                return
            result = finished.get().result()
            running -= 1
            yield result
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
