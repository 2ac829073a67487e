"""What zokio's pytest plug-in does: properties as tests, and what stateful tests saw.

The plug-in's door is `pytest_zokio`, which loads this when there is something to do. It imports
pytest, the model checker, and nothing of the runtime.
"""
