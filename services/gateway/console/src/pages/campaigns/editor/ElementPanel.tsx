import { Alert, Button, Divider, Group, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { ArrowDownToLine, Copy, Trash2 } from "lucide-react";
import type { ErrorAt } from "../../../parts/language/errors";
import type { Vocabulary } from "../../../parts/language/useNames";
import { connect, type Elements, replace } from "../map/edits";
import { flawAt, hasField, sentence } from "../map/flaws";
import { type Element, exitPath, exitsOf, kindOf, type Offer, takesWays } from "../map/kinds";
import { kindInWords, titleOf } from "../map/words";
import { ElementSetup } from "../setup/ElementSetup";
import { Counts } from "./Counts";
import { InsertMenu } from "./InsertMenu";
import { KindIcon } from "./KindIcon";
import { useMap } from "./MapContext";

interface Props {
  element: Element;
  elements: Elements;
  objectTypeId: number;
  names: Vocabulary;
  onEdit(elements: Elements, about?: string): void;
  onInsertAfter(offer: Offer): void;
  onDuplicate(): void;
  onRemove(): void;
}

/** Sets an element up: its name, what it does, and where its ways lead. */
export function ElementPanel(props: Props) {
  const { element, elements, onEdit } = props;
  const { editable, flaws, counts, onCount } = useMap();
  const id = element.id ?? "";
  const stats = counts?.get(id);
  const change = (changed: Element, about = "") => onEdit(replace(elements, changed), about && `${id}.${about}`);
  const mine = flaws.filter((flaw) => flaw.id === id);
  const errorAt = flawAt(mine);
  const others = mine.filter((flaw) => !hasField(flaw));
  return (
    <Stack gap="sm">
      <Group gap="sm" wrap="nowrap">
        <KindIcon kind={kindOf(element)} />
        <div>
          <Title order={2} size="h5">
            {titleOf(element)}
          </Title>
          <Text size="xs" c="dimmed">
            {kindInWords(element)} · {id}
          </Text>
        </div>
      </Group>
      {stats && <Counts element={element} stats={stats} onCount={(count) => onCount(id, count)} />}
      {others.length > 0 && (
        <Alert color="red" p="xs" role="status">
          {others.map((flaw) => (
            <Text size="sm" key={flaw.path + flaw.reason}>
              {sentence(flaw)}
            </Text>
          ))}
        </Alert>
      )}
      <fieldset className="bare" disabled={!editable} aria-label={`Settings of ${titleOf(element)}`}>
        <Stack gap="sm">
          <TextInput
            label="Name"
            placeholder={kindInWords(element)}
            maxLength={128}
            value={element.name ?? ""}
            onChange={(event) => change({ ...element, name: event.currentTarget.value }, "name")}
          />
          <ElementSetup {...props} errorAt={errorAt} onChange={change} />
          <Ways {...props} errorAt={errorAt} />
        </Stack>
      </fieldset>
      {editable && <Deeds {...props} />}
    </Stack>
  );
}

function Ways({ element, elements, errorAt, onEdit }: Props & { errorAt: ErrorAt }) {
  const exits = exitsOf(element);
  if (!exits.length) return null;
  const targets = elements
    .filter((each) => takesWays(each) && each.id !== element.id)
    .map((each) => ({
      value: each.id ?? "",
      label: each.name ? `${each.name} (${each.id})` : `${kindInWords(each)} (${each.id})`,
    }));
  return (
    <>
      <Divider label="Where contacts go on" labelPosition="left" />
      {exits.map((exit, index) => (
        <Select
          key={exit.handle}
          label={element.split ? `Way ${index + 1}, ${exit.label}` : exit.label || "Next"}
          placeholder="Nowhere yet"
          clearable
          searchable
          data={targets}
          value={exit.target || null}
          error={errorAt(exitPath(element, exit))}
          onChange={(target) =>
            onEdit(connect(elements, { source: element.id ?? "", handle: exit.handle }, target ?? ""))
          }
        />
      ))}
    </>
  );
}

function Deeds({ element, onInsertAfter, onDuplicate, onRemove }: Props) {
  return (
    <Group gap="xs">
      {!element.end && (
        <InsertMenu onChoose={onInsertAfter}>
          <Button size="xs" variant="light" leftSection={<ArrowDownToLine size={14} aria-hidden />}>
            Insert after
          </Button>
        </InsertMenu>
      )}
      <Button size="xs" variant="default" leftSection={<Copy size={14} aria-hidden />} onClick={onDuplicate}>
        Duplicate
      </Button>
      <Button size="xs" variant="light" color="red" leftSection={<Trash2 size={14} aria-hidden />} onClick={onRemove}>
        Delete
      </Button>
    </Group>
  );
}
