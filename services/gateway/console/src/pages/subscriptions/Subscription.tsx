import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "react-router";
import type { SubscriptionJson } from "../../gen/hookline/registry/v1/subscription_pb";
import { PageHeader } from "../../parts/PageHeader";
import type { Signed } from "../../parts/target/api";
import { showMade } from "../../parts/target/made";
import { TargetPage } from "../../parts/target/TargetPage";
import { eventInWords } from "./events";
import { SubscriptionForm } from "./SubscriptionForm";

/** One subscription, or a new one where the address says so. */
export default function Subscription() {
  const { id = "" } = useParams();
  if (id === "new") return <New />;
  return (
    <TargetPage<SubscriptionJson> key={id} noun="subscription" id={id} title={({ event }) => eventInWords(event ?? "")}>
      {(form) => <SubscriptionForm {...form} />}
    </TargetPage>
  );
}

function New() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const made = async (signed: Signed<SubscriptionJson>) => {
    queries.invalidateQueries({ queryKey: ["subscriptions"] });
    await navigate(`/subscriptions/${signed.target.id}`);
    showMade("subscription", signed);
  };
  return (
    <>
      <PageHeader title="New subscription" says="An event, and the address that is told of it from then on." />
      <SubscriptionForm onSaved={(signed) => void made(signed)} />
    </>
  );
}
