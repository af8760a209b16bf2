"""What differs between organisations, or is not known for certain: switchable while the server runs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

PERMISSIONS = frozenset(
    {
        "analytics:conversationAggregate:view",
        "analytics:queueObservation:view",
        "analytics:conversationDetail:view",
        "routing:queue:view",
        "routing:queue:search",
        "routing:wrapupCode:view",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """Conversations of the past that become visible only while somebody reads: pages shift under the reader."""

    one_in: int = 10
    """How rare they are."""
    over_pages: int = 10
    """Each appears with one of the next so many pages of details queries; after them nothing is hidden."""
    served: int = 0

    def hides(self, number: int) -> bool:
        """Whether the conversation under this number has not arrived yet."""
        dice = number * 2_654_435_761 >> 8
        return dice % self.one_in == 0 and self.served <= dice // self.one_in % self.over_pages

    def one_page_later(self) -> Late:
        """What is late after another page."""
        return replace(self, served=min(self.served + 1, self.over_pages))


@dataclass(slots=True, kw_only=True)
class Options:
    """Every field may be changed between two requests."""

    permissions: frozenset[str] = PERMISSIONS
    """Granted to the client."""
    token_life: timedelta = timedelta(seconds=86_399)
    wrong_secret_status: int = 400
    """400 or 401: both have been reported."""
    rate_limit: int = 300
    """Requests per token and window."""
    rate_window: timedelta = timedelta(seconds=60)
    rate_headers: bool = True
    retry_after: bool = True
    """Whether a 429 of the limit itself says when to come back."""
    longest_aggregates: timedelta = timedelta(days=366)
    longest_details: timedelta = timedelta(days=31)
    longest_unfiltered_details: timedelta | None = timedelta(days=7)
    """Sources disagree whether there is a shorter limit without a filter; None for none."""
    largest_details_page: int = 100
    """100 in integrations, 200 in an official sample."""
    most_rows: int = 30_000
    largest_body: int = 512_000
    timeout_interval: timedelta | None = None
    """Aggregates over a longer interval end in a 504, as heavy queries do; None for never."""
    timeout_predicates: int | None = None
    """The same for a filter of more predicates."""
    restless_details: bool = False
    """Repeat a page's last conversation on the next page and let totalHits move, as they do while data arrives."""
    late_details: Late | None = None
    """Let data of any past arrive during an export. Jobs, which come later anyway, see everything."""
    timeout_details: timedelta | None = None
    """Details queries over a longer interval end in a 504; None for never."""
    jobs_behind: timedelta = timedelta(hours=6)
    """How far the data of details jobs lags; what is published as `dataAvailabilityDate`."""
    job_takes: timedelta = timedelta(seconds=8)
    """From submission until the results can be read."""
    job_polls: int = 3
    """Or so many looks at its state, whichever comes first, so that a clock that stands still does not stop it."""
    job_life: timedelta = timedelta(hours=24)
    """From completion until the results are gone."""
    job_slots: int = 10
    """Jobs at once; another is refused with 429."""
    largest_job_page: int = 1_000
    include_flow_outs: bool = False
    include_short_abandons: bool = True
    include_abandons: bool = True
    empty_views: bool = False
    """Show a view without values as count 0 instead of leaving it out."""
    bucket_offsets_local: bool = True
    """With a timeZone, show bucket instants in it; otherwise in UTC."""
    limits: dict[str, dict[str, int]] = field(
        default_factory=lambda: {
            "platform.api": {
                "token.rate.per.minute": 300,
                "org.app.user.rate.per.minute": 3000,
                "request.bytes.max": 512_000,
            },
            "analytics": {},
            "analytics.realtime": {},
            "analytics.data.extraction": {},
            "analytics.alerting": {},
        }
    )
    """Published by the limits endpoint beside those that are options of their own: `rate_limit` and `job_slots`."""
