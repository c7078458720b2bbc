import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useParams } from "react-router";
import { Loaded } from "../../parts/Loaded";
import { getCampaign } from "./api";
import { Editor } from "./editor/Editor";

/** One campaign: its map, its settings, and who is on it. */
export default function Campaign() {
  const { id = "" } = useParams();
  const [times, setTimes] = useState(0);
  // Asked once: what is worked on is not taken away by a newer answer, a save that collides says so.
  const campaign = useQuery({
    queryKey: ["campaign", id, times],
    queryFn: () => getCampaign(id),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  return (
    <Loaded query={campaign} title={`Campaign ${id}`}>
      {(loaded) => (
        <Editor key={`${id} ${times}`} campaign={loaded} onReload={() => setTimes((before) => before + 1)} />
      )}
    </Loaded>
  );
}
