import { PageHeader } from "../../parts/PageHeader";

export default function Form() {
  return <PageHeader title="Form" />;
}
