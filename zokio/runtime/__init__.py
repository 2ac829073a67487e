"""The runtime: assembles scheduler, timers and reactor, and gives tasks their structure."""
