import { PageHeader } from "../../parts/PageHeader";

export default function Webhook() {
  return <PageHeader title="Webhook" />;
}
