import { PageHeader } from "../../parts/PageHeader";

export default function Campaign() {
  return <PageHeader title="Campaign" />;
}
