/** The triggers that rules, entries and goals wait for: their names in words and the params that each takes. */

export interface Param {
  name: string;
  label: string;
  kind: "number" | "field" | "date" | "text" | "choice" | "campaign";
  optional?: boolean;
  choices?: { value: string; label: string }[];
}

export interface TriggerKind {
  event: string;
  label: string;
  params: Param[];
  /** Whether only contacts have it. */
  contactsOnly?: boolean;
  /** Whether it comes with the calendar, which only rules wait for. */
  rulesOnly?: boolean;
}

const number = (name: string, label: string): Param => ({ name, label, kind: "number" });
const campaign: Param = { name: "campaign_id", label: "Campaign", kind: "campaign" };
const choices = (...labels: string[]) => labels.map((label, index) => ({ value: String(index), label }));
const contacts = (event: string, label: string, ...params: Param[]): TriggerKind => ({
  event,
  label,
  params,
  contactsOnly: true,
});
const chosen = (name: string, label: string, choices: Param["choices"]): Param => ({
  name,
  label,
  kind: "choice",
  choices,
});
const date: Param = { name: "field", label: "The date in", kind: "date" };
const any = (event: string, label: string, ...params: Param[]): TriggerKind => ({ event, label, params });

export const TRIGGERS: readonly TriggerKind[] = [
  any("object_create", "Is added to the database"),
  any("field_is_updated", "A field is updated", { name: "field", label: "Field", kind: "field" }),
  any("sub_tag", "Gets a tag", number("tag_id", "Tag")),
  any("unsub_tag", "Loses a tag", number("tag_id", "Tag")),
  any("object_submits_form", "Submits a form", number("form_id", "Form"), {
    name: "outcome",
    label: "Outcome",
    kind: "choice",
    optional: true,
    choices: choices("Success", "Failure"),
  }),
  contacts("purchase_product", "Purchases a product", number("product_id", "Product")),
  any("transaction_created_with_product", "Has a transaction with a product", number("product_id", "Product")),
  contacts("Contact_receives_refund_on_product", "Gets a refund on a product", number("product_id", "Product")),
  contacts("Contact_is_subscribed_to_productsub", "Subscribes to a product", number("product_id", "Product")),
  contacts(
    "Contact_subscription_to_productsub_is_subaction",
    "A product subscription changes",
    number("order_id", "Order"),
    {
      name: "option",
      label: "It is",
      kind: "choice",
      choices: choices("Charged", "Cancelled", "Completed", "Declined"),
    },
  ),
  contacts("Contact_credit_card_is_ccstatus", "A credit card is charged or declined", {
    name: "option",
    label: "It is",
    kind: "choice",
    choices: choices("Charged", "Declined"),
  }),
  contacts("Contact_opens_email", "Opens an email", number("email_id", "Email")),
  contacts(
    "Contact_clicks_emailanchor",
    "Clicks a link in an email",
    number("email_id", "Email"),
    number("link_num", "Link"),
  ),
  contacts("Contact_sends_Email", "Sends an email"),
  contacts("sms_message_received", "Sends an SMS", number("number_id", "To number")),
  contacts("Contact_visits_landingpage_splittest", "Visits a landing page", number("landing_page_id", "Landing page")),
  contacts("Contact_visits_purl_splittest", "Visits a personal page", number("purl_id", "Personal page")),
  contacts("contact_visits_url", "Visits a page", { name: "url", label: "URL", kind: "text" }),
  contacts("clicks_tracked_link", "Clicks a tracked link", number("tracked_link_id", "Tracked link")),
  any("object_completed_task", "Completes a task", number("task_id", "Task")),
  any("call_is_logged", "A call is logged"),
  any("Contact_added_to_campaign", "Is added to a campaign", campaign),
  any("Contact_leaves_campaign", "Leaves a campaign", campaign),
  any("pause_campaign", "Is paused on a campaign", campaign),
  any("unpause_campaign", "Is resumed on a campaign", campaign),
  { event: "on_date_field", label: "A date comes", params: [date], rulesOnly: true },
  {
    event: "relative_date_field",
    label: "Some time before or after a date",
    params: [
      number("number", "How many"),
      chosen("units", "Of", choices("Days", "Weeks", "Months")),
      chosen("option", "Which are", [
        { value: "2", label: "Before" },
        { value: "3", label: "After" },
      ]),
      date,
    ],
    rulesOnly: true,
  },
];

/** What is known of a trigger; a name that is not in the list, which a newer Hookline may have, is shown as it is. */
export function triggerKind(event: string): TriggerKind {
  return TRIGGERS.find((each) => each.event === event) ?? { event, label: event, params: [] };
}

/** What a param of a trigger is called, such as `Tag` for `tag_id`. */
export function paramLabel(name: string): string {
  return TRIGGERS.flatMap((each) => each.params).find((each) => each.name === name)?.label ?? name;
}
