"""Scrapy's settings: politeness and wiring, every number with its reason."""

import os

from archive import __version__
from archive.contact import contact


def _seconds(name: str, otherwise: float) -> float:
    """Return a number from the environment; nonsense counts as not given."""
    try:
        return max(0.0, float(os.environ.get(name, "")))
    except ValueError:
        return otherwise


BOT_NAME = "lamdong-news-archive"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"

# An honest name with a contact; a fake Googlebot was banned by a sister site after four articles.
CONTACT = contact()
USER_AGENT = f"{BOT_NAME}/{__version__} ({f'+{CONTACT}' if CONTACT else 'no contact given'})"

# One request at a time per host with a second between them; 0 is for tests and local mirrors.
DOWNLOAD_DELAY = _seconds("LAMDONG_DELAY", 1.0)
DOWNLOAD_DELAY_JITTER = 0  # the pause is a promise, not an average
CONCURRENT_REQUESTS_PER_DOMAIN = 1 if DOWNLOAD_DELAY else 8
CONCURRENT_REQUESTS = 8
ROBOTSTXT_OBEY = True  # by crawler.middlewares.Robots, which applies Crawl-delay too

DOWNLOAD_TIMEOUT = (
    25  # seconds: an unreachable newspaper is known within a minute (robots.txt, then one page)
)
DOWNLOAD_MAXSIZE = 8 * 2**20  # bytes, packed or unpacked: the longest pages seen have 0.2 MB
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_FAIL_ON_DATALOSS = False  # a cut-off answer is kept as evidence, then asked for again
DOWNLOAD_VERIFY_CERTIFICATES = True

# Waiting, redirects and refusals are the frontier's: they must survive a crash.
RETRY_ENABLED = False
REDIRECT_ENABLED = False
METAREFRESH_ENABLED = False
COOKIES_ENABLED = False
REFERER_ENABLED = False

# On by default in Scrapy; a crawler that nobody watches opens no doors.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

# A redirect may name any scheme; these two are asked, see crawler.reach.
DOWNLOAD_HANDLERS = {"data": None, "file": None, "ftp": None, "s3": None}

DOWNLOADER = "crawler.ending.EndingDownloader"
EXTENSIONS = {"crawler.ending.Ending": 0}
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.middlewares.Robots": 100,
    "crawler.middlewares.Beginning": 690,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "crawler.codings.Unpacking": 590,
    # Above 590 the body is still compressed, as a WARC wants it; below 900 every answer passes.
    "crawler.middlewares.Capturing": 700,
    "crawler.certificates.Certificates": 950,
    "crawler.middlewares.Reach": 990,  # the last before the network
}
# What has nothing to do here is off: the frontier knows depth and addresses, the ledger the counts.
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
}
DOWNLOADER_STATS = False
LOGSTATS_INTERVAL = 0
MEMUSAGE_ENABLED = False
ITEM_PIPELINES = {"crawler.pipelines.Check": 100, "crawler.pipelines.Store": 200}
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "vi,en;q=0.5",
    # Archivists' tools read gzip everywhere; brotli and zstd break some of them (warcio check, pywb).
    "Accept-Encoding": "gzip, deflate",
}
CONCURRENT_ITEMS = 1  # a callback yields one look; Scrapy starts as many workers for each answer
LOG_LEVEL = "CRITICAL"  # errors are lines of the run's report; for the rest: scrapy crawl baolamdong -L DEBUG
LOG_SCRAPED_ITEMS = False
STATS_DUMP = False
