import threading

from transfers.tasks import one_at_a_time


def test_a_periodic_task_that_still_runs_takes_no_second_thread() -> None:
    began, may_end, runs = threading.Event(), threading.Event(), []

    def look() -> None:
        runs.append(threading.current_thread())
        began.set()
        may_end.wait(timeout=10)

    task = one_at_a_time(look)
    first = threading.Thread(target=task)
    first.start()
    began.wait(timeout=10)
    task()
    may_end.set()
    first.join(timeout=10)
    task()

    assert runs == [first, threading.current_thread()]


def test_a_periodic_task_that_failed_runs_again() -> None:
    runs = []

    def fail() -> None:
        runs.append("failed")
        raise ValueError

    task = one_at_a_time(fail)
    for _ in range(2):
        try:
            task()
        except ValueError:
            runs.append("told")

    assert runs == ["failed", "told", "failed", "told"]
