"""What merge fields may be called, against the fields of a few object types that point to each other."""

import pytest

from hookline_plugin.template import FieldPath, Names
from hookline_plugin.trigger import FieldInfo
from hookline_runtime.webhook.names import FieldNames, KnownNames, ObjectTypeInfo

CONTACT, DEAL = 0, 149
TYPES = {
    CONTACT: ObjectTypeInfo(
        "Contact",
        (
            FieldInfo("firstname", "First Name", "text"),
            FieldInfo("email", "Email", "email"),
            FieldInfo("f1", "email", "text"),  # a label like an earlier one: the first keeps it
            FieldInfo("city", "firstname", "text"),  # a label that is another field's key
            FieldInfo("owner", "Owner", "relation", CONTACT),
            FieldInfo("f2", "Owner.Email", "text"),
            FieldInfo("f3", "Version 1.5", "text"),
            FieldInfo("f4", "Straße", "text"),
            FieldInfo("sized", "Size [cm]", "text"),
            FieldInfo("f5", "Acme Inc. Partner", "relation", DEAL),
            FieldInfo("gone", "Gone", "relation", 4711),
        ),
    ),
    DEAL: ObjectTypeInfo(
        "Deal", (FieldInfo("value", "Value", "price"), FieldInfo("contact", "Primary Contact", "relation", CONTACT))
    ),
}


@pytest.mark.parametrize(
    "object_type_id, name, path",
    [
        (CONTACT, "First Name", ("firstname",)),
        (CONTACT, " fIRST nAME\t", ("firstname",)),
        (CONTACT, "firstname", ("city",)),
        (CONTACT, "EMAIL", ("email",)),
        (CONTACT, "f1", ("f1",)),
        (CONTACT, "STRASSE", ("f4",)),
        (CONTACT, "Version 1.5", ("f3",)),
        (CONTACT, "Contact ID", ("id",)),
        (CONTACT, "contact id", ("id",)),
        (CONTACT, "ID", ("id",)),
        (CONTACT, "Deal ID", None),
        (CONTACT, "Owner", ("owner",)),
        (CONTACT, "owner.email", ("f2",)),  # a whole label that holds a dot wins
        (CONTACT, "Owner.First Name", ("owner", "firstname")),
        (CONTACT, " Owner . Contact ID ", ("owner", "id")),
        (CONTACT, "Acme Inc. Partner.Value", ("f5", "value")),
        (CONTACT, "f5.contact.f5.value", ("f5", "contact", "f5", "value")),
        (CONTACT, "owner.owner.owner.owner.First Name", ("owner",) * 4 + ("firstname",)),
        (CONTACT, "owner.owner.owner.owner.owner.First Name", None),
        (CONTACT, "Gone.Email", None),
        (CONTACT, "Email.Email", None),
        (CONTACT, "Owner.", None),
        (CONTACT, ".Email", None),
        (CONTACT, "", None),
        (CONTACT, "." * 100_000, None),
        (CONTACT, "owner." * 100_000, None),
        (DEAL, "Deal ID", ("id",)),
        (DEAL, "Primary Contact.Contact ID", ("contact", "id")),
        (DEAL, "First Name", None),
        (4711, "id", None),
    ],
)
def test_finds(object_type_id: int, name: str, path: FieldPath | None) -> None:
    assert FieldNames(TYPES, object_type_id).find(name) == path


@pytest.mark.parametrize(
    "object_type_id, name, nearest",
    [
        (CONTACT, "Frist Name", "First Name"),
        (CONTACT, "e-mail", "Email"),
        (CONTACT, "Contakt ID", "Contact ID"),
        (CONTACT, "Size (cm)", "sized"),  # its label cannot be written in brackets
        (CONTACT, "Owner.Frist Name", "Owner.First Name"),
        (CONTACT, "f5.Valeu", "Acme Inc. Partner.Value"),
        (CONTACT, "Ownr.First Name", "Owner.First Name"),
        (DEAL, "Primary Contct.Emial", "Primary Contact.Email"),
        (CONTACT, "Owner.xyzzy", "Owner.sized"),  # nothing is like it: the nearest all the same
        (CONTACT, "xyzzy", "sized"),
        (CONTACT, "Gone.xyzzy", None),
        (CONTACT, "x" * 100_000, None),
        (4711, "Email", None),
    ],
)
def test_guesses_what_was_meant(object_type_id: int, name: str, nearest: str | None) -> None:
    names = FieldNames(TYPES, object_type_id)
    assert names.nearest(name) == nearest
    assert nearest is None or names.find(nearest) is not None


def test_relations_whose_labels_are_full_of_dots_cost_little() -> None:
    relations = [FieldInfo(f"r{n}", ".".join("a" * n), "relation", 0) for n in range(1, 17)]
    names = FieldNames({0: ObjectTypeInfo("T", (*relations, FieldInfo("z", "z", "text")))}, 0)
    assert all(names.find(".".join("a" * 16) + f".{n}") is None for n in range(1_000))
    assert names.find(".".join("a" * 16) + ".z") == ("r1", "r1", "r1", "r13", "z")


def test_guesses_only_so_often() -> None:
    names = FieldNames(TYPES, CONTACT)
    guesses = [names.nearest("Emial") for _ in range(100)]
    assert guesses[:10] == ["Email"] * 10
    assert guesses[-1] is None


def test_a_relation_to_the_type_with_id_nought_is_one_only_by_its_kind() -> None:
    types = {CONTACT: ObjectTypeInfo("Contact", (FieldInfo("a", "A", "text"), FieldInfo("b", "B", "relation")))}
    assert FieldNames(types, CONTACT).find("a.b") is None
    assert FieldNames(types, CONTACT).find("b.a") == ("b", "a")


def test_stored_names() -> None:
    names = KnownNames({"first name": ("firstname",)})
    assert names.find(" First NAME") == ("firstname",)
    assert names.find("Email") is None
    assert names.nearest("Email") is None


def test_only_a_name_that_is_being_written_must_be_known() -> None:
    strict: Names = FieldNames(TYPES, CONTACT)
    stored: Names = KnownNames({})
    assert (strict.strict, stored.strict) == (True, False)
