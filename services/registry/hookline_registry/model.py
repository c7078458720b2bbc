"""The stored values: what the registry knows, free of transport and storage.

Times are microseconds since the epoch. A value never changes; a write makes a new one with a new revision.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from hookline_plugin import Value
from hookline_runtime.tls.to_receivers import ReceiverTls
from hookline_runtime.vault.vault import Kept
from hookline_runtime.webhook.authentication import Authentication

PAUSED = "paused"
"""The key of definitions of every kind that says that they fire nothing."""


class Plan(IntEnum):
    """What an account pays for; the numbers are the contract's."""

    BASIC = 1
    PLUS = 2
    PRO = 3


class ItemKind(IntEnum):
    """The kinds of config items; the numbers are the contract's."""

    ACCOUNT = 1
    KEY = 2
    OBJECT_TYPE = 3
    SUBSCRIPTION = 4
    WEBHOOK = 5
    GLOBAL_RULE = 6
    FORM = 7
    CAMPAIGN = 8
    TRIGGER = 9


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """What a caller may choose about an account."""

    name: str
    plan: Plan
    global_rules: bool = False
    form_rules: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """A tenant."""

    id: int
    settings: AccountSettings
    create_time: int
    update_time: int
    revision: int


@dataclass(frozen=True, slots=True)
class Key:
    """An account key, or (account_id 0) an operator key."""

    id: int
    account_id: int
    application_id: str
    name: str
    scopes: tuple[int, ...]
    secret_hash: bytes
    create_time: int
    expire_time: int | None
    revoke_time: int | None
    last_used_time: int | None
    revision: int


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an object type; kind is the contract's number."""

    key: str
    label: str
    kind: int
    related_object_type_id: int = 0


@dataclass(frozen=True, slots=True)
class ObjectTypeSettings:
    """What a caller may choose about an object type."""

    name: str
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class ObjectType:
    """A kind of object that an account has."""

    id: int
    account_id: int
    settings: ObjectTypeSettings
    create_time: int
    update_time: int
    revision: int


@dataclass(frozen=True, slots=True)
class SubscriptionSettings:
    """What a caller may choose about a subscription.

    Enums are numbers of the contract; spans are in microseconds. A `quiet` of 0 is not to settle, a `longest` of 0 the
    default.
    """

    event_name: str
    event_number: int | None
    url: str
    format: int
    content_type: str
    headers: tuple[tuple[str, str], ...] = ()
    requests_per_minute: int | None = None
    max_retries: int | None = None
    ordered: bool = False
    dead_head: int = 1
    timeout: int | None = None
    quiet: int = 0
    longest: int = 0

    @property
    def event(self) -> str:
        """The event as a caller writes it, such as sub_tag(4)."""
        return self.event_name if self.event_number is None else f"{self.event_name}({self.event_number})"


@dataclass(frozen=True, slots=True)
class Secrets:
    """The secrets of a target as they are stored: the one that signs and, until it expires, the one before.

    `public_key` verifies what the current one signs, where it is the private key of a pair. `headers` are those whose
    values are secret; `authentication` and `tls` hold what is secret about them sealed.
    """

    current: Kept
    old: Kept | None = None
    old_expire_time: int | None = None
    public_key: str = ""
    headers: tuple[tuple[str, Kept], ...] = ()
    authentication: Authentication | None = None
    tls: ReceiverTls | None = None


@dataclass(frozen=True, slots=True)
class Subscription:
    """An API subscription."""

    id: int
    account_id: int
    settings: SubscriptionSettings
    secrets: Secrets
    create_time: int
    update_time: int
    revision: int


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """What a caller may choose about a webhook.

    Enums are numbers of the contract; the timeout is in microseconds; an empty content type is to be detected.
    """

    name: str
    object_type_id: int
    url: str
    method: int
    headers: tuple[tuple[str, str], ...] = ()
    data: str = ""
    content_type: str = ""
    requests_per_minute: int | None = None
    max_retries: int | None = None
    ordered: bool = False
    dead_head: int = 1
    timeout: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What the texts of a webhook said when they were last written.

    `names` are the merge fields in small letters with the paths that they stood for then; `gone` are those whose
    field has been deleted since.
    """

    media_type: str
    names: tuple[tuple[str, tuple[str, ...]], ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Webhook:
    """The settings of a "Send to a Webhook" action."""

    id: int
    account_id: int
    settings: WebhookSettings
    reading: Reading
    secrets: Secrets
    create_time: int
    update_time: int
    revision: int


@dataclass(frozen=True, slots=True)
class DefinitionSettings:
    """What a trigger's definition is: `body` as it came, `resolved` as its source compiles it.

    `number` is that of a form, None for other kinds.
    """

    name: str
    object_type_id: int
    body: Mapping[str, Value]
    resolved: Mapping[str, Value]
    number: int | None = None

    @property
    def paused(self) -> bool:
        """Whether it fires nothing."""
        return self.body.get(PAUSED, False) is True


@dataclass(frozen=True, slots=True)
class Definition:
    """The stored definition of a trigger, such as a global rule."""

    id: int
    account_id: int
    kind: ItemKind
    settings: DefinitionSettings
    create_time: int
    update_time: int
    revision: int


class CampaignState(IntEnum):
    """Where a campaign stands; the numbers are the contract's."""

    DRAFT = 1
    LIVE = 2
    PAUSED = 3


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign: `working` is what its author works on; what it resolves to is what contacts follow.

    `published` is what contacts follow as it came, with its name; None for a draft. `changed` says that the author
    has gone on since.
    """

    working: Definition
    state: CampaignState = CampaignState.DRAFT
    version: int = 0
    published: Mapping[str, Value] | None = None
    publish_time: int | None = None
    changed: bool = True

    @property
    def id(self) -> int:
        """Its number in the account, from 1."""
        return self.working.id


Item = Account | Key | ObjectType | Subscription | Webhook | Definition
