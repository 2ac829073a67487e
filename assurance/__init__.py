"""The assurance case: what holds each property of the runtime, measured by one command."""
