import { PageHeader } from "../../parts/PageHeader";

export default function LiveDoc() {
  return <PageHeader title="LiveDoc" />;
}
