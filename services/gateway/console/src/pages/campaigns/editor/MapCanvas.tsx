import "@xyflow/react/dist/style.css";
import { Text, useComputedColorScheme } from "@mantine/core";
import { Background, Controls, MarkerType, MiniMap, Panel, ReactFlow } from "@xyflow/react";
import { useMemo, useRef } from "react";
import { type ElementNode, edgesOf, type WayEdge } from "../map/flow";
import { opening } from "../map/layout";
import { ElementCard } from "./ElementCard";
import { useMap } from "./MapContext";
import { type Canvas, useChoosing, useConnecting, useNodes } from "./useCanvas";
import { useReveal } from "./useReveal";
import { WayLine } from "./WayLine";

const nodeTypes = { element: ElementCard };
const edgeTypes = { way: WayLine };
const edgeOptions = { markerEnd: { type: MarkerType.ArrowClosed, width: 18, height: 18 } };

const MINIMAP = { width: 130, height: 96 };

interface Props extends Canvas {
  narrow: boolean;
}

/** The map as a picture: elements can be moved, connected, selected and removed in it, and dropped into it. */
export function MapCanvas(props: Props) {
  const { elements, selected, narrow } = props;
  const { editable } = useMap();
  const scheme = useComputedColorScheme("light");
  const frame = useRef<HTMLDivElement>(null);
  useReveal(frame, selected);
  const edges = useMemo(() => edgesOf(elements, selected), [elements, selected]);
  const [nodes, moving] = useNodes(props);
  const choosing = useChoosing(props);
  const connecting = useConnecting(props);
  return (
    <div className="canvas" ref={frame}>
      <ReactFlow<ElementNode, WayEdge>
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        defaultEdgeOptions={edgeOptions}
        colorMode={scheme}
        {...moving}
        {...choosing}
        {...connecting}
        deleteKeyCode={editable ? ["Delete", "Backspace"] : null}
        nodesConnectable={editable}
        edgesReconnectable={editable}
        // On a small screen what is selected is set up in a drawer, which would lie over the map after every move.
        selectNodesOnDrag={!narrow}
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
        <Surroundings empty={elements.length === 0} narrow={narrow} />
      </ReactFlow>
    </div>
  );
}

/** What lies around the elements: the ground, what moves and enlarges the picture, and a word where there is nothing. */
function Surroundings({ empty, narrow }: { empty: boolean; narrow: boolean }) {
  return (
    <>
      {empty && (
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
    </>
  );
}
