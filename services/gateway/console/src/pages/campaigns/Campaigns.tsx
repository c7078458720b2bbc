import { PageHeader } from "../../parts/PageHeader";

export default function Campaigns() {
  return <PageHeader title="Campaigns" />;
}
