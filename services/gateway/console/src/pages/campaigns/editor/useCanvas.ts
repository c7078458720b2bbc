/** What a person does in the picture of the map, and what it does to the map. */

import {
  type NodeChange,
  type NodePositionChange,
  type OnNodesChange,
  type ReactFlowProps,
  useNodesState,
  useReactFlow,
} from "@xyflow/react";
import { useEffect, useMemo } from "react";
import { connect, type Elements, move, type Spot } from "../map/edits";
import { type ElementNode, nodesOf, type WayEdge, wayOf } from "../map/flow";
import { takesWays } from "../map/kinds";
import { kindInWords, summary, titleOf } from "../map/words";
import { useMap } from "./MapContext";

type Flow = ReactFlowProps<ElementNode, WayEdge>;

export interface Canvas {
  elements: Elements;
  selected: string;
  onSelect(id: string): void;
  onEdit(elements: Elements, about?: string): void;
  /** Removes an element, or leads a way nowhere. */
  onRemove(id: string): void;
}

/** The elements as the picture draws them, and what moves them. */
export function useNodes({ elements, selected, onSelect, onEdit }: Canvas) {
  const { editable, names } = useMap();
  const [nodes, setNodes, onNodesChange] = useNodesState<ElementNode>([]);
  useEffect(
    () => setNodes((known) => nodesOf(elements, known, selected, editable)),
    [elements, selected, editable, setNodes],
  );
  const told = useMemo(() => nodes.map((node) => ({ ...node, ariaLabel: spoken(node, names) })), [nodes, names]);
  // What is selected is known outside: here it is only told that a person chose something, by pointer or keys.
  const changed: OnNodesChange<ElementNode> = (changes) => {
    const chosen = changes.find((each) => each.type === "select" && each.selected);
    if (chosen?.type === "select") onSelect(chosen.id);
    onNodesChange(changes.filter((each) => each.type !== "select"));
    const spots = new Map(changes.flatMap((each) => (isMoved(each) ? [[each.id, each.position] as const] : [])));
    if (spots.size) onEdit(move(elements, spots));
  };
  return [told, { onNodesChange: changed }] as const;
}

/** Elements and ways are chosen by a press. */
export function useChoosing({ onSelect }: Canvas): Partial<Flow> {
  const { setCenter, getZoom } = useReactFlow();
  return {
    onEdgesChange(changes) {
      const chosen = changes.find((each) => each.type === "select" && each.selected);
      if (chosen?.type === "select") onSelect(chosen.id);
    },
    onNodeClick: (_event, node) => onSelect(node.id),
    onEdgeClick: (_event, edge) => onSelect(edge.id),
    onPaneClick: () => onSelect(""),
    onNodeDoubleClick(_event, node) {
      const { x, y } = node.position;
      void setCenter(x + 116, y + 50, { zoom: Math.max(1, getZoom()), duration: 200 });
    },
  };
}

/** Ways are drawn, led elsewhere and removed. */
export function useConnecting({ elements, onEdit, onRemove }: Canvas): Partial<Flow> {
  const { editable } = useMap();
  return {
    onConnect: ({ source, sourceHandle, target }) =>
      onEdit(connect(elements, { source, handle: sourceHandle ?? "next" }, target)),
    onReconnect: (edge, next) => onEdit(connect(elements, wayOf(edge.id), next.target)),
    isValidConnection: ({ source, target }) =>
      source !== target && elements.some((each) => each.id === target && takesWays(each)),
    async onBeforeDelete({ nodes: [node], edges: [edge] }) {
      const id = node?.id ?? edge?.id;
      if (id && editable) onRemove(id);
      return false;
    },
  };
}

/** Whether an element has come to another place: at the end of a drag, or by an arrow key. */
function isMoved(change: NodeChange<ElementNode>): change is NodePositionChange & { position: Spot } {
  return change.type === "position" && change.dragging === false && change.position !== undefined;
}

function spoken(node: ElementNode, names: Parameters<typeof summary>[1]): string {
  const { element } = node.data;
  return `${titleOf(element)}, ${kindInWords(element)}: ${summary(element, names)}`;
}
