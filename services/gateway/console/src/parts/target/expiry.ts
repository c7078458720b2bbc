/** How long a client certificate is good for. */

export type Standing = "valid" | "soon" | "expired";

const SOON_MS = 14 * 86_400_000;

/** Whether it has expired, or will within two weeks: time to renew it. */
export function standingOf(expireTime: string, now: Date): Standing {
  const left = new Date(expireTime).getTime() - now.getTime();
  if (left <= 0) return "expired";
  return left <= SOON_MS ? "soon" : "valid";
}
