/** Loads the page anew once Hookline answers again. */

const EVERY = 2000;
// What is not there after a reload either will not come by another: a person decides then.
const AT_MOST_EVERY = 30_000;
const KEPT = "hookline-reloaded";

/** Asks again and again until the page is answered, then loads it; the function that is returned ends that. */
export function reloadOnceItAnswers(): () => void {
  if (Date.now() - Number(sessionStorage.getItem(KEPT) ?? 0) < AT_MOST_EVERY) return () => {};
  const timer = setInterval(async () => {
    if (!(await answers())) return;
    clearInterval(timer);
    sessionStorage.setItem(KEPT, String(Date.now()));
    window.location.reload();
  }, EVERY);
  return () => clearInterval(timer);
}

async function answers(): Promise<boolean> {
  try {
    return (await fetch(window.location.pathname, { cache: "no-store" })).ok;
  } catch {
    return false;
  }
}
