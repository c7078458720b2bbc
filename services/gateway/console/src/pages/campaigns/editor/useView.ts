import { useMediaQuery } from "@mantine/hooks";
import { useState } from "react";
import type { Asked } from "./Contacts";

export type Look = "map" | "list";
export type Shown = "draft" | "live";

/** How a person looks at the map, and what is open beside it. */
export function useView() {
  const narrow = useMediaQuery("(max-width: 62em)") ?? false;
  const [look, setLook] = useState<Look>("map");
  const [shown, setShown] = useState<Shown>("draft");
  const [over, setOver] = useState("");
  const [asked, setAsked] = useState<Asked | null>(null);
  const [settings, setSettings] = useState(false);
  return {
    narrow,
    look,
    setLook,
    /** The draft, which can be edited, or the version that contacts are on. */
    shown,
    setShown,
    /** The element or way that something is dragged over. */
    over,
    setOver,
    /** The count whose contacts are shown; null: none. */
    asked,
    setAsked,
    /** Whether the drawer is open that sets things up, where the screen is narrow. */
    settings,
    setSettings,
  };
}
