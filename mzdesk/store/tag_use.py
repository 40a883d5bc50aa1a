"""Which tags people have: read from the listing, which is far smaller than the people themselves."""

from __future__ import annotations

from sqlalchemy import Connection, select

from mzdesk.store.scope import Scope
from mzdesk.store.search import EVERYBODY
from mzdesk.store.tables import LISTING


def in_use(connection: Connection, scope: Scope) -> frozenset[str]:
    """Return the tags of the people in scope."""
    query = select(LISTING.c.tags).where(LISTING.c.group.in_(EVERYBODY), LISTING.c.tags != " ", scope.where(LISTING.c.village)).distinct()
    return frozenset(tag for tags in connection.execute(query).scalars() for tag in tags.split())
