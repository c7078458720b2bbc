import { describe, expect, it } from "vitest";
import * as edits from "./edits";
import { flawAt, flawsOf, hasField, sentence } from "./flaws";
import { edgesOf, nodesOf, wayOf } from "./flow";
import { begin, DEPTH, redo, step, undo } from "./history";
import { type Element, exitPath, exitsOf, OFFERS, offerOf, TABS, withExit } from "./kinds";
import { HEIGHT, opening, placed, tidy, WIDTH } from "./layout";
import { outline } from "./outline";
import { starter } from "./starter";
import { summary } from "./words";

const offer = (key: string) => {
  const found = offerOf(key);
  if (!found) throw new Error(key);
  return found;
};
const forked: Element[] = [
  { id: "in", entry: { triggers: [] }, next: "vip" },
  { id: "vip", condition: { any_of: [], yes: "gold", no: "out" } },
  { id: "gold", tag: { tag_id: "9" }, next: "out" },
  { id: "out", end: {} },
];
const at = (elements: edits.Elements, id: string) => edits.find(elements, id);
const names = { field: (key: string) => key, campaign: (id: string) => id, webhook: (id: string) => `hook ${id}` };

describe("inserting into a way", () => {
  it("leads the way to the new element and that on to where it led", () => {
    const { elements, id } = edits.insert(forked, { source: "vip", handle: "yes" }, offer("webhook"));
    expect(id).toBe("webhook");
    expect(at(elements, "vip")?.condition?.yes).toBe("webhook");
    expect(at(elements, "webhook")?.next).toBe("gold");
    expect(elements.map((each) => each.id)).toEqual(["in", "vip", "webhook", "gold", "out"]);
    expect(at(forked, "vip")?.condition?.yes).toBe("gold");
  });
  it("uses the first way of what parts ways", () => {
    const condition = edits.insert(forked, { source: "in", handle: "next" }, offer("condition"));
    expect(at(condition.elements, condition.id)?.condition).toEqual({ any_of: [], yes: "vip" });
    const split = edits.insert(forked, { source: "in", handle: "next" }, offer("split"));
    expect(at(split.elements, split.id)?.split?.branches?.map((each) => each.next)).toEqual(["vip", ""]);
  });
  it("ends the way at an end", () => {
    const { elements } = edits.insert(forked, { source: "in", handle: "next" }, offer("end"));
    expect(at(elements, "in")?.next).toBe("end");
    expect(exitsOf(at(elements, "end") ?? {})).toEqual([]);
  });
  it("lets an entry join, since no way leads to one", () => {
    const { elements, id } = edits.insert(forked, { source: "in", handle: "next" }, offer("entry"));
    expect(at(elements, "in")?.next).toBe("vip");
    expect(at(elements, id)?.next).toBe("vip");
  });
  it("makes room below", () => {
    const laid = tidy(forked);
    const { elements, id } = edits.insert(laid, { source: "in", handle: "next" }, offer("wait"));
    const y = (which: string) => at(elements, which)?.position?.y ?? Number.NaN;
    expect(y("in")).toBeLessThan(y(id));
    expect(y(id) + HEIGHT).toBeLessThan(y("vip"));
    expect(y("vip") + HEIGHT).toBeLessThan(y("gold"));
  });
  it("fills an open way first when something is put behind an element", () => {
    const open = edits.connect(forked, { source: "vip", handle: "no" }, "");
    const { elements, id } = edits.insertAfter(open, "vip", offer("end"));
    expect(at(elements, "vip")?.condition).toMatchObject({ yes: "gold", no: id });
  });
  it("gives ids that nothing has, and that the API takes", () => {
    let elements: edits.Elements = [];
    for (const tab of TABS)
      for (const each of [...OFFERS[tab], ...OFFERS[tab]])
        elements = edits.place(elements, each, { x: 0.4, y: 1.6 }).elements;
    const ids = elements.map((each) => each.id ?? "");
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z0-9_-]{1,64}$/);
    expect(elements[0]?.position).toEqual({ x: 0, y: 2 });
  });
});

describe("removing", () => {
  it("heals every way that led there", () => {
    const elements = edits.remove(edits.connect(forked, { source: "vip", handle: "no" }, "gold"), "gold");
    expect(at(elements, "vip")?.condition).toMatchObject({ yes: "out", no: "out" });
  });
  it("leaves ways open where nothing followed", () => {
    expect(at(edits.remove(forked, "out"), "gold")?.next).toBe("");
  });
  it("makes no way from an element to itself", () => {
    const loop: Element[] = [
      { id: "a", wait: {}, next: "b" },
      { id: "b", tag: {}, next: "a" },
    ];
    expect(at(edits.remove(loop, "b"), "a")?.next).toBe("");
  });
  it("takes back an insertion", () => {
    for (const key of ["wait", "condition", "split", "webhook"]) {
      const { elements, id } = edits.insert(forked, { source: "vip", handle: "yes" }, offer(key));
      expect(edits.remove(elements, id)).toEqual(forked);
    }
  });
});

