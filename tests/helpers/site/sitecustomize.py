"""Imported by Python at its start: programs that tests start get the default of the tests."""

from tests.helpers.default_workers import set_default, wanted

set_default(wanted())
