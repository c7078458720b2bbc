import { PageHeader } from "../../parts/PageHeader";

export default function Webhooks() {
  return <PageHeader title="Webhooks" />;
}
