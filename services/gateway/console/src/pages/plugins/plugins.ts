/** What the registry and the dispatcher have loaded, side by side. */

import type { PluginJson, PluginRunsJson } from "../../gen/hookline/registry/v1/plugin_pb";

/** A plugin as either service sees it; none: that service did not find it. */
export interface Pair {
  name: string;
  registry?: PluginJson;
  dispatcher?: PluginJson;
}

/** The plugins of both, those of the registry first. */
export function pairs(registry: readonly PluginJson[], dispatcher: readonly PluginJson[]): Pair[] {
  const names = new Set([...registry, ...dispatcher].map((each) => each.name ?? ""));
  const of = (plugins: readonly PluginJson[], name: string) => plugins.find((each) => (each.name ?? "") === name);
  return [...names].map((name) => ({ name, registry: of(registry, name), dispatcher: of(dispatcher, name) }));
}

const encoders = (plugin: PluginJson) =>
  (plugin.encoders ?? []).map((each) => `${each.name} (${(each.media_types ?? []).join(", ")})`).sort();
const kinds = (plugin: PluginJson) => (plugin.trigger_sources ?? []).map((each) => each.kind ?? "").sort();
const joined = (items: string[]) => items.join(", ") || "none";

const aspects: { called: string; of(plugin: PluginJson): string }[] = [
  { called: "version", of: (plugin) => plugin.version || "none" },
  { called: "encoders", of: (plugin) => joined(encoders(plugin)) },
  { called: "kinds of triggers", of: (plugin) => joined(kinds(plugin)) },
];

/** How the services differ about a plugin, in words; empty where they agree. */
export function differences({ registry, dispatcher }: Pair): string[] {
  if (!registry || !dispatcher) {
    return [`only the ${registry ? "registry" : "dispatcher"} has it`];
  }
  return aspects
    .filter(({ of }) => of(registry) !== of(dispatcher))
    .map(({ called, of }) => `${called}: ${of(registry)} in the registry, ${of(dispatcher)} in the dispatcher`);
}

const builtIn = ["global_rule", "form_rule", "campaign"];

/** The kinds of triggers that plugins add. */
export function addedKinds(plugins: readonly PluginJson[]): string[] {
  const all = plugins.flatMap((plugin) => (plugin.trigger_sources ?? []).map((each) => each.kind ?? ""));
  return [...new Set(all)].filter((kind) => kind && !builtIn.includes(kind));
}

/** Where a plugin runs, in words. */
export const runsInWords: Partial<Record<PluginRunsJson, string>> = {
  PLUGIN_RUNS_BUILT_IN: "built in",
  PLUGIN_RUNS_TRUSTED: "trusted: within the service",
  PLUGIN_RUNS_APART: "apart: in a process of its own",
};
