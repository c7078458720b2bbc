/** The headers of a target, as its form holds them; those whose values are secret stand apart. */

import type { HeaderJson } from "../../gen/hookline/registry/v1/subscription_pb";

export interface Headers {
  headers: HeaderJson[];
  secret_headers: HeaderJson[];
}

/** The names that an update mask has for them. */
export const headersMask = ["headers", "secret_headers"];

/** Of saved secret headers the names are known alone: an empty value keeps the one that stands under its name. */
export const toHeaders = ({ headers = [], secret_headers = [] }: Partial<Headers>): Headers => ({
  headers: headers.map(whole),
  secret_headers: secret_headers.map(whole),
});

/** Lines that nothing was written into are none. */
export const fromHeaders = ({ headers, secret_headers }: Headers): Headers => ({
  headers: headers.filter(isWritten),
  secret_headers: secret_headers.filter(isWritten),
});

/** Whether a value is kept under this name, as names are compared. */
export const isKept = (name: string | undefined, saved: Partial<Headers> | undefined): boolean =>
  saved?.secret_headers?.some((header) => header.name?.toLowerCase() === name?.toLowerCase()) ?? false;

const whole = ({ name = "", value = "" }: HeaderJson): HeaderJson => ({ name, value });
const isWritten = ({ name, value }: HeaderJson): boolean => Boolean(name || value);
