"""The four roles in words, without loading any database code."""

from __future__ import annotations

ROLE_TITLES = {
    "children_director": "儿童主任",
    "social_worker": "社工",
    "supervisor": "儿童督导员",
    "administrator": "管理员",
}
ROLE_NOTES = {
    "children_director": "负责一个或几个村：走访、填表、报告",
    "social_worker": "负责全乡镇的登记、走访和照料",
    "supervisor": "除社工的工作外，还审核、抽查、看受限记录、改参数",
    "administrator": "只管账户和参数，看不到个案内容",
}


def role_title(role: str) -> str:
    """Return the Chinese title of a role."""
    return ROLE_TITLES.get(str(role), str(role))
