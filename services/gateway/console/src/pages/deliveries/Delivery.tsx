import { PageHeader } from "../../parts/PageHeader";

export default function Delivery() {
  return <PageHeader title="Delivery" />;
}
