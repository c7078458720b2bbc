import { PageHeader } from "../../parts/PageHeader";

export default function Subscriptions() {
  return <PageHeader title="Subscriptions" />;
}
