import { PageHeader } from "../../parts/PageHeader";

export default function Rules() {
  return <PageHeader title="Rules" />;
}
