"""ZhiZao (智造): software that runs a region's manufacturing five-year plan."""

__version__ = "0.1.0"
