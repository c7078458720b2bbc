/** What an attempt came to, in words. */

import type { AttemptJson } from "../../gen/hookline/dispatcher/v1/delivery_pb";

const outcomes: Record<string, string> = {
  OUTCOME_UNSPECIFIED: "Under way",
  OUTCOME_DELIVERED: "Delivered",
  OUTCOME_REJECTED: "Refused by the receiver",
  OUTCOME_TIMEOUT: "No answer in time",
  OUTCOME_NAME_NOT_RESOLVED: "The host's name was not found",
  OUTCOME_ADDRESS_REFUSED: "The address may not be sent to",
  OUTCOME_NOT_CONNECTED: "No connection",
  OUTCOME_TLS_FAILED: "No trusted connection",
  OUTCOME_PROTOCOL_ERROR: "The answer was broken off, or no HTTP",
  OUTCOME_TOO_LARGE: "The answer's headers were too large",
  OUTCOME_NOT_RENDERED: "The request could not be made",
  OUTCOME_UNKNOWN: "Not known: its dispatcher died",
  OUTCOME_NOT_AUTHORIZED: "No access token for the receiver",
};

const hints: Record<string, string> = {
  OUTCOME_NAME_NOT_RESOLVED: "Look at the host in the URL for a slip of the pen.",
  OUTCOME_ADDRESS_REFUSED: "Private and local addresses are refused unless the installation allows them.",
  OUTCOME_TLS_FAILED: "Look at the receiver's certificate: its names, its end, and who signed it.",
  OUTCOME_UNKNOWN: "The request may have arrived or not; it was tried again.",
  OUTCOME_NOT_RENDERED: "Look at the data and merge fields of the webhook.",
};

/** What an attempt came to. */
export function outcomeInWords(attempt: AttemptJson): string {
  return outcomes[attempt.outcome ?? "OUTCOME_UNSPECIFIED"] ?? String(attempt.outcome);
}

/** What to look at after an attempt that failed so; often nothing. */
export function hint(attempt: AttemptJson): string {
  return hints[attempt.outcome ?? ""] ?? "";
}

/** The colour of an outcome. */
export function outcomeColour(attempt: AttemptJson): string {
  if (attempt.outcome === "OUTCOME_DELIVERED") return "teal";
  return !attempt.outcome || attempt.outcome === "OUTCOME_UNSPECIFIED" ? "gray" : "red";
}

/** `0.0123s`, as the API writes a duration, as `12 ms`. */
export function durationInWords(duration?: string): string {
  if (!duration) return "";
  const seconds = Number.parseFloat(duration);
  if (seconds < 0.01) return `${(seconds * 1000).toFixed(1)} ms`;
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(2)} s`;
}
