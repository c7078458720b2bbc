import { ActionIcon } from "@mantine/core";
import { BaseEdge, EdgeLabelRenderer, type EdgeProps, getSmoothStepPath } from "@xyflow/react";
import { Plus } from "lucide-react";
import { bend, type WayEdge } from "../map/flow";
import { InsertMenu } from "./InsertMenu";
import { useMap } from "./MapContext";

const at = (left: number, top: number) => ({ transform: `translate(-50%, -50%) translate(${left}px, ${top}px)` });

/** A way in the picture, with its label where it begins and a button that puts an element into it. */
export function WayLine(props: EdgeProps<WayEdge>) {
  const { id, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, selected, data, markerEnd } = props;
  const { editable, over, onInsert } = useMap();
  const centerY = bend(sourceY, targetY, Boolean(data?.label));
  const [path, x, y] = getSmoothStepPath({
    ...{ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, centerY },
    borderRadius: 14,
  });
  // On a way that begins with a label the button stands where it ends: both have room then.
  const plus = data?.label && targetY > sourceY ? at(targetX, targetY - 24) : at(x, y);
  return (
    <>
      <BaseEdge
        id={id}
        path={path}
        markerEnd={markerEnd}
        interactionWidth={36}
        className={over === id ? "way way-over" : selected ? "way way-selected" : "way"}
      />
      <EdgeLabelRenderer>
        {data?.label && (
          <div className="way-label nodrag nopan" style={at(sourceX, sourceY + 18)}>
            {data.label}
          </div>
        )}
        {editable && data && (
          <div className="way-plus nodrag nopan" style={plus} data-way={id}>
            <InsertMenu onChoose={(offer) => onInsert(data.way, offer)}>
              <ActionIcon
                size={22}
                radius="xl"
                variant={over === id ? "filled" : "default"}
                className="plus"
                aria-label={`Insert between ${data.title}`}
              >
                <Plus size={14} aria-hidden />
              </ActionIcon>
            </InsertMenu>
          </div>
        )}
      </EdgeLabelRenderer>
    </>
  );
}
