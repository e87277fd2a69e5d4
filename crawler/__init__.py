"""The crawler: from the web to an Article; Scrapy and HTML live only here."""
