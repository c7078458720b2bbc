/** What can be done with deliveries: send again, call off. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { post } from "../../api/client";
import type { DeliveryJson } from "../../gen/hookline/dispatcher/v1/delivery_pb";
import type { CancelResponseJson, RedeliverResponseJson } from "../../gen/hookline/dispatcher/v1/delivery_service_pb";
import { tell, tellFailure } from "../../parts/confirm";

// So many calls are under way at once: enough to be quick, few enough for the bounds on calls.
const AT_ONCE = 4;

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
  refusals: Error[];
}

async function each(ids: string[], act: (id: string) => Promise<unknown>): Promise<Done> {
  const left = [...ids];
  const result: Done = { done: 0, refusals: [] };
  const worker = async () => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) {
      try {
        await act(id);
        result.done += 1;
      } catch (error) {
        result.refusals.push(error instanceof Error ? error : new Error(String(error)));
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return result;
}

const words = { redeliver: "sent again", cancel: "called off" };

/** Does the same with several deliveries, tells how many it was done with and why not with others. */
export function useActions(onDone: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ ids, what }: { ids: string[]; what: keyof typeof words }) =>
      each(ids, what === "redeliver" ? redeliver : cancel),
    onSuccess: ({ done, refusals }, { what }) => {
      if (done) tell(`${done === 1 ? "1 delivery" : `${done} deliveries`} ${words[what]}`);
      if (refusals.length) {
        const why = [...new Set(refusals.map((refusal) => refusal.message))].join("; ");
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
