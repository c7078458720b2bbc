/** Leads those who use the keyboard past the navigation, to what has this id. */
export function SkipLink({ to, children }: { to: string; children: string }) {
  return (
    <a
      className="skip-link"
      href={`#${to}`}
      onClick={(event) => {
        // No step of the browser's history: going back from one that is none of the router's, nobody would be asked whether
        // to leave what is not saved.
        event.preventDefault();
        const place = document.getElementById(to);
        place?.focus();
        place?.scrollIntoView({ block: "start" });
      }}
    >
      {children}
    </a>
  );
}
