"""One realistic filled example of every shipped form, nested by name as `FormSession.answers()` gives it; all people are made up.

Everything happened on or before `TODAY`; a session over an example needs its clock set there.
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.forms.example_parts import Answers
from tests.forms.examples_care import (
    CARE_AGREEMENT,
    CARE_LOG,
    ENTRUSTED_CARE_AGREEMENT,
    EXTREME_POVERTY_REGISTRATION,
    EXTREME_POVERTY_VISIT,
    GUARDIANSHIP_ASSESSMENT,
    MANDATORY_REPORT,
    SELF_CARE_ASSESSMENT,
)
from tests.forms.examples_duties import (
    CASE_ACTIVITY,
    CHECKLIST_HALF_YEARLY,
    CHECKLIST_MONTHLY,
    CHECKLIST_QUARTERLY,
    CHECKLIST_YEARLY,
    COMMUNITY_ACTIVITY,
    GROUP_ACTIVITY,
    SUPERVISOR_SPOT_CHECK,
    VISIT_FOLLOW_UP,
)
from tests.forms.examples_groups import (
    CHILD_IN_DIFFICULTY_REGISTRATION,
    LEFT_BEHIND_CHILD_REGISTRATION,
    LEFT_BEHIND_CHILD_VISIT,
    LEFT_BEHIND_ELDER_REGISTRATION,
    LEFT_BEHIND_ELDER_VISIT,
    LEFT_BEHIND_WOMAN_REGISTRATION,
    LEFT_BEHIND_WOMAN_VISIT,
)

EXAMPLES: Mapping[str, Answers] = {
    "left_behind_child_registration": LEFT_BEHIND_CHILD_REGISTRATION,
    "left_behind_child_visit": LEFT_BEHIND_CHILD_VISIT,
    "left_behind_woman_registration": LEFT_BEHIND_WOMAN_REGISTRATION,
    "left_behind_woman_visit": LEFT_BEHIND_WOMAN_VISIT,
    "left_behind_elder_registration": LEFT_BEHIND_ELDER_REGISTRATION,
    "left_behind_elder_visit": LEFT_BEHIND_ELDER_VISIT,
    "child_in_difficulty_registration": CHILD_IN_DIFFICULTY_REGISTRATION,
    "extreme_poverty_registration": EXTREME_POVERTY_REGISTRATION,
    "extreme_poverty_visit": EXTREME_POVERTY_VISIT,
    "self_care_assessment": SELF_CARE_ASSESSMENT,
    "care_log": CARE_LOG,
    "care_agreement": CARE_AGREEMENT,
    "entrusted_care_agreement": ENTRUSTED_CARE_AGREEMENT,
    "mandatory_report": MANDATORY_REPORT,
    "guardianship_assessment": GUARDIANSHIP_ASSESSMENT,
    "checklist_monthly": CHECKLIST_MONTHLY,
    "checklist_quarterly": CHECKLIST_QUARTERLY,
    "checklist_half_yearly": CHECKLIST_HALF_YEARLY,
    "checklist_yearly": CHECKLIST_YEARLY,
    "supervisor_spot_check": SUPERVISOR_SPOT_CHECK,
    "case_activity": CASE_ACTIVITY,
    "group_activity": GROUP_ACTIVITY,
    "community_activity": COMMUNITY_ACTIVITY,
    "visit_follow_up": VISIT_FOLLOW_UP,
}
