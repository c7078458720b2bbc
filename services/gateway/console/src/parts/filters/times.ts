/** The times between which a list is shown, as they stand in the address of a page. */

export interface Times {
  /** A span such as `1h`, or a time; empty: from the beginning. */
  since: string;
  /** A time; empty: until now. */
  until: string;
}

/** Spans that count back from now, as they stand in the address, with their seconds and words. */
export const spans: Record<string, [seconds: number, words: string]> = {
  "15m": [900, "Last 15 minutes"],
  "1h": [3600, "Last hour"],
  "24h": [86_400, "Last 24 hours"],
  "7d": [604_800, "Last 7 days"],
};

/** The times that an address holds; what it does not understand is left out. */
export function readTimes(parameters: URLSearchParams): Times {
  const value = (name: string) => parameters.get(name)?.trim() ?? "";
  return {
    since: value("since") in spans || timeOf(value("since")) ? value("since") : "",
    until: timeOf(value("until")) ? value("until") : "",
  };
}

/** The time that `since` means: a span counted back from `now`, or itself. */
export function sinceTime(since: string, now: Date): string | undefined {
  const span = spans[since];
  return span ? new Date(now.getTime() - span[0] * 1000).toISOString() : timeOf(since);
}

/** A time in full; undefined: it is none. */
export function timeOf(text: string): string | undefined {
  const time = text ? new Date(text) : undefined;
  return time && !Number.isNaN(time.getTime()) ? time.toISOString() : undefined;
}