describe("connecting", () => {
  it("refuses entries, itself, and what is not there", () => {
    for (const target of ["in", "gold", "nowhere"])
      expect(edits.connect(forked, { source: "gold", handle: "next" }, target)).toBe(forked);
  });
  it("changes one way of a split and no other", () => {
    const split: Element = {
      id: "s",
      split: {
        branches: [
          { weight: 1, next: "a" },
          { weight: 3, next: "b" },
        ],
      },
    };
    expect(withExit(split, "1", "c").split?.branches).toEqual([
      { weight: 1, next: "a" },
      { weight: 3, next: "c" },
    ]);
    expect(exitsOf(split).map((each) => each.label)).toEqual(["25 %", "75 %"]);
  });
});

describe("moving", () => {
  it("rounds, and changes nothing where nothing moves", () => {
    const moved = edits.move(forked, new Map([["in", { x: 1.4, y: -2.6 }]]));
    expect(at(moved, "in")?.position).toEqual({ x: 1, y: -3 });
    expect(edits.move(moved, new Map([["in", { x: 1.2, y: -3 }]]))).toBe(moved);
  });
});

describe("a copy", () => {
  it("is on no way and has an id of its own", () => {
    const { elements, id } = edits.duplicate(forked, "vip");
    expect(at(elements, id)?.condition).toEqual({ any_of: [], yes: "", no: "" });
    expect(id).toBe("vip-2");
  });
});

describe("the history", () => {
  it("goes back and forth", () => {
    const done = step(step(begin(1), 2), 3);
    expect(undo(undo(done)).present).toBe(1);
    expect(undo(undo(undo(done))).present).toBe(1);
    expect(redo(undo(done)).present).toBe(3);
    expect(redo(step(undo(done), 4)).present).toBe(4);
  });
  it("undoes together what is typed into one field", () => {
    const typed = step(step(step(begin(""), "x"), "xy", "name"), "xyz", "name");
    expect(undo(typed).present).toBe("x");
    expect(undo(step(typed, "xyz1", "other")).present).toBe("xyz");
  });
  it("is bounded", () => {
    let history = begin(0);
    for (let next = 1; next <= DEPTH + 50; next++) history = step(history, next);
    expect(history.past.length).toBe(DEPTH);
    for (let count = 0; count < DEPTH + 50; count++) history = undo(history);
    expect(history.present).toBe(50);
  });
});

describe("the layout", () => {
  it("lays contacts' ways out from top to bottom without overlaps, the same each time", () => {
    const laid = tidy(forked);
    expect(tidy(forked)).toEqual(laid);
    for (const each of laid) {
      for (const exit of exitsOf(each))
        expect(at(laid, exit.target)?.position?.y).toBeGreaterThan((each.position?.y ?? 0) + HEIGHT);
      for (const other of laid.filter((one) => one !== each)) expect(overlap(each, other)).toBe(false);
    }
  });
  it("keeps what a person arranged, and finds a place for the rest", () => {
    const mixed = edits.move(
      forked,
      new Map([
        ["in", { x: 7, y: 9 }],
        ["vip", { x: 7, y: 300 }],
      ]),
    );
    const found = placed(mixed);
    expect(at(found, "in")?.position).toEqual({ x: 7, y: 9 });
    for (const each of found)
      for (const other of found.filter((one) => one !== each)) expect(overlap(each, other)).toBe(false);
    expect(placed(found)).toBe(found);
  });
});

const overlap = (a: Element, b: Element) =>
  Math.abs((a.position?.x ?? 0) - (b.position?.x ?? 0)) < WIDTH &&
  Math.abs((a.position?.y ?? 0) - (b.position?.y ?? 0)) < HEIGHT;

describe("the outline", () => {
  it("follows contacts, tells each element once, and ends on loops", () => {
    const looped = edits.connect(forked, { source: "gold", handle: "next" }, "vip");
    expect(outline(looped).map((line) => line.element.id)).toEqual(["in", "vip", "gold", "out"]);
    expect(outline(forked).map((line) => [line.element.id, line.depth])).toEqual([
      ["in", 0],
      ["vip", 0],
      ["gold", 1],
      ["out", 0],
    ]);
    const lost = edits.place(forked, offer("tag"), { x: 0, y: 0 }).elements;
    expect(outline(lost).map((line) => line.element.id)).toEqual(["in", "vip", "gold", "out", "tag"]);
  });
});

