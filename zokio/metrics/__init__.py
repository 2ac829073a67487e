"""Metrics: what a runtime has done so far, in numbers."""

from zokio.metrics.runtime_metrics import RuntimeMetrics as RuntimeMetrics
from zokio.metrics.runtime_metrics import WorkerMetrics as WorkerMetrics

__all__ = ["RuntimeMetrics", "WorkerMetrics"]
