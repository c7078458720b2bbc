"""The object types that every account has from its start, with the fields that such a CRM gives them."""

from collections.abc import Iterator
from types import MappingProxyType

from hookline.registry.v1 import object_type_pb2 as pb

from hookline_registry.model import Field, ObjectTypeSettings

CONTACT = 0
DEAL = 149
COMPANY = 150
FIRST_CUSTOM = 10_000
"""The id of the first custom object type of an account."""

_TEXT = pb.FIELD_KIND_TEXT
_PHONE = pb.FIELD_KIND_PHONE
_PRICE = pb.FIELD_KIND_PRICE
_DATE = pb.FIELD_KIND_DATE
_MOMENT = pb.FIELD_KIND_TIMESTAMP
_LIST = pb.FIELD_KIND_LIST
_CHOICE = pb.FIELD_KIND_DROP_DOWN
_URL = pb.FIELD_KIND_URL
_LONG = pb.FIELD_KIND_LONG_TEXT
_NUMBER = pb.FIELD_KIND_NUMBER
RELATION = pb.FIELD_KIND_RELATION
"""The kind of a field that points to another object."""

_ADDRESS = (
    Field("address", "Address", _TEXT),
    Field("address2", "Address 2", _TEXT),
    Field("city", "City", _TEXT),
    Field("state", "State", pb.FIELD_KIND_STATE),
    Field("zip", "Zip Code", _TEXT),
    Field("country", "Country", pb.FIELD_KIND_COUNTRY),
)
# Users of the CRM have no object type here, so an owner is a relation to a contact.
_OWNER = Field("owner", "Owner", RELATION, CONTACT)
_TRACKED = (Field("date", "Date Added", _MOMENT), Field("dlm", "Date Last Modified", _MOMENT))


def _contact() -> Iterator[Field]:
    yield Field("firstname", "First Name", _TEXT)
    yield Field("lastname", "Last Name", _TEXT)
    yield Field("email", "Email", pb.FIELD_KIND_EMAIL)
    yield Field("sms_number", "SMS Number", _PHONE)
    yield Field("office_phone", "Office Phone", _PHONE)
    yield Field("home_phone", "Home Phone", _PHONE)
    yield Field("fax", "Fax", _PHONE)
    yield Field("company", "Company", _TEXT)
    yield Field("title", "Title", _TEXT)
    yield from _ADDRESS
    yield Field("website", "Website", _URL)
    yield Field("timezone", "Timezone", _TEXT)
    yield Field("birthday", "Birthday", _DATE)
    yield Field("status", "Sales Stage", _CHOICE)
    yield Field("priority", "Priority", _CHOICE)
    yield Field("n_lead_source", "Lead Source", _CHOICE)
    yield Field("referral_page", "Referring Page", _URL)
    yield Field("contact_cat", "Contact Tags", _LIST)
    yield Field("mrcAmount", "Most Recent Charge", _PRICE)
    yield Field("grade", "Score", _NUMBER)
    yield Field("spent", "Total Spent", _PRICE)
    yield Field("last_note", "Last Note", _LONG)
    yield _OWNER
    yield from _TRACKED
    yield Field("dla", "Last Activity", _MOMENT)


def _deal() -> Iterator[Field]:
    yield Field("name", "Deal Name", _TEXT)
    yield Field("stage", "Sales Stage", _CHOICE)
    yield Field("value", "Value", _PRICE)
    yield Field("expected_close_date", "Expected Close Date", _DATE)
    yield Field("close_date", "Close Date", _DATE)
    yield Field("lost_reason", "Lost Reason", _TEXT)
    yield Field("contact", "Primary Contact", RELATION, CONTACT)
    yield Field("company", "Company", RELATION, COMPANY)
    yield _OWNER
    yield from _TRACKED


def _company() -> Iterator[Field]:
    yield Field("name", "Company Name", _TEXT)
    yield Field("email", "Email", pb.FIELD_KIND_EMAIL)
    yield Field("phone", "Phone", _PHONE)
    yield from _ADDRESS
    yield Field("website", "Website", _URL)
    yield Field("industry", "Industry", _CHOICE)
    yield Field("employees", "Number of Employees", _NUMBER)
    yield Field("annual_revenue", "Annual Revenue", _PRICE)
    yield _OWNER
    yield from _TRACKED


STANDARD_TYPES = MappingProxyType(
    {
        CONTACT: ObjectTypeSettings("Contact", tuple(_contact())),
        DEAL: ObjectTypeSettings("Deal", tuple(_deal())),
        COMPANY: ObjectTypeSettings("Company", tuple(_company())),
    }
)
"""Name and fields of each standard type by its id."""
