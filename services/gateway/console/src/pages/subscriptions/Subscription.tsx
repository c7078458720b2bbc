import { PageHeader } from "../../parts/PageHeader";

export default function Subscription() {
  return <PageHeader title="Subscription" />;
}
