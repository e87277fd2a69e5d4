"""The archive: from an Article to a reader; knows nothing of Scrapy or HTML."""

__version__ = "0.1.0"
