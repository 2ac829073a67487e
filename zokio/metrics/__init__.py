"""Metrics: what a runtime has done so far, in numbers."""

from zokio.metrics.runtime_metrics import RuntimeMetrics as RuntimeMetrics

__all__ = ["RuntimeMetrics"]
