import { ActionIcon } from "@mantine/core";
import { Handle, type NodeProps, Position } from "@xyflow/react";
import { Plus, TriangleAlert } from "lucide-react";
import { memo } from "react";
import type { ElementNode } from "../map/flow";
import { type Element, type Exit, kindOf, takesWays } from "../map/kinds";
import { kindInWords, summary, titleOf } from "../map/words";
import { Counts } from "./Counts";
import { InsertMenu } from "./InsertMenu";
import { KindIcon } from "./KindIcon";
import { useMap } from "./MapContext";

/** An element in the picture: what it is, what it does, who is there, and where ways come in and go out. */
export const ElementCard = memo(function ElementCard({ data: { element, exits }, selected }: NodeProps<ElementNode>) {
  const { names, counts, flaws, over, editable, onCount } = useMap();
  const id = element.id ?? "";
  const stats = counts?.get(id);
  const flawed = flaws.some((flaw) => flaw.id === id);
  return (
    <div
      className="element"
      data-element={id}
      data-kind={kindOf(element)}
      data-selected={selected || undefined}
      data-flawed={flawed || undefined}
      data-over={over === id || undefined}
    >
      {takesWays(element) && <Handle type="target" position={Position.Top} isConnectable={editable} />}
      <div className="element-head">
        <KindIcon kind={kindOf(element)} />
        <div className="element-words">
          <div className="element-title" title={titleOf(element)}>
            {flawed && <TriangleAlert size={14} aria-label="Has a problem" className="element-flag" />}
            {titleOf(element)}
          </div>
          <div className="element-summary" title={summary(element, names)}>
            {element.name ? `${kindInWords(element)} · ` : ""}
            {summary(element, names)}
          </div>
        </div>
      </div>
      {stats && <Counts element={element} stats={stats} onCount={(count) => onCount(id, count)} />}
      {exits.map((exit, index) => (
        <Out key={exit.handle} element={element} exit={exit} left={(100 * (index + 1)) / (exits.length + 1)} />
      ))}
    </div>
  );
});

/** Where a way goes out; one that leads nowhere yet has a button that puts an element there. */
function Out({ element, exit, left }: { element: Element; exit: Exit; left: number }) {
  const { editable, onInsert } = useMap();
  const way = { source: element.id ?? "", handle: exit.handle };
  return (
    <>
      <Handle
        type="source"
        id={exit.handle}
        position={Position.Bottom}
        style={{ left: `${left}%` }}
        isConnectable={editable}
      />
      {!exit.target && (
        <div className="stub nodrag nopan" style={{ left: `${left}%` }} data-way={`${way.source}:${way.handle}`}>
          {exit.label && <span className="way-label">{exit.label}</span>}
          {editable && (
            <InsertMenu onChoose={(offer) => onInsert(way, offer)}>
              <ActionIcon
                size={22}
                radius="xl"
                variant="default"
                className="plus"
                aria-label={`Add what follows ${titleOf(element)}${exit.label ? `, ${exit.label}` : ""}`}
              >
                <Plus size={14} aria-hidden />
              </ActionIcon>
            </InsertMenu>
          )}
        </div>
      )}
    </>
  );
}
