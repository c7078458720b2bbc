import { PageHeader } from "../../parts/PageHeader";

export default function Bin() {
  return <PageHeader title="Bin" />;
}
