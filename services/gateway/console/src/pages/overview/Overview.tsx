import { PageHeader } from "../../parts/PageHeader";

export default function Overview() {
  return <PageHeader title="Overview" />;
}
