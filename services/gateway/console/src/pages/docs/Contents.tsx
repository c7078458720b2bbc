import { NavLink, ScrollArea, Text } from "@mantine/core";
import type { Group } from "./openapi";

export const apis = [
  { api: "ontraport", title: "Ontraport's API", path: "/1" },
  { api: "json", title: "JSON API", path: "/v1" },
] as const;

/** The services at the left of a wide window. */
export function Contents({ groups }: { groups: Group[] }) {
  return (
    <ScrollArea component="nav" aria-label="Services" h="calc(100dvh - 90px)" type="hover" className="contents">
      {apis.map(({ api, title, path }) => (
        <div key={api}>
          <Text size="xs" fw={700} c="dimmed" px="sm" pt="sm" pb={4}>
            {title}{" "}
            <Text span ff="monospace" size="xs">
              {path}
            </Text>
          </Text>
          {groups
            .filter((group) => group.api === api)
            .map((group) => (
              <NavLink
                key={group.name}
                href={`#service-${group.name}`}
                label={group.title}
                rightSection={
                  <Text size="xs" c="dimmed" className="numbers">
                    {group.operations.length}
                  </Text>
                }
                py={5}
              />
            ))}
        </div>
      ))}
    </ScrollArea>
  );
}