describe("the picture", () => {
  it("has an edge for each way that leads somewhere, which names its way", () => {
    const edges = edgesOf(edits.connect(forked, { source: "vip", handle: "no" }, ""), "vip:yes");
    expect(edges.map((edge) => [edge.id, edge.target, edge.selected ?? false])).toEqual([
      ["in:next", "vip", false],
      ["vip:yes", "gold", true],
      ["gold:next", "out", false],
    ]);
    expect(wayOf("vip:yes")).toEqual({ source: "vip", handle: "yes" });
  });
  it("has ways part in the order of what they lead to", () => {
    const spots = new Map([
      ["vip", { x: 0, y: 0 }],
      ["gold", { x: 300, y: 200 }],
      ["out", { x: -300, y: 200 }],
    ]);
    const [, vip] = nodesOf(edits.move(forked, spots), [], "", true);
    expect(vip?.data.exits.map((exit) => exit.label)).toEqual(["No", "Yes"]);
  });
  it("shows a way to what is not there as open", () => {
    const [only] = nodesOf([{ id: "in", entry: {}, next: "gone" }], [], "", true);
    expect(only?.data.exits[0]?.target).toBe("");
  });
  it("begins at the top, at a size that can be read", () => {
    expect(opening({ x: -100, y: -50, width: 400 }, 800)).toEqual({ x: 310, y: 69, zoom: 0.9 });
    const small = opening({ x: 0, y: 0, width: 4000 }, 800);
    expect(small.zoom).toBe(0.62);
    expect(small.x + 2000 * small.zoom).toBeCloseTo(400);
  });
  it("keeps what was measured", () => {
    const [first] = nodesOf(forked, [], "", true);
    const measured = { width: 200, height: 90 };
    const again = nodesOf(forked, first ? [{ ...first, measured }] : [], "in", true);
    expect(again[0]).toMatchObject({ measured, selected: true });
  });
});

describe("flaws", () => {
  it("are told of the element they lie in", () => {
    const told = flawsOf(
      [
        { field: "campaign.elements[1].condition.yes", description: "must name the element that follows" },
        { field: "campaign.elements[0].entry.triggers[0].params.tag_id", description: "is required" },
        { field: "campaign.time_zone", description: "there is no time zone 'x'" },
      ],
      forked,
    );
    expect(told.map((each) => [each.id, sentence(each)])).toEqual([
      ["vip", "The way Yes leads nowhere yet"],
      ["in", "Tag of the trigger is required"],
      ["", "Time zone: there is no time zone 'x'"],
    ]);
  });
});

describe("flaws of an element", () => {
  const flaw = (path: string, reason = "is required") => ({ id: "in", path, reason });

  it("are found by the paths that forms write", () => {
    const errorAt = flawAt([
      flaw("entry.triggers[0].params.tag_id"),
      flaw("split.branches[1].next", "must name the x"),
    ]);
    expect(errorAt("entry.triggers.0.params.tag_id")).toBe("Tag of the trigger is required");
    expect(errorAt("split.branches.1.next")).toBe("One of its ways leads nowhere yet");
    expect(errorAt("entry.triggers.1.params.tag_id")).toBeUndefined();
  });

  it("stand next to their field where there is one", () => {
    const paths = [
      "entry.triggers",
      "entry.triggers[3].event",
      "webhook.webhook_id",
      "condition.no",
      "wait.span.amount",
      "",
    ];
    expect(paths.filter((path) => hasField(flaw(path)))).toEqual(paths.slice(1, -1));
  });

  it("name the ways out as the API does", () => {
    const split = { split: { branches: [{ weight: 1 }, { weight: 1 }] } };
    expect([...exitsOf(split).map((exit) => exitPath(split, exit))]).toEqual([
      "split.branches.0.next",
      "split.branches.1.next",
    ]);
    const condition = { condition: {} };
    expect(exitsOf(condition).map((exit) => exitPath(condition, exit))).toEqual(["condition.yes", "condition.no"]);
  });
});

describe("words", () => {
  it("say what an element does, and what is still to be chosen", () => {
    expect(starter().map((each) => summary(each, names))).toEqual([
      "Gets a tag",
      "Choose a webhook",
      "Contacts leave the map",
    ]);
    const wait = {
      wait: {
        date_field: {
          field: "birthday",
          offset: { amount: -2, unit: "SPAN_UNIT_WEEKS" as const },
          time_of_day: "09:00",
        },
      },
    };
    expect(summary(wait, names)).toBe("Until 2 weeks before birthday at 09:00");
  });
});
