import { Anchor } from "@mantine/core";
import { Link } from "react-router";
import { Empty } from "../parts/Empty";
import { PageHeader } from "../parts/PageHeader";

export default function NotFound() {
  return (
    <>
      <PageHeader title="Nothing is here" />
      <Empty says="No page of the console has this address.">
        <Anchor component={Link} to="/">
          Go to the overview
        </Anchor>
      </Empty>
    </>
  );
}
