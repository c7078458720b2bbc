import { Alert, Anchor, List } from "@mantine/core";
import { TriangleAlert } from "lucide-react";
import { type Elements, find } from "../map/edits";
import { type Flaw, sentence } from "../map/flaws";
import { titleOf } from "../map/words";

interface Props {
  flaws: readonly Flaw[];
  elements: Elements;
  onSelect(id: string): void;
  onClose(): void;
}

/** Everything that keeps a map from being published, each with the element that it lies in. */
export function Problems({ flaws, elements, onSelect, onClose }: Props) {
  if (!flaws.length) return null;
  return (
    <Alert
      color="red"
      role="alert"
      icon={<TriangleAlert aria-hidden />}
      title={flaws.length === 1 ? "One thing is left to do" : `${flaws.length} things are left to do`}
      withCloseButton
      closeButtonLabel="Hide the problems"
      onClose={onClose}
    >
      <List size="sm" className="problems">
        {flaws.map((flaw) => {
          const element = find(elements, flaw.id);
          return (
            <List.Item key={`${flaw.id} ${flaw.path} ${flaw.reason}`}>
              {element && (
                <>
                  <Anchor
                    component="button"
                    type="button"
                    size="sm"
                    underline="always"
                    onClick={() => onSelect(flaw.id)}
                  >
                    {titleOf(element)}
                  </Anchor>
                  {" – "}
                </>
              )}
              {sentence(flaw)}
            </List.Item>
          );
        })}
      </List>
    </Alert>
  );
}
