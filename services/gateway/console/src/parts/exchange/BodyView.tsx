import { Badge, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { useMemo, useState } from "react";
import type { HttpHeaderJson } from "../../gen/hookline/dispatcher/v1/delivery_pb";
import { Code } from "../Code";
import { asForm, asHex, asXml, type Body, bytesInWords, readBody } from "./bodies";
import { CutBadge } from "./CutBadge";
import { asJson } from "./json";
import { PairTable } from "./PairTable";

interface Shown {
  body?: string;
  headers: readonly HttpHeaderJson[];
  cut?: boolean;
  label: string;
  /** Whether it stands there first as it is sent, before it is decoded. */
  asSent?: boolean;
}

/** A body, decoded by what it is or as it came; marks for one that was cut and one that is no text. */
export function BodyView({ body, headers, cut = false, label, asSent = false }: Shown) {
  const read = useMemo(() => readBody(body, headers, cut), [body, headers, cut]);
  const decoded = useMemo(() => decode(read), [read]);
  const [raw, setRaw] = useState(asSent);
  if (read.kind === "none") return <Text size="sm" c="dimmed">{`No ${label}.`}</Text>;
  return (
    <Stack gap={6}>
      <Group gap="xs">
        <Text size="xs" c="dimmed">
          {bytesInWords(read.size)}
        </Text>
        {cut && <CutBadge />}
        {read.kind === "binary" && (
          <Badge color="gray" variant="light" tt="none">
            binary
          </Badge>
        )}
        {decoded && (
          <SegmentedControl
            size="xs"
            aria-label={`View of the ${label}`}
            data={["Decoded", "As sent"]}
            value={raw ? "As sent" : "Decoded"}
            onChange={(value) => setRaw(value === "As sent")}
          />
        )}
      </Group>
      {decoded && !raw ? decoded(label) : <Code text={read.text ?? asHex(body ?? "")} label={label} />}
    </Stack>
  );
}

function decode({ kind, text = "" }: Body): ((label: string) => React.ReactNode) | undefined {
  if (kind === "form") return (label) => <PairTable pairs={asForm(text)} label={`fields of the ${label}`} />;
  const pretty = kind === "json" ? asJson(text) : kind === "xml" ? asXml(text) : undefined;
  return pretty === undefined ? undefined : (label) => <Code text={pretty} label={`decoded ${label}`} />;
}
