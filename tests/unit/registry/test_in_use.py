import pytest

from hookline_registry.in_use import SHOWN, User, check_unused
from hookline_runtime.errors import FailedPrecondition


def test_nobody_stands_in_the_way() -> None:
    check_unused("x is used by", [], "USED")


@pytest.mark.parametrize(
    ("user", "written"),
    [
        (User("global rule", 3, "Welcome"), 'global rule 3 "Welcome"'),
        (User("form", 4, ""), "form 4"),
        (User("form", 4, "x" * 40), f'form 4 "{"x" * 40}"'),
        (User("form", 4, "x" * 41), f'form 4 "{"x" * 39}…"'),
    ],
)
def test_a_user_is_named(user: User, written: str) -> None:
    with pytest.raises(FailedPrecondition) as refused:
        check_unused("x is used by", [user], "USED")
    assert refused.value.message == f"x is used by {written}"
    assert refused.value.reason == "USED"
    assert refused.value.metadata == {"users": f"{user.kind} {user.id}"}


def test_many_users_are_not_all_named() -> None:
    users = [User("form", number, "") for number in range(SHOWN + 1)]
    with pytest.raises(FailedPrecondition) as refused:
        check_unused("x is used by", users, "USED")
    assert refused.value.message.endswith(f"form {SHOWN - 1} and others")
    assert f"form {SHOWN}" not in refused.value.metadata["users"]
