/** What can be done with deliveries: send again, call off. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { post } from "../../api/client";
import type { DeliveryJson } from "../../gen/hookline/dispatcher/v1/delivery_pb";
import type {
  BatchRedeliverResponseJson,
  CancelResponseJson,
  RedeliverResponseJson,
} from "../../gen/hookline/dispatcher/v1/delivery_service_pb";
import { tell, tellFailure } from "../../parts/confirm";

// So many calls are under way at once: enough to be quick, few enough for the bounds on calls.
const AT_ONCE = 4;
// As many as one call sends again.
const MOST = 500;

/** Sends a settled delivery again; answers with the new one. */
export async function redeliver(id: string): Promise<DeliveryJson> {
  const { delivery = {} } = await post<RedeliverResponseJson>(`/v1/deliveries/${id}:redeliver`);
  return delivery;
}

/** Calls a delivery off. */
export async function cancel(id: string): Promise<DeliveryJson> {
  const { delivery = {} } = await post<CancelResponseJson>(`/v1/deliveries/${id}:cancel`);
  return delivery;
}

interface Done {
  done: number;
  refusals: string[];
}

/** Sends deliveries again, as many in a call as one takes. */
async function redeliverAll(ids: string[]): Promise<Done> {
  const all: Done = { done: 0, refusals: [] };
  for (let at = 0; at < ids.length; at += MOST) {
    const request = { ids: ids.slice(at, at + MOST) };
    const { results = [] } = await post<BatchRedeliverResponseJson>("/v1/deliveries:batchRedeliver", request);
    const refusals = results.flatMap(({ error }) => (error ? [error.message ?? ""] : []));
    all.done += results.length - refusals.length;
    all.refusals.push(...refusals);
  }
  return all;
}

async function cancelAll(ids: string[]): Promise<Done> {
  const left = [...ids];
  const all: Done = { done: 0, refusals: [] };
  const worker = async () => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) {
      try {
        await cancel(id);
        all.done += 1;
      } catch (error) {
        all.refusals.push(error instanceof Error ? error.message : String(error));
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return all;
}

const words = { redeliver: "sent again", cancel: "called off" };

/** Does the same with several deliveries, tells how many it was done with and why not with others. */
export function useActions(onDone: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ ids, what }: { ids: string[]; what: keyof typeof words }) =>
      what === "redeliver" ? redeliverAll(ids) : cancelAll(ids),
    onSuccess: ({ done, refusals }, { what }) => {
      if (done) tell(`${done === 1 ? "1 delivery" : `${done} deliveries`} ${words[what]}`);
      if (refusals.length) {
        const why = [...new Set(refusals)].join("; ");
        tellFailure(new Error(`${refusals.length} not ${words[what]}: ${why}`));
      }
      // The log itself is told by the stream: loading it anew would move what is being read.
      void queries.invalidateQueries({ queryKey: ["deliveries", "head"] });
      void queries.invalidateQueries({ queryKey: ["delivery"] });
      onDone();
    },
    onError: tellFailure,
  });
}
