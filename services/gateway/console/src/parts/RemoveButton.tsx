import { ActionIcon, type ActionIconProps } from "@mantine/core";
import { Trash2 } from "lucide-react";

interface Props extends ActionIconProps {
  /** What is removed, for those who do not see where the button stands. */
  label: string;
  onClick(): void;
}

/** Takes one of several away. */
export function RemoveButton({ label, ...rest }: Props) {
  return (
    <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} {...rest}>
      <Trash2 size={16} aria-hidden />
    </ActionIcon>
  );
}
