"""All reports of the product by key; a new one is added here and nowhere else."""

from collections.abc import Mapping
from types import MappingProxyType

from mzdesk.reports.declared.care import ASSESSMENT_SUMMARY, CARE_LEDGER, PAYMENTS
from mzdesk.reports.declared.duties import BATCH_SLIP, DIRECTOR_DUTIES, MANDATORY_REGISTER, PLAN_INDICATORS
from mzdesk.reports.declared.rosters import EXIT_NOTICE, OVERDUE, ROSTER
from mzdesk.reports.declared.visits import TOWNSHIP_MONTH, VILLAGE_MONTH
from mzdesk.reports.register import Report

REPORTS: Mapping[str, Report] = MappingProxyType(
    {
        report.key: report
        for report in (
            ROSTER,
            TOWNSHIP_MONTH,
            VILLAGE_MONTH,
            OVERDUE,
            CARE_LEDGER,
            ASSESSMENT_SUMMARY,
            PAYMENTS,
            MANDATORY_REGISTER,
            DIRECTOR_DUTIES,
            EXIT_NOTICE,
            BATCH_SLIP,
            PLAN_INDICATORS,
        )
    }
)
