import { Anchor, Badge, Button, Group, Paper, Stack, Text } from "@mantine/core";
import { Plus } from "lucide-react";
import { Link } from "react-router";
import type { ObjectTypeJson } from "../../gen/hookline/registry/v1/object_type_pb";
import { Loaded } from "../../parts/Loaded";
import { useMay } from "../../parts/may";
import { useObjectTypes } from "../../parts/objectTypes";
import { PageHeader } from "../../parts/PageHeader";

/** The types of objects of the account, with their fields. */
export default function ObjectTypes() {
  const query = useObjectTypes();
  return (
    <>
      <PageHeader
        title="Object types"
        says="What kinds of objects there are, and which fields they carry. Merge fields and conditions name fields by their label."
      >
        {useMay("MANAGE") && (
          <Button component={Link} to="/object-types/new" leftSection={<Plus size={16} aria-hidden />}>
            New object type
          </Button>
        )}
      </PageHeader>
      <Loaded query={query}>
        {(types) => (
          <Stack gap="xs" component="ul" p={0} m={0} className="plain-list">
            {types.map((type) => (
              <TypeCard key={type.id ?? 0} type={type} />
            ))}
          </Stack>
        )}
      </Loaded>
    </>
  );
}

function TypeCard({ type: { id = 0, name, fields = [] } }: { type: ObjectTypeJson }) {
  const labels = fields.slice(0, 12).map((each) => each.label);
  return (
    <Paper withBorder p="sm" component="li" aria-label={name}>
      <Group gap="xs">
        <Anchor component={Link} to={`/object-types/${id}`} fw={600}>
          {name}
        </Anchor>
        <Badge variant="default" tt="none">
          {id}, {id < 10_000 ? "built in" : "custom"}
        </Badge>
      </Group>
      <Text size="sm" c="dimmed">
        {fields.length === 0
          ? "It has no fields yet."
          : `${labels.join(", ")}${fields.length > labels.length ? ` and ${fields.length - labels.length} more` : ""}`}
      </Text>
    </Paper>
  );
}
