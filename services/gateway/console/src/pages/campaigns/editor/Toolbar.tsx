import { ActionIcon, Button, Group, SegmentedControl, Tooltip } from "@mantine/core";
import { LayoutList, Map as MapIcon, Maximize, Redo2, Settings2, Undo2, WandSparkles } from "lucide-react";
import type { Look, Shown } from "./useView";
import type { Workbench } from "./useWorkbench";

/** How the map is shown, and what is done with it as a whole. */
export function Toolbar({ bench }: { bench: Workbench }) {
  return (
    <Group gap="xs" justify="space-between">
      <Looks bench={bench} />
      <Tools bench={bench} />
    </Group>
  );
}

function Looks({ bench: { view, published } }: { bench: Workbench }) {
  return (
    <Group gap="xs">
      <SegmentedControl
        size="xs"
        aria-label="View"
        data={[
          { value: "map", label: <Labelled icon={<MapIcon size={14} aria-hidden />}>Map</Labelled> },
          { value: "list", label: <Labelled icon={<LayoutList size={14} aria-hidden />}>List</Labelled> },
        ]}
        value={view.look}
        onChange={(chosen) => view.setLook(chosen as Look)}
      />
      {published && (
        <SegmentedControl
          size="xs"
          aria-label="Show"
          data={[
            { value: "draft", label: "Draft" },
            { value: "live", label: "Live version" },
          ]}
          value={view.shown}
          onChange={(chosen) => view.setShown(chosen as Shown)}
        />
      )}
    </Group>
  );
}

function Tools({ bench: { editor, view, map, editable } }: { bench: Workbench }) {
  const setUp = () => {
    if (!view.narrow) editor.select("");
    view.setSettings(true);
  };
  return (
    <Group gap={6}>
      {editable && (
        <>
          <Tool
            label="Undo (Ctrl+Z)"
            icon={<Undo2 size={16} aria-hidden />}
            disabled={!editor.canUndo}
            onClick={editor.undo}
          />
          <Tool
            label="Redo (Ctrl+Shift+Z)"
            icon={<Redo2 size={16} aria-hidden />}
            disabled={!editor.canRedo}
            onClick={editor.redo}
          />
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<WandSparkles size={14} aria-hidden />}
            onClick={map.tidy}
          >
            Tidy up
          </Button>
        </>
      )}
      {view.look === "map" && (
        <Tool label="Show the whole map" icon={<Maximize size={16} aria-hidden />} onClick={map.fit} />
      )}
      <Button size="compact-sm" variant="default" leftSection={<Settings2 size={14} aria-hidden />} onClick={setUp}>
        {view.narrow ? "Set up" : "Settings"}
      </Button>
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
