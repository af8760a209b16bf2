"""What of the Platform API is simulated and what is not, so that nobody has to guess."""

from __future__ import annotations

from typing import NamedTuple


class Endpoint(NamedTuple):
    """One method and path of the platform, or one that only a tutorial knows."""

    method: str
    path: str
    served: bool
    remark: str


_INVENTED = "does not exist on the platform"

COVERAGE: tuple[Endpoint, ...] = (
    Endpoint("POST", "/oauth/token", True, "client credentials only"),
    Endpoint("GET", "/api/v2/routing/queues", True, "pages, name, id, divisionId, sortOrder"),
    Endpoint("GET", "/api/v2/routing/queues/divisionviews", True, "pages of 100, five at most"),
    Endpoint("GET", "/api/v2/routing/queues/divisionviews/all", True, "pages of 500"),
    Endpoint("GET", "/api/v2/routing/queues/{queueId}", True, ""),
    Endpoint(
        "GET", "/api/v2/routing/queues/{queueId}/mediatypes/{mediaType}/estimatedwaittime", True, "from recent waits"
    ),
    Endpoint("GET", "/api/v2/routing/wrapupcodes", True, "pages, name, id, sortOrder"),
    Endpoint("GET", "/api/v2/users", True, "pages, id, state"),
    Endpoint("GET", "/api/v2/authorization/divisions", True, "pages"),
    Endpoint("GET", "/api/v2/organizations/limits/namespaces/{namespace}", True, ""),
    Endpoint("GET", "/api/v2/organizations/limits/namespaces/{namespace}/defaults", True, "same as the values"),
    Endpoint("POST", "/api/v2/analytics/conversations/aggregates/query", True, "all but topN and bottomN"),
    Endpoint("POST", "/api/v2/analytics/queues/observations/query", True, "live counts, details of waiting contacts"),
    Endpoint(
        "POST", "/api/v2/analytics/conversations/details/query", True, "filters on conversation and segment; no facets"
    ),
    Endpoint("POST", "/api/v2/analytics/conversations/details/jobs", True, "filters as of the query"),
    Endpoint("GET", "/api/v2/analytics/conversations/details/jobs/availability", True, "some hours behind"),
    Endpoint("GET", "/api/v2/analytics/conversations/details/jobs/{jobId}", True, "every state"),
    Endpoint("DELETE", "/api/v2/analytics/conversations/details/jobs/{jobId}", True, ""),
    Endpoint("GET", "/api/v2/analytics/conversations/details/jobs/{jobId}/results", True, "pages of 1000 by cursor"),
    Endpoint("POST", "/api/v2/analytics/conversations/aggregates/jobs", False, "asynchronous twin of the query"),
    Endpoint("GET", "/api/v2/analytics/conversations/{conversationId}/details", False, "single records"),
    Endpoint("POST", "/api/v2/analytics/conversations/activity/query", False, "use observations"),
    Endpoint("POST", "/api/v2/analytics/routing/activity/query", False, "use observations"),
    Endpoint("POST", "/api/v2/analytics/users/observations/query", False, ""),
    Endpoint("POST", "/api/v2/analytics/users/aggregates/query", False, ""),
    Endpoint("GET", "/api/v2/analytics/dataretention/settings", False, ""),
    Endpoint("GET", "/api/v2/routing/queues/{queueId}/members", False, ""),
    Endpoint("GET", "/api/v2/routing/wrapupcodes/divisionviews", False, ""),
    Endpoint("GET", "/api/v2/users/me", False, "needs a user, which client credentials have not"),
    Endpoint("POST", "/api/v2/notifications/channels", False, "push"),
    Endpoint("POST", "/api/v2/analytics/queues/summary/query", False, _INVENTED),
    Endpoint("POST", "/api/v2/analytics/queues/details/query", False, _INVENTED),
    Endpoint("POST", "/api/v2/analytics/conversations/summary/query", False, _INVENTED),
    Endpoint("GET", "/api/v2/iam/queues", False, _INVENTED),
)
"""Unserved paths answer 404 with a body that names them, like any other unknown path."""
