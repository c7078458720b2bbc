import { Badge, Text } from "@mantine/core";
import { ShieldAlert, ShieldCheck, ShieldQuestion } from "lucide-react";
import type { BinRequest, Verdict } from "./bin";

const words: Record<Verdict, { says: string; colour: string; icon: typeof ShieldCheck; more: string }> = {
  verified: {
    says: "signature verified",
    colour: "teal",
    icon: ShieldCheck,
    more: "The bin's secret signed these bytes.",
  },
  wrong: {
    says: "signature wrong",
    colour: "red",
    icon: ShieldAlert,
    more: "Another secret signed it, or the bytes were changed on the way.",
  },
  none: { says: "not signed", colour: "gray", icon: ShieldQuestion, more: "The request carries no signature." },
  no_secret: {
    says: "signed, no secret to check by",
    colour: "yellow",
    icon: ShieldQuestion,
    more: "Enter the signing secret above: what is kept is judged by it at once.",
  },
  unchecked: {
    says: "signature not checked",
    colour: "yellow",
    icon: ShieldQuestion,
    more: "Not all of the body came, or is kept.",
  },
};

/** Whether the signature of a request verifies, in a badge. */
export function SignatureBadge({ request }: { request: BinRequest }) {
  const { says, colour, icon: Icon } = words[request.signature.verdict];
  return (
    <Badge variant="light" color={colour} tt="none" className="state" leftSection={<Icon size={14} aria-hidden />}>
      {says}
    </Badge>
  );
}

/** The same in a sentence, with how far the clocks are apart. */
export function SignatureWords({ request }: { request: BinRequest }) {
  const { signature } = request;
  const late = signature.verdict === "verified" && signature.in_time === false;
  return (
    <Text size="sm" c={late ? "red" : "dimmed"}>
      {words[signature.verdict].more}
      {signature.seconds_off !== null &&
        ` It was signed ${Math.abs(signature.seconds_off).toFixed(1)} s before it came.`}
      {late && ` That is more than the ${signature.tolerance_seconds} s that a receiver should allow.`}
    </Text>
  );
}
