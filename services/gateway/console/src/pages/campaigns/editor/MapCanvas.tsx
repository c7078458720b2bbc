import "@xyflow/react/dist/style.css";
import { Text, useComputedColorScheme } from "@mantine/core";
import {
  Background,
  Controls,
  MarkerType,
  MiniMap,
  type NodeChange,
  type NodePositionChange,
  type OnConnect,
  type OnNodesChange,
  Panel,
  ReactFlow,
  useNodesState,
  useReactFlow,
} from "@xyflow/react";
import { useEffect, useMemo, useRef } from "react";
import { connect, type Elements, move, type Spot } from "../map/edits";
import { type ElementNode, edgesOf, nodesOf, type WayEdge, wayOf } from "../map/flow";
import { takesWays } from "../map/kinds";
import { opening } from "../map/layout";
import { kindInWords, summary, titleOf } from "../map/words";
import { ElementCard } from "./ElementCard";
import { useMap } from "./MapContext";
import { useDrop } from "./useDrop";
import { useReveal } from "./useReveal";
import { WayLine } from "./WayLine";

const nodeTypes = { element: ElementCard };
const edgeTypes = { way: WayLine };
const edgeOptions = { markerEnd: { type: MarkerType.ArrowClosed, width: 18, height: 18 } };

const MINIMAP = { width: 130, height: 96 };

interface Props {
  elements: Elements;
  selected: string;
  narrow: boolean;
  onSelect(id: string): void;
  onEdit(elements: Elements, about?: string): void;
  /** Removes an element, or leads a way nowhere. */
  onRemove(id: string): void;
  /** Something was dropped: onto an element, into a way, or on a free spot. */
  onDrop(key: string, target: string, spot: Spot): void;
  onOver(target: string): void;
}

/** The map as a picture: elements can be moved, connected, selected and removed in it, and dropped into it. */
export function MapCanvas(props: Props) {
  const { elements, selected, narrow, onSelect, onEdit, onRemove } = props;
  const { editable, names } = useMap();
  const scheme = useComputedColorScheme("light");
  const { setCenter, getZoom } = useReactFlow();
  const [nodes, setNodes, onNodesChange] = useNodesState<ElementNode>([]);
  const frame = useRef<HTMLDivElement>(null);
  const drop = useDrop(props.onDrop, props.onOver);
  useEffect(
    () => setNodes((known) => nodesOf(elements, known, selected, editable)),
    [elements, selected, editable, setNodes],
  );
  useReveal(frame, selected);
  const edges = useMemo(() => edgesOf(elements, selected), [elements, selected]);
  const told = useMemo(() => nodes.map((node) => ({ ...node, ariaLabel: spoken(node, names) })), [nodes, names]);
  // What is selected is known outside: here it is only told that a person chose something, by pointer or keys.
  const changed: OnNodesChange<ElementNode> = (changes) => {
    const chosen = changes.find((each) => each.type === "select" && each.selected);
    if (chosen?.type === "select") onSelect(chosen.id);
    onNodesChange(changes.filter((each) => each.type !== "select"));
    const spots = new Map(changes.flatMap((each) => (isMoved(each) ? [[each.id, each.position] as const] : [])));
    if (spots.size) onEdit(move(elements, spots));
  };
  const connected: OnConnect = ({ source, sourceHandle, target }) =>
    onEdit(connect(elements, { source, handle: sourceHandle ?? "next" }, target));
  return (
    <div className="canvas" ref={frame} {...(editable ? drop : {})}>
      <ReactFlow<ElementNode, WayEdge>
        nodes={told}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        defaultEdgeOptions={edgeOptions}
        colorMode={scheme}
        onNodesChange={changed}
        onEdgesChange={(changes) => {
          const chosen = changes.find((each) => each.type === "select" && each.selected);
          if (chosen?.type === "select") onSelect(chosen.id);
        }}
        onNodeClick={(_event, node) => onSelect(node.id)}
        onEdgeClick={(_event, edge) => onSelect(edge.id)}
        onPaneClick={() => onSelect("")}
        onConnect={connected}
        onReconnect={(edge, next) => onEdit(connect(elements, wayOf(edge.id), next.target))}
        isValidConnection={({ source, target }) =>
          source !== target && elements.some((each) => each.id === target && takesWays(each))
        }
        onBeforeDelete={async ({ nodes: [node], edges: [edge] }) => {
          const id = node?.id ?? edge?.id;
          if (id && editable) onRemove(id);
          return false;
        }}
        onNodeDoubleClick={(_event, node) => {
          const { x, y } = node.position;
          void setCenter(x + 116, y + 50, { zoom: Math.max(1, getZoom()), duration: 200 });
        }}
        deleteKeyCode={editable ? ["Delete", "Backspace"] : null}
        nodesConnectable={editable}
        edgesReconnectable={editable}
        multiSelectionKeyCode={null}
        selectionKeyCode={null}
        minZoom={0.15}
        maxZoom={1.75}
        onInit={(flow) => {
          const bounds = flow.getNodesBounds(flow.getNodes());
          const width = frame.current?.clientWidth ?? bounds.width;
          void flow.setViewport(opening(bounds, width));
        }}
        proOptions={{ hideAttribution: false }}
      >
        {elements.length === 0 && (
          <Panel position="top-center">
            <Text size="sm" c="dimmed" mt="xl">
              The map is empty. Drag a start here from the tab Triggers, or press it: contacts come in there.
            </Text>
          </Panel>
        )}
        <Background gap={22} size={1.4} />
        <Controls showInteractive={false} position="bottom-left" />
        {!narrow && (
          <MiniMap
            pannable
            zoomable
            position="bottom-right"
            ariaLabel="Overview of the map"
            className="minimap"
            style={MINIMAP}
          />
        )}
      </ReactFlow>
    </div>
  );
}

/** Whether an element has come to another place: at the end of a drag, or by an arrow key. */
function isMoved(change: NodeChange<ElementNode>): change is NodePositionChange & { position: Spot } {
  return change.type === "position" && change.dragging === false && change.position !== undefined;
}

function spoken(node: ElementNode, names: Parameters<typeof summary>[1]): string {
  const { element } = node.data;
  return `${titleOf(element)}, ${kindInWords(element)}: ${summary(element, names)}`;
}
