"""Writes events.jsonl: some months in the life of a small business, as a CRM would tell it.

Every run writes the same bytes. Each object's story is coherent: it is created before anything happens to it, its
version rises, its tags are those that it was given and not taken, and time goes forward.

    python examples/make_events.py > examples/events.jsonl
"""

import json
import random
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

CONTACT, DEAL, COMPANY, WORKSHOP = 0, 149, 150, 10000
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

PEOPLE = [
    ("Mary", "Smith", "mary@example.com", "London", "GB"),
    ("José", "Núñez Ibáñez", "jose.nunez@example.es", "A Coruña", "ES"),
    ("Zoë", "O'Brien", "zoe.obrien@example.ie", "Dún Laoghaire", "IE"),
    ("Anaïs", "Lefèvre-Dubois", "anais@example.fr", "Besançon", "FR"),
    ("Søren", "Kjærgård", "soeren@example.dk", "Tårnby", "DK"),
    ("Łukasz", "Żółć", "lukasz@example.pl", "Łódź", "PL"),
    ('Amélie "Mimi"', "D'Angelo", "mimi+crm@example.it", "Forlì", "IT"),
    ("Bob & Carol", "Tables", "bob&carol@example.com", "St. John's", "CA"),
    ("Thị Minh Khai", "Nguyễn", "khai@example.vn", "Huế", "VN"),
    ("Ægir", "Þórsson 🧊", "aegir@example.is", "Ísafjörður", "IS"),
    ("小龍", "李", "li@example.tw", "臺北", "TW"),
    ("Юлия", "Петрова", "yulia@example.bg", "София", "BG"),
    ("ليلى", "حداد", "layla@example.jo", "عمّان", "JO"),
    ("Grace", "<Hopper>", "grace@example.org", "New York", "US"),
    ("Jürgen", "Groß-Müller", "juergen@example.de", "Köln", "DE"),
    ("Siobhán", "Ní Dhúill", "siobhan@example.ie", "Gaillimh", "IE"),
]
OWNERS = [
    {"id": "2", "firstname": "Renée", "lastname": "Okafor", "email": "renee@seller.example"},
    {"id": "3", "firstname": "Tom", "lastname": "O'Neil", "email": "tom@seller.example"},
]
COMPANIES = ["Müller & Söhne GmbH", 'The "Quote" Company <Ltd>', "Señor Café S.L. ☕"]
TAGS = {"4": "Customer", "5": "Newsletter", "6": "VIP ⭐", "9": "Trial", "12": "R&D"}
FORMS = {"4": "Contact us", "7": "Webinar: “Growth & You”", "12": "Newsletter sign-up"}
ORDER_FORMS = {"40": "Checkout"}
PRODUCTS = {"16": ("Starter kit", "49.00"), "21": ("Coaching – 3 × 60'", "390.00"), "22": ("Café blend", "12.50")}
STAGES = ["New", "Qualified", "Proposal sent", "Won 🎉", "Lost"]


class Thing:
    """An object with its fields, its tags and its version."""

    def __init__(self, object_type_id: int, object_id: int, fields: dict[str, Any]) -> None:
        self.object_type_id = object_type_id
        self.object_id = str(object_id)
        self.fields = {"id": self.object_id, **fields}
        self.tags: list[str] = []
        self.version = 0


