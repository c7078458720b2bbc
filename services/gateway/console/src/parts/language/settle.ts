/** How long something waits to be quiet, between the API's form and that of a page. */

import type { SettleJson } from "../../gen/hookline/registry/v1/settle_pb";

/** Seconds as they stand in a form: an empty text is a time that was not given. */
export interface Settling {
  quiet: number | "";
  longest: number | "";
}

const seconds = (duration?: string): number | "" => Number.parseFloat(duration ?? "") || "";
const duration = (entered: number | ""): string | undefined => (entered === "" ? undefined : `${entered}s`);

export const toSettling = (settle?: SettleJson): Settling => ({
  quiet: seconds(settle?.quiet),
  longest: seconds(settle?.longest),
});

/** Nothing where it does not wait. */
export const fromSettling = ({ quiet, longest }: Settling): SettleJson | undefined =>
  quiet ? { quiet: duration(quiet), longest: duration(longest) } : undefined;
