/** Where the time of an attempt went: connecting, waiting for the answer, reading it. */

import type { AttemptJson } from "../../gen/hookline/dispatcher/v1/delivery_pb";

/** A part of an attempt's time, in seconds. */
export interface Span {
  name: "Connect" | "Connect and wait" | "Wait" | "Read";
  seconds: number;
  /** Says that nothing had to be connected. */
  reused?: boolean;
}

/** The parts that are known, in their order, which add up to the latency; none where nothing but that is known. */
export function spansOf(attempt: AttemptJson): Span[] {
  const whole = secondsOf(attempt.latency) ?? 0;
  const connected = secondsOf(attempt.connect_latency);
  const firstByte = secondsOf(attempt.first_byte_latency);
  if (connected === undefined && firstByte === undefined) return [];
  const spans: Span[] =
    connected === undefined
      ? [{ name: "Connect and wait", seconds: firstByte ?? whole }]
      : [
          { name: "Connect", seconds: connected, reused: Boolean(attempt.connection_reused) },
          { name: "Wait", seconds: Math.max(0, (firstByte ?? whole) - connected) },
        ];
  if (firstByte !== undefined) spans.push({ name: "Read", seconds: Math.max(0, whole - firstByte) });
  return spans;
}

function secondsOf(duration?: string): number | undefined {
  return duration ? Number.parseFloat(duration) : undefined;
}
