"""Council: a meeting room for language models and people.

The application is made in ``council.application``.
"""

__version__ = "0.1.0"
