import { PageHeader } from "../../parts/PageHeader";

export default function Keys() {
  return <PageHeader title="Keys" />;
}
