import { PageHeader } from "../../parts/PageHeader";

export default function Rule() {
  return <PageHeader title="Rule" />;
}
