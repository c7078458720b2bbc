import { createContext, useContext } from "react";
import type { ElementStatsJson } from "../../../gen/hookline/dispatcher/v1/campaign_stats_service_pb";
import type { Way } from "../map/edits";
import type { Flaw } from "../map/flaws";
import type { Offer } from "../map/kinds";
import type { MapNames } from "../map/words";

/** What elements and ways of the picture need, beside what they are. */
export interface MapSurroundings {
  names: MapNames;
  /** Counts by element; undefined while nothing is known. */
  counts: ReadonlyMap<string, ElementStatsJson> | undefined;
  flaws: readonly Flaw[];
  editable: boolean;
  /** The element or way that something is dragged over. */
  over: string;
  onInsert(way: Way, offer: Offer): void;
  onCount(element: string, count: CountName): void;
}

export const COUNTS = ["reached", "waiting", "on_its_way", "sent", "failed"] as const;
export type CountName = (typeof COUNTS)[number];

export const MapContext = createContext<MapSurroundings | null>(null);

/** The surroundings of the element or way that asks. */
export function useMap(): MapSurroundings {
  const map = useContext(MapContext);
  if (!map) throw new Error("no map around this");
  return map;
}
