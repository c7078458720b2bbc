import { PageHeader } from "../../parts/PageHeader";

export default function Administration() {
  return <PageHeader title="Administration" />;
}
