"""Planted bugs in who waits for a descriptor, in what events do, and in closing."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

EPOLL = "zokio/reactor/epoll.py"
PORTABLE = "zokio/reactor/portable.py"
REGISTRATION = "zokio/reactor/registration.py"
REGISTERED = "zokio/net/registered.py"
READINESS = "zokio/net/readiness.py"
READ_SIDE = "zokio/net/read_side.py"
WRITE_SIDE = "zokio/net/write_side.py"

MUTANTS = (
    Mutant(
        name="readiness_that_arrives_while_nobody_waits_is_dropped",
        file=REGISTRATION,
        before="""            self.readable = True
            reader = self.reader  # once: its task may go on meanwhile, on another worker
            if reader is not None:
""",
        after="""            reader = self.reader
            if reader is not None:
                self.readable = True
""",
        machine="registration",
    ),
    Mutant(
        name="beginning_to_wait_forgets_readiness_that_has_arrived",
        file=READINESS,
        before="""    registration.writer = task
    try:
        if registration.on_wait""",
        after="""    registration.writer = task
    registration.readable = registration.ended
    try:
        if registration.on_wait""",
        machine="registration",
    ),
    Mutant(
        name="a_short_read_clears_the_flag_after_the_end",
        file=READ_SIDE,
        before="if len(data) == n or registration.ended:",
        after="if len(data) == n:",
        machine="registration",
    ),
    Mutant(
        name="a_read_that_takes_all_it_asked_for_clears_the_flag",
        file=READ_SIDE,
        before="if len(data) == n or registration.ended:",
        after="if registration.ended:",
        machine="registration",
    ),
    Mutant(
        name="deregister_leaves_the_registration_in_the_map",
        file=EPOLL,
        before="        del self._registrations[registration.fd]\n",
        after="",
        machine="registration",
    ),
    Mutant(
        name="a_close_leaves_the_registration_in_the_reactor",
        file=REGISTERED,
        before="in self._reactor.deregister(self._registration):",
        after="in self._registration.close():",
        machine="registration",
    ),
    Mutant(
        name="who_waits_is_not_woken_by_a_close",
        file=REGISTRATION,
        before="(self.reader, self.writer) if task is not None]",
        after="(self.reader,) if task is not None]",
        machine="registration",
    ),
    Mutant(
        name="a_predecessor_that_is_told_ends_the_wait_of_its_successor",
        file=PORTABLE,
        before="""        if self._registrations.get(fd) is not registration:
            return  # closed: the number is somebody else's, or nobody's
""",
        after="",
        machine="registration",
    ),
    Mutant(
        name="the_portable_reactor_goes_on_watching_for_who_waits_no_more",
        file=READINESS,
        before="""        registration.writer = None
        if registration.on_wait is not None:
            registration.on_wait(registration)
""",
        after="        registration.writer = None\n",
        machine="registration",
    ),
    Mutant(
        name="a_second_reader_takes_the_place_of_the_first",
        file=READ_SIDE,
        before="""        if registration.reader is not None:
            raise registration.busy_reading()
        if registration.readable or""",
        after="        if registration.readable or",
        machine="registration",
    ),
    Mutant(
        name="a_cancelled_writer_keeps_its_place",
        file=READINESS,
        before="""                yield task
    finally:
        registration.writer = None
        if registration.on_wait""",
        after="""                yield task
        registration.writer = None
    finally:
        if registration.on_wait""",
        machine="registration",
    ),
    Mutant(
        name="the_interest_in_writing_is_never_registered",
        file=EPOLL,
        before="INTEREST: Final = READABLE | WRITABLE | ENDED | select.EPOLLET",
        after="INTEREST: Final = READABLE | ENDED | select.EPOLLET",
        machine="registration",
    ),
    Mutant(
        name="a_part_that_was_sent_is_taken_for_all_of_it",
        file=WRITE_SIDE,
        before="            if sent == len(rest):\n",
        after="            if sent:\n",
        machine="registration",
    ),
)
