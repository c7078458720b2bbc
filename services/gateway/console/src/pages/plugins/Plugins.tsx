import { Alert, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import { useSession } from "../../api/session";
import type { ListPluginsResponseJson } from "../../gen/hookline/registry/v1/plugin_pb";
import { Failure } from "../../parts/Failure";
import { Loaded } from "../../parts/Loaded";
import { PageHeader } from "../../parts/PageHeader";
import { PluginCard } from "./PluginCard";
import { addedKinds, differences, pairs } from "./plugins";
import { Triggers } from "./Triggers";

const list = (path: string) => ({
  queryKey: ["plugins", path],
  queryFn: async () => (await get<ListPluginsResponseJson>(path)).plugins ?? [],
});

/** What the registry and the dispatcher have loaded, and the triggers of kinds that plugins add. */
export default function Plugins() {
  const { accountId } = useSession();
  const registry = useQuery(list("/v1/plugins"));
  const dispatcher = useQuery(list("/v1/dispatcher/plugins"));
  const away = dispatcher.error ?? dispatcher.failureReason;
  return (
    <>
      <PageHeader
        title="Plugins"
        says="The registry's plugins decide what can be saved, the dispatcher's what is sent. They are installed into the environment of both services, which load them when they start."
      />
      {away && <Failure error={away} />}
      <Loaded query={registry}>
        {(ofRegistry) => {
          // Without the dispatcher's list nothing can be said about differences.
          const both = pairs(ofRegistry, dispatcher.data ?? ofRegistry);
          const kinds = addedKinds(ofRegistry);
          return (
            <Stack>
              {both.some((each) => differences(each).length > 0) && (
                <Alert color="yellow" title="Registry and dispatcher have different plugins">
                  Install the same distributions for both, and start them again: what one knows and the other does not
                  is refused, or dies on its way.
                </Alert>
              )}
              {both.map((pair) => (
                <PluginCard key={pair.name} pair={pair} />
              ))}
              {kinds.length > 0 && accountId && <Triggers kinds={kinds} />}
            </Stack>
          );
        }}
      </Loaded>
    </>
  );
}
