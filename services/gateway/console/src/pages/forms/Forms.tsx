import { PageHeader } from "../../parts/PageHeader";

export default function Forms() {
  return <PageHeader title="Forms" />;
}
