import { describe, expect, it } from "vitest";
import { TRIGGERS } from "./catalogue";
import { type Called, ruleInWords, type Said } from "./sentence";

const names: Called = {
  noun: "contact",
  field: (key) => ({ lastname: "Last Name", birthday: "Birthday", optin: "Opt In" })[key] ?? key,
  campaign: (id) => `campaign ${id}`,
  checkbox: (key) => key === "optin",
  webhook: (id) => (id ? `“Hook ${id}”` : "…"),
};
const rule = (changes: Partial<Said>): Said => ({
  triggers: [{ event: "sub_tag", params: { tag_id: "4" } }],
  any_of: [],
  webhooks: ["7"],
  ...changes,
});
const words = (changes: Partial<Said>, called: Partial<Called> = {}) =>
  ruleInWords(rule(changes), { ...names, ...called });

describe("a rule in words", () => {
  it("says what sets it off and what it sends", () => {
    expect(words({})).toBe("When a contact gets tag 4, send “Hook 7”.");
    expect(words({ webhooks: ["7", "8", "9"] })).toBe(
      "When a contact gets tag 4, send “Hook 7”, “Hook 8” and “Hook 9”.",
    );
    expect(words({}, { noun: "Order" })).toBe("When an Order gets tag 4, send “Hook 7”.");
  });
  it("joins triggers, and puts dots where something is missing", () => {
    const date = { event: "relative_date_field", params: { number: "1", units: "1", option: "2", field: "birthday" } };
    expect(words({ triggers: [date, { event: "object_submits_form", params: { form_id: "3", outcome: "1" } }] })).toBe(
      "When it is 1 week before the date in Birthday of a contact, or when a contact submits form 3 and the payment fails, send “Hook 7”.",
    );
    expect(words({ triggers: [{ event: "sub_tag" }], webhooks: [""] })).toBe("When a contact gets tag …, send …");
    expect(words({ triggers: [], webhooks: [] })).toBe("When …, send …");
  });
  it("puts several groups of conditions in brackets, and a single one in none", () => {
    const smith = { comparison: { field: "lastname", comparison: "COMPARISON_EQUAL" as const, value: "Smith" } };
    const group = { all_of: [smith, { tag: { tag_id: "5", absent: true } }] };
    expect(words({ any_of: [group] })).toContain(", if its Last Name is Smith and it does not have tag 5, send");
    expect(words({ any_of: [group, { all_of: [{ campaign: { campaign_id: "2" } }] }] })).toContain(
      ", if (its Last Name is Smith and it does not have tag 5) or (it is on campaign 2), send",
    );
  });
  it("reads dates, moments and checkboxes as a person does", () => {
    const test = (field: string, value: object) =>
      words({ any_of: [{ all_of: [{ comparison: { field, comparison: "COMPARISON_BEFORE", ...value } }] }] });
    expect(test("birthday", { value: "2026-01-31T08:00:00Z" })).toContain("is before 2026-01-31 08:00 UTC");
    expect(test("birthday", { relative: { offset: -3, unit: "DATE_UNIT_WEEKS" } })).toContain("is before 3 weeks ago");
    expect(test("optin", { value: "1" })).toContain("checked");
  });
  it("says that it waits", () => {
    expect(words({ quiet: 30 })).toBe(
      "When a contact gets tag 4, wait until the contact has been quiet for 30 s, then send “Hook 7”.",
    );
  });
  it("has a phrase for every trigger, which names each of its params", () => {
    for (const { event, params } of TRIGGERS) {
      const given = Object.fromEntries(
        params.map((each) => [each.name, each.choices?.[0]?.value ?? `the-${each.name}`]),
      );
      const said = words({ triggers: [{ event, params: given }] });
      expect(said).not.toContain("has the event");
      for (const { name, choices } of params) {
        const word = choices?.[0]?.label.toLowerCase() ?? `the-${name}`;
        if (name !== "outcome") expect(said, event).toContain(word);
      }
    }
  });
});
