import { Button, Group } from "@mantine/core";
import { Link } from "react-router";
import { Empty } from "../../parts/Empty";

/** Stands where nothing was ever sent. */
export function NothingSent() {
  return (
    <Empty says="Nothing was sent yet. Deliveries appear here as soon as an event fires a subscription or a webhook.">
      <Group justify="center">
        <Button component={Link} to="/subscriptions">
          Make a subscription
        </Button>
        <Button component={Link} to="/" variant="default">
          Publish a first event
        </Button>
      </Group>
    </Empty>
  );
}