class Story:
    """The events so far, and the time."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - a story, no secret
        self.time = START
        self.events: list[dict[str, Any]] = []

    def tell(self, thing: Thing, kind: str, params: dict[str, str] | None = None, **changes: Any) -> None:
        """Something happened to a thing: its fields change, its version rises, time passes."""
        self.time += timedelta(seconds=self.random.randint(40, 5400))
        thing.version += 1
        thing.fields.update(changes, dlm=str(int(self.time.timestamp())))
        event = {
            "id": f"sample-{len(self.events) + 1:04}",
            "type": kind,
            "params": params or {},
            "object_type_id": thing.object_type_id,
            "object_id": thing.object_id,
            "object_version": thing.version,
            "data": dict(thing.fields),
            "changed_fields": sorted([*changes, "dlm"]),
            "tags": list(thing.tags),
            "occurred_time": self.time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        self.events.append({key: value for key, value in event.items() if value not in ({}, [])})

    def tag(self, thing: Thing, tag: str, **changes: Any) -> None:
        """A tag is added, once."""
        if tag not in thing.tags:
            thing.tags.append(tag)
            self.tell(thing, "sub_tag", {"tag_id": tag}, last_tag=TAGS[tag], **changes)

    def untag(self, thing: Thing, tag: str) -> None:
        """A tag is removed, if the thing has it."""
        if tag in thing.tags:
            thing.tags.remove(tag)
            self.tell(thing, "unsub_tag", {"tag_id": tag})

    def submit(self, thing: Thing, form: str, note: str) -> None:
        """A form is submitted."""
        self.tell(thing, "object_submits_form", {"form_id": form}, last_form=FORMS[form], note=note)

    def order(self, thing: Thing, form: str, product: str, *, paid: bool) -> None:
        """An order form is submitted; its payment succeeds, and a purchase follows, or it fails."""
        changes = {"last_form": ORDER_FORMS[form]} | ({"mrcAmount": PRODUCTS[product][1]} if paid else {})
        self.tell(thing, "object_submits_form", {"form_id": form, "outcome": "0" if paid else "1"}, **changes)
        if paid:
            self.buy(thing, product, 1000 + len(self.events))

    def buy(self, thing: Thing, product: str, number: int) -> None:
        """A product is purchased; a transaction follows."""
        name, price = PRODUCTS[product]
        self.tell(thing, "purchase_product", {"product_id": product}, last_product=name, last_price=price)
        spent = f"{float(thing.fields.get('spent', '0')) + float(price):.2f}"
        transaction = {"id": str(number), "product": name, "total": price, "currency": "EUR"}
        self.tell(
            thing, "transaction_created_with_product", {"product_id": product}, spent=spent, transaction=transaction
        )


NOTES = [
    "Please call me back – it's about the “gold” plan.",
    "50% off? & how do I pay?\nThanks!",
    'I said "yes" <b>already</b>; see a=b&c=d',
    "¿Hay clases los sábados? 😀",
    "",
    "ありがとうございます",
    "C:\\temp\\list.csv + 100% [First Name] {{7*7}}",
]


def contacts(story: Story) -> list[Thing]:
    """Every person comes in, most by a form."""
    people = []
    for number, (first, last, email, city, country) in enumerate(PEOPLE, 8):
        fields = {
            "firstname": first,
            "lastname": last,
            "email": email,
            "city": city,
            "country": country,
            "owner": OWNERS[number % 2],
            "bulk_mail": number % 3 != 0,
            "score": number * 7 % 40 / 4,
        }
        person = Thing(CONTACT, number, fields)
        story.tell(person, "object_create")
        people.append(person)
        story.submit(person, story.random.choice(list(FORMS)), story.random.choice(NOTES))
        story.tag(person, "9" if number % 2 else "5")
    return people


def companies_and_deals(story: Story, people: list[Thing]) -> list[Thing]:
    """Companies, and deals of people with them."""
    companies = [Thing(COMPANY, 1 + index, {"name": name}) for index, name in enumerate(COMPANIES)]
    for company in companies:
        story.tell(company, "object_create", address={"street": "Hauptstraße 7½", "city": "Köln"})
    deals = []
    for number in range(1, 13):
        person, company = story.random.choice(people), companies[number % 3]
        fields = {
            "name": f"{company.fields['name']} – offer {number}",
            "value": f"{number * 1250}.00",
            "stage": STAGES[0],
            "contact": {key: person.fields[key] for key in ("id", "firstname", "lastname", "email")},
            "company": {key: company.fields[key] for key in ("id", "name")},
            "owner": person.fields["owner"],
        }
        deal = Thing(DEAL, number, fields)
        story.tell(deal, "object_create")
        deals.append(deal)
    return deals


def workshops(story: Story) -> list[Thing]:
    """The custom object: workshops that people can book."""
    names = [
        "Web forms 101",
        "Crème de la CRM",
        "Q&A with Zoë",
        "日本語ワークショップ",
        "<Advanced> XML",
        "100 % e-mail",
    ]
    things = []
    for number, name in enumerate(names, 1):
        workshop = Thing(WORKSHOP, number, {"name": name, "seats": 8 + number, "price": "75.00", "host": OWNERS[0]})
        story.tell(workshop, "object_create")
        things.append(workshop)
    return things


def everyday(story: Story, people: list[Thing], deals: list[Thing], courses: list[Thing]) -> None:
    """What happens from day to day."""
    for round_number in range(13):
        for person in people:
            match (round_number + int(person.object_id)) % 6:
                case 0:
                    story.tag(person, story.random.choice(list(TAGS)))
                    story.submit(person, story.random.choice(list(FORMS)), story.random.choice(NOTES))
                case 1 if round_number < 10:
                    story.buy(person, story.random.choice(list(PRODUCTS)), 1000 + len(story.events))
                    story.untag(person, "9")
                    story.tag(person, "4")
                case 2:
                    story.tag(person, "6" if float(person.fields.get("spent", "0")) > 300 else "12")
                case 3:
                    story.untag(person, story.random.choice(list(TAGS)))
                case _:
                    continue
        deal = deals[round_number % len(deals)]
        stage = STAGES[1 + round_number % 4]
        story.tag(deal, "6" if stage.startswith("Won") else "12", stage=stage)
        story.submit(courses[round_number % len(courses)], "7", "booked")


def checkout(story: Story, people: list[Thing]) -> None:
    """People order by the order form; some payments fail, and some of those people try again."""
    for number, person in enumerate(people[:10]):
        product = story.random.choice(list(PRODUCTS))
        declined = number % 3 == 1
        story.order(person, "40", product, paid=not declined)
        if declined and number % 2:
            story.order(person, "40", product, paid=True)


def main() -> None:
    """Writes the lines."""
    story = Story(seed=20260302)
    people = contacts(story)
    deals = companies_and_deals(story, people)
    everyday(story, people, deals, workshops(story))
    checkout(story, people)
    for event in story.events:
        sys.stdout.write(json.dumps(event, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
