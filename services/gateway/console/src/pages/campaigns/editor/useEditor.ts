import { useCallback, useMemo, useState } from "react";
import type { CampaignJson } from "../../../gen/hookline/registry/v1/campaign_pb";
import { type Draft, draftOf } from "../api";
import type { Elements } from "../map/edits";
import type { Flaw } from "../map/flaws";
import { begin, type History, redo, step, undo } from "../map/history";
import { placed } from "../map/layout";
import { useFlaws } from "./useFlaws";

export interface Editor {
  /** The campaign as the server last told of it: state, version, etag. */
  campaign: CampaignJson;
  draft: Draft;
  /** Whether something is not saved. */
  dirty: boolean;
  canUndo: boolean;
  canRedo: boolean;
  /** The element or way that is selected; empty: none. */
  selected: string;
  flaws: readonly Flaw[];
  /** Whether they are listed above the map, not only marked on it. */
  listed: boolean;
  select(id: string): void;
  /** Lists what keeps the map from being published. */
  listFlaws(flaws: Flaw[]): void;
  /** Marks it where it lies; a list that is shown becomes shorter. */
  markFlaws(flaws: Flaw[]): void;
  /** Shows the list no longer. */
  unlist(): void;
  /** Changes the draft; what has the same `about` is undone together. */
  change(changed: Partial<Draft>, about?: string): void;
  /** Changes the map, and selects an element of it where one is named. */
  edit(elements: Elements, about?: string, select?: string): void;
  undo(): void;
  redo(): void;
  /** Takes what the server answered; `sent` is the draft that it holds now. */
  took(campaign: CampaignJson, sent?: Draft): void;
}

const opened = (campaign: CampaignJson): Draft => {
  const draft = draftOf(campaign);
  return { ...draft, elements: placed(draft.elements) };
};

/** The draft of a campaign while a person works on it. */
export function useEditor(loaded: CampaignJson, first = ""): Editor {
  const [campaign, setCampaign] = useState(loaded);
  const [history, setHistory] = useState<History<Draft>>(() => begin(opened(loaded)));
  const [saved, setSaved] = useState(history.present);
  const [selected, select] = useState(first);
  const { flaws, listed, listFlaws, markFlaws, unlist } = useFlaws();
  const draft = history.present;
  const dirty = useMemo(() => draft !== saved && JSON.stringify(draft) !== JSON.stringify(saved), [draft, saved]);
  const change = useCallback(
    (changed: Partial<Draft>, about = "") => setHistory((now) => step(now, { ...now.present, ...changed }, about)),
    [],
  );
  return {
    campaign,
    draft,
    dirty,
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    selected,
    flaws,
    listed,
    select,
    listFlaws,
    markFlaws,
    unlist,
    change,
    edit(elements, about = "", chosen) {
      if (elements !== draft.elements) change({ elements }, about);
      if (chosen !== undefined) select(chosen);
    },
    undo: () => setHistory(undo),
    redo: () => setHistory(redo),
    took(answered, sent) {
      setCampaign(answered);
      if (sent) setSaved(sent);
    },
  };
}
