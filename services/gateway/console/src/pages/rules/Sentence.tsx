import { Paper, Text } from "@mantine/core";
import { type Called, ruleInWords, type Said } from "../../parts/language/sentence";

/** The rule as it stands in the form, as a sentence that follows each change. */
export function Sentence({ rule, names }: { rule: Said; names: Called }) {
  return (
    <Paper withBorder p="sm" role="status" tabIndex={0} aria-label="The rule in words" className="sentence">
      <Text inherit>{ruleInWords(rule, names)}</Text>
    </Paper>
  );
}
