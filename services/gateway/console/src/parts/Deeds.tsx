import { ActionIcon, Menu } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { CirclePause, CirclePlay, Copy, Ellipsis, Trash2 } from "lucide-react";
import { confirm, tell, tellFailure } from "./confirm";
import { isolated } from "./isolated";

interface Props {
  /** What the thing is called, for people. */
  name: string;
  paused?: boolean;
  /** The query of the list that is out of date afterwards. */
  list: string;
  /** What else a person should know before it is deleted. */
  deleting: string;
  turn?(verb: "pause" | "resume"): Promise<unknown>;
  duplicate?(): Promise<unknown>;
  /** How the copy stands at first. */
  copyIs?: string;
  away(): Promise<unknown>;
}

/** A menu of what can be done with something besides editing it: pause or resume, duplicate, delete. */
export function Deeds({ name: called, paused, list, deleting, turn, duplicate, copyIs = "paused", away }: Props) {
  const queries = useQueryClient();
  const name = isolated(called);
  const doing = async (work: () => Promise<unknown>, done: string) => {
    try {
      await work();
      tell(done);
    } catch (error) {
      tellFailure(error);
    }
    await queries.invalidateQueries({ queryKey: [list] });
  };
  const ask = () => confirm(`Delete “${name}”?`, deleting, "Delete", () => void doing(away, `“${name}” is deleted.`));
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`What can be done with ${name}`}>
          <Ellipsis size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {turn && paused && (
          <Menu.Item
            leftSection={<CirclePlay size={16} aria-hidden />}
            onClick={() => void doing(() => turn("resume"), `“${name}” is live again.`)}
          >
            Resume
          </Menu.Item>
        )}
        {turn && !paused && (
          <Menu.Item
            leftSection={<CirclePause size={16} aria-hidden />}
            onClick={() => void doing(() => turn("pause"), `“${name}” is paused.`)}
          >
            Pause
          </Menu.Item>
        )}
        {duplicate && (
          <Menu.Item
            leftSection={<Copy size={16} aria-hidden />}
            onClick={() => void doing(duplicate, `“${name}” is duplicated. The copy is ${copyIs}.`)}
          >
            Duplicate
          </Menu.Item>
        )}
        <Menu.Item color="red" leftSection={<Trash2 size={16} aria-hidden />} onClick={ask}>
          Delete
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
