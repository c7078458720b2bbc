import { useEffect, useRef } from "react";
import { ScrollRestoration, useLocation } from "react-router";

/** What happens when another page is opened: it is seen from its top, or from where it was left, and the keyboard is in it. */
export function Arrival({ place }: { place: string }) {
  const { pathname } = useLocation();
  const before = useRef(pathname);
  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    // What was pressed is often gone with the page before; where it is still there, such as the navigation, the focus stays.
    if (document.activeElement === document.body) document.getElementById(place)?.focus({ preventScroll: true });
  }, [pathname, place]);
  return <ScrollRestoration />;
}
