import { Alert, Button, Group, Stack, Text, Title } from "@mantine/core";
import { Play, Square } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useKeys } from "../../parts/keys";
import { BodyInput } from "./BodyInput";
import { ExchangeView } from "./ExchangeView";
import type { OpenApi, Operation } from "./openapi";
import { ParameterInputs } from "./ParameterInputs";
import { useExchange } from "./perform";
import { Responses } from "./Responses";
import { freshInputs, type Inputs, requestOf } from "./request";

/** Everything about one operation: what it does and takes, a way to perform it, and what it may answer. */
export function OperationPanel({ document, operation }: { document: OpenApi; operation: Operation }) {
  const [inputs, setInputs] = useState<Inputs>(() => freshInputs(operation));
  const [missing, setMissing] = useState<string[]>([]);
  const [exchange, send, stop] = useExchange();
  const { complete } = useKeys();
  const change = (part: Partial<Inputs>) => setInputs((before) => ({ ...before, ...part }));
  const streams = "text/event-stream" in (operation.responses["200"]?.content ?? {});
  const busy = exchange?.state === "asking" || exchange?.state === "coming";
  const perform = () => {
    const made = requestOf(operation, inputs);
    setMissing(made.missing);
    if (made.missing.length === 0) send(made.request);
  };
  return (
    <Stack gap="lg" component="article" aria-label={operation.operationId}>
      <Text size="sm" className="lines">
        {operation.description}
      </Text>
      {(operation.parameters?.length ?? 0) > 0 && (
        <Part title="Parameters">
          <ParameterInputs
            document={document}
            parameters={operation.parameters ?? []}
            values={inputs.parameters}
            missing={missing}
            onChange={(place, values) => change({ parameters: { ...inputs.parameters, [place]: values } })}
          />
        </Part>
      )}
      {operation.requestBody && (
        <Part title="Body">
          <BodyInput document={document} operation={operation} inputs={inputs} onChange={change} />
        </Part>
      )}
      <Group>
        <Button leftSection={<Play size={16} aria-hidden />} onClick={perform} loading={busy && !streams}>
          Try it out!
        </Button>
        {busy && (
          <Button variant="default" leftSection={<Square size={14} aria-hidden />} onClick={stop}>
            Stop
          </Button>
        )}
        {!complete && (
          <Text size="sm" c="dimmed">
            Enter an API key and its application id at the top of the page first.
          </Text>
        )}
      </Group>
      {missing.length > 0 && <Alert color="red">Fill in what the path needs.</Alert>}
      {exchange && <ExchangeView exchange={exchange} streams={streams} />}
      <Part title="Answers">
        <Responses document={document} operation={operation} />
      </Part>
    </Stack>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <Title order={5} size="sm" mb="xs">
        {title}
      </Title>
      {children}
    </section>
  );
}
