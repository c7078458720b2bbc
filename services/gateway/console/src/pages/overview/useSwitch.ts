import { useMutation } from "@tanstack/react-query";
import { post } from "../../api/client";
import type { TargetRefJson } from "../../gen/hookline/dispatcher/v1/delivery_pb";
import { tell, tellFailure } from "../../parts/confirm";
import { targetName, targetPath } from "../../parts/links";

/** Pauses a target or lets it send again; the overview tells of it within seconds. */
export function useSwitch(target: TargetRefJson | undefined, what: "pause" | "resume") {
  const said = what === "pause" ? "is paused: its deliveries wait" : "sends again";
  return useMutation({
    mutationFn: () =>
      post(`${targetPath(target)}:${what}`, what === "pause" ? { reason: "paused in the console" } : {}),
    onSuccess: () => tell(`${targetName(target)} ${said}`),
    onError: tellFailure,
  });
}
