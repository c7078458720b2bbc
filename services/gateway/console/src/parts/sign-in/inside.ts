/** Where the sign-in leads to. */

/** A path of this console; only there a sign-in leads, never to an address that somebody put into a link. */
export function inside(path: string | null): string {
  // A browser takes a backslash for a slash, and leaves tabs and ends of lines out.
  return path && /^\/(?![/\\])[^\\\p{Cc}]*$/u.test(path) ? path : "/";
}
