import { ActionIcon, Button, Group, SegmentedControl, Tooltip } from "@mantine/core";
import { LayoutList, Map as MapIcon, Maximize, Redo2, Settings2, Undo2, WandSparkles } from "lucide-react";

export type Look = "map" | "list";
export type Shown = "draft" | "live";

interface Props {
  look: Look;
  shown: Shown;
  published: boolean;
  canUndo: boolean;
  canRedo: boolean;
  editable: boolean;
  narrow: boolean;
  onLook(look: Look): void;
  onShown(shown: Shown): void;
  onUndo(): void;
  onRedo(): void;
  onTidy(): void;
  onFit(): void;
  onSettings(): void;
}

/** How the map is shown, and what is done with it as a whole. */
export function Toolbar(props: Props) {
  const { look, shown, published, editable, narrow } = props;
  return (
    <Group gap="xs" justify="space-between">
      <Group gap="xs">
        <SegmentedControl
          size="xs"
          aria-label="View"
          data={[
            { value: "map", label: <Labelled icon={<MapIcon size={14} aria-hidden />}>Map</Labelled> },
            { value: "list", label: <Labelled icon={<LayoutList size={14} aria-hidden />}>List</Labelled> },
          ]}
          value={look}
          onChange={(chosen) => props.onLook(chosen as Look)}
        />
        {published && (
          <SegmentedControl
            size="xs"
            aria-label="Show"
            data={[
              { value: "draft", label: "Draft" },
              { value: "live", label: "Live version" },
            ]}
            value={shown}
            onChange={(chosen) => props.onShown(chosen as Shown)}
          />
        )}
      </Group>
      <Group gap={6}>
        {editable && (
          <>
            <Tool
              label="Undo (Ctrl+Z)"
              icon={<Undo2 size={16} aria-hidden />}
              disabled={!props.canUndo}
              onClick={props.onUndo}
            />
            <Tool
              label="Redo (Ctrl+Shift+Z)"
              icon={<Redo2 size={16} aria-hidden />}
              disabled={!props.canRedo}
              onClick={props.onRedo}
            />
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<WandSparkles size={14} aria-hidden />}
              onClick={props.onTidy}
            >
              Tidy up
            </Button>
          </>
        )}
        {look === "map" && (
          <Tool label="Show the whole map" icon={<Maximize size={16} aria-hidden />} onClick={props.onFit} />
        )}
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<Settings2 size={14} aria-hidden />}
          onClick={props.onSettings}
        >
          {narrow ? "Set up" : "Settings"}
        </Button>
      </Group>
    </Group>
  );
}

function Labelled({ icon, children }: { icon: React.ReactNode; children: React.ReactNode }) {
  return (
    <Group gap={6} wrap="nowrap">
      {icon}
      {children}
    </Group>
  );
}

interface ToolProps {
  label: string;
  icon: React.ReactNode;
  disabled?: boolean;
  onClick(): void;
}

function Tool({ label, icon, disabled, onClick }: ToolProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="default" size={26} aria-label={label} disabled={disabled} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
