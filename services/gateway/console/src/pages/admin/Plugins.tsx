import { PageHeader } from "../../parts/PageHeader";

export default function Plugins() {
  return <PageHeader title="Plugins" />;
}
