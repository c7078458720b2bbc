import { PageHeader } from "../../parts/PageHeader";

export default function Accounts() {
  return <PageHeader title="Accounts" />;
}
