"""The tables of models.py as SQLAlchemy Core tables: queries are written against these, rows are read without an ORM."""

from __future__ import annotations

from sqlalchemy import Table
from sqlmodel import SQLModel

from mzdesk.store import models, models_casework, models_exchange


def table_of(model: type[SQLModel]) -> Table:
    """Return the Core table of a SQLModel class."""
    return SQLModel.metadata.tables[str(model.__tablename__)]


META = table_of(models.Meta)
DIVISION = table_of(models.Division)
PERSON = table_of(models.Person)
ENROLMENT = table_of(models.Enrolment)
RELATION = table_of(models.Relation)
SEARCH_KEY = table_of(models.SearchKey)
LISTING = table_of(models.Listing)
CHANGE = table_of(models.Change)
RECORD = table_of(models_casework.Record)
ATTACHMENT = table_of(models_casework.Attachment)
DRAFT = table_of(models_casework.Draft)
FOLLOW_UP = table_of(models_casework.FollowUp)
PARAMETER = table_of(models.Parameter)
FORM_VERSION = table_of(models_casework.FormVersion)
OPERATION = table_of(models_exchange.Operation)
BATCH = table_of(models_exchange.Batch)
RECEIPT = table_of(models_exchange.Receipt)
SHADOW = table_of(models_exchange.Shadow)
CONTENDER = table_of(models_exchange.Contender)
AUDIT_ENTRY = table_of(models_exchange.AuditEntry)
SETTING = table_of(models.Setting)
IMPORT_RUN = table_of(models.ImportRun)
IMPORT_ROW = table_of(models.ImportRow)
MERGE = table_of(models.Merge)
MONTH_TALLY = table_of(models_casework.MonthTally)
MONTHLY_ENTITLEMENT = table_of(models_casework.MonthlyEntitlement)
PREPARED_SET = table_of(models_casework.PreparedSet)

# The station's own tables and no other's: the county keeps its tables in the same process in tests.
STATION_TABLES: tuple[Table, ...] = tuple(
    table_of(model)
    for module in (models, models_casework, models_exchange)
    for model in vars(module).values()
    if isinstance(model, type) and issubclass(model, SQLModel) and model.__module__ == module.__name__
)
