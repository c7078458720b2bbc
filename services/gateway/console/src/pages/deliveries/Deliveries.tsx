import { PageHeader } from "../../parts/PageHeader";

export default function Deliveries() {
  return <PageHeader title="Deliveries" />;
}
