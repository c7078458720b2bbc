/** The kinds of elements: which there are, what a new one holds, and which ways lead out of one. */

import type { CampaignElementJson } from "../../../gen/hookline/registry/v1/campaign_pb";

export type Element = CampaignElementJson;
export const KINDS = ["entry", "goal", "tag", "wait", "end", "webhook", "condition", "split"] as const;
export type Kind = (typeof KINDS)[number];

/** What a person can place: a kind, and for those that come in two sorts which one. */
export interface Offer {
  key: string;
  kind: Kind;
  label: string;
  says: string;
  make: () => Omit<Element, "id">;
}

const twoWays = () => [
  { weight: 50, next: "" },
  { weight: 50, next: "" },
];

export const OFFERS = {
  Triggers: [
    {
      key: "entry",
      kind: "entry",
      label: "Start",
      says: "Contacts come in",
      make: () => ({ entry: { triggers: [] } }),
    },
    {
      key: "goal",
      kind: "goal",
      label: "Goal",
      says: "What contacts are to do",
      make: () => ({ goal: { triggers: [] } }),
    },
  ],
  Actions: [
    {
      key: "wait",
      kind: "wait",
      label: "Wait",
      says: "For a time or until a date",
      make: () => ({ wait: { span: { amount: 1, unit: "SPAN_UNIT_DAYS" } } }),
    },
    {
      key: "tag",
      kind: "tag",
      label: "Add a tag",
      says: "To the contact",
      make: () => ({ tag: { change: "TAG_CHANGE_ADD" } }),
    },
    {
      key: "untag",
      kind: "tag",
      label: "Remove a tag",
      says: "From the contact",
      make: () => ({ tag: { change: "TAG_CHANGE_REMOVE" } }),
    },
    { key: "end", kind: "end", label: "End", says: "Contacts leave", make: () => ({ end: {} }) },
  ],
  Advanced: [
    {
      key: "webhook",
      kind: "webhook",
      label: "Webhook",
      says: "Sends the contact's data",
      make: () => ({ webhook: {} }),
    },
    {
      key: "condition",
      kind: "condition",
      label: "Condition",
      says: "Yes or no",
      make: () => ({ condition: { any_of: [] } }),
    },
    {
      key: "split",
      kind: "split",
      label: "Split",
      says: "Shares contacts out",
      make: () => ({ split: { branches: twoWays() } }),
    },
  ],
} as const satisfies Record<string, readonly Offer[]>;

export type Tab = keyof typeof OFFERS;
export const TABS = Object.keys(OFFERS) as Tab[];

/** The offer of a key; undefined where there is none, as when something else is dropped on the map. */
export function offerOf(key: string): Offer | undefined {
  return TABS.flatMap((tab): readonly Offer[] => OFFERS[tab]).find((each) => each.key === key);
}

/** What an element is; an element without a kind, which the API takes in a draft, is undefined. */
export function kindOf(element: Element): Kind | undefined {
  return KINDS.find((kind) => element[kind] !== undefined);
}

/** A way out of an element: `handle` names it within the element, `target` is where it leads, empty: nowhere yet. */
export interface Exit {
  handle: string;
  target: string;
  label: string;
}

/** The ways out of an element in their order, those that lead nowhere yet too. */
export function exitsOf(element: Element): Exit[] {
  if (element.end) return [];
  if (element.condition) {
    return [
      { handle: "yes", target: element.condition.yes ?? "", label: "Yes" },
      { handle: "no", target: element.condition.no ?? "", label: "No" },
    ];
  }
  if (element.split) {
    const branches = element.split.branches ?? [];
    const all = branches.reduce((sum, branch) => sum + (branch.weight ?? 0), 0);
    return branches.map((branch, index) => ({
      handle: String(index),
      target: branch.next ?? "",
      label: `${share(branch.weight ?? 0, all)} %`,
    }));
  }
  return [{ handle: "next", target: element.next ?? "", label: "" }];
}

/** Where a way out stands within its element, such as `split.branches.1.next`. */
export function exitPath(element: Element, { handle }: Exit): string {
  if (element.condition) return `condition.${handle}`;
  return element.split ? `split.branches.${handle}.next` : handle;
}

function share(weight: number, all: number): string {
  return all ? String(Math.round((weight / all) * 1000) / 10) : "0";
}

/** The element with one way led elsewhere. */
export function withExit(element: Element, handle: string, target: string): Element {
  if (element.condition) return { ...element, condition: { ...element.condition, [handle]: target } };
  if (element.split) {
    const branches = (element.split.branches ?? []).map((branch, index) =>
      String(index) === handle ? { ...branch, next: target } : branch,
    );
    return { ...element, split: { ...element.split, branches } };
  }
  return element.end ? element : { ...element, next: target };
}

/** Whether ways may lead into an element. */
export function takesWays(element: Element): boolean {
  return element.entry === undefined;
}
