import { Button } from "@mantine/core";
import { useState } from "react";

/** Characters from which a value is cut until somebody wants to see all of it. */
const LONG = 500;

/** A value as it is; a very long one does not push away what stands below it. */
export function LongText({ text }: { text: string }) {
  const [whole, setWhole] = useState(false);
  if (text.length <= LONG || whole) return text;
  return (
    <>
      {[...text.slice(0, LONG)].slice(0, -1).join("")}…{" "}
      <Button size="compact-xs" variant="default" onClick={() => setWhole(true)}>
        Show all {text.length.toLocaleString("en")} characters
      </Button>
    </>
  );
}
