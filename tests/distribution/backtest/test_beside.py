"""The second processor: answers in order, mistakes that come back, and a process that is gone when its work is."""

import os
import signal
from itertools import count
from typing import Any

import pytest
from django.db import connection

from distribution.services.beside import Beside, Lost


def test_it_answers_in_order_and_keeps_what_it_learned() -> None:
    seen = count(1)
    with Beside(lambda question: (question, next(seen))) as beside:
        beside.ask("a")
        beside.ask("b")
        assert [beside.answer(), beside.answer()] == [("a", 1), ("b", 2)]
    assert next(seen) == 1  # a copy: here nothing was learned


def test_what_the_work_raises_is_raised_here() -> None:
    def work(question: int) -> float:
        return 1 / question

    with Beside(work) as beside:
        beside.ask(0)
        with pytest.raises(ZeroDivisionError):
            beside.answer()
        beside.ask(2)
        assert beside.answer() == 0.5


def test_a_process_that_was_killed_is_told_from_an_answer() -> None:
    def die(_question: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with Beside(die) as beside:
        beside.ask("anything")
        with pytest.raises(Lost):
            beside.answer()


def test_it_is_gone_after_the_block_however_the_block_ends() -> None:
    def wait_for_ever(_question: Any) -> None:
        signal.pause()

    beside = Beside(wait_for_ever)

    def give_up() -> None:
        with beside:
            beside.ask("anything")
            raise KeyError

    with pytest.raises(KeyError):
        give_up()
    with pytest.raises(ChildProcessError):
        os.waitpid(beside._pid, os.WNOHANG)


def test_much_work_does_not_choke_it() -> None:
    with Beside(len) as beside:
        beside.ask("x" * 3_000_000)
        assert beside.answer() == 3_000_000
    assert beside.processor_seconds > 0


@pytest.mark.django_db
def test_the_connection_to_the_database_stays_ours() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    with Beside(lambda question: question) as beside:
        beside.ask(1)
        assert beside.answer() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT 2")
        assert cursor.fetchone() == (2,)
