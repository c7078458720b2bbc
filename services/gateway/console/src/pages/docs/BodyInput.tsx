import { JsonInput, SegmentedControl, SimpleGrid, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { type OpenApi, type Operation, resolve } from "./openapi";
import { bodyIn, FORM, type Inputs } from "./request";
import { SchemaFields } from "./SchemaFields";

interface Props {
  document: OpenApi;
  operation: Operation;
  inputs: Inputs;
  onChange(part: Partial<Inputs>): void;
}

/** The body of a request: in a form its fields, else a text; in one of the media types that the operation takes. */
export function BodyInput({ document, operation, inputs, onChange }: Props) {
  const contents = operation.requestBody?.content ?? {};
  const types = Object.keys(contents);
  const schema = contents[inputs.mediaType]?.schema ?? {};
  const choose = (mediaType: string) => onChange({ mediaType, ...bodyIn(operation, mediaType) });
  return (
    <Stack gap="xs">
      {types.length > 1 ? (
        <SegmentedControl
          aria-label="Content type"
          size="xs"
          data={types.map((type) => ({ value: type, label: words[type] ?? type }))}
          value={inputs.mediaType}
          onChange={choose}
          style={{ alignSelf: "flex-start" }}
        />
      ) : (
        <Text size="sm" c="dimmed" ff="monospace">
          {inputs.mediaType}
        </Text>
      )}
      <Editor document={document} schema={schema} inputs={inputs} onChange={onChange} />
      {inputs.mediaType !== FORM && <SchemaFields title="Fields of the body" document={document} schema={schema} />}
    </Stack>
  );
}

const words: Record<string, string> = {
  "application/json": "JSON",
  "application/x-ndjson": "JSON lines",
  [FORM]: "Form",
};

type EditorProps = Pick<Props, "document" | "inputs" | "onChange"> & { schema: object };

function Editor({ document, schema, inputs, onChange }: EditorProps) {
  if (inputs.mediaType === FORM) return <FormFields {...{ document, schema, inputs, onChange }} />;
  const shared = { autosize: true, minRows: 3, maxRows: 24, value: inputs.text, classNames: { input: "code" } };
  if (inputs.mediaType.endsWith("json") && !inputs.mediaType.endsWith("ndjson")) {
    return (
      <JsonInput
        {...shared}
        aria-label="Body"
        validationError="This is no JSON yet"
        formatOnBlur={false}
        onChange={(text) => onChange({ text })}
      />
    );
  }
  return <Textarea {...shared} aria-label="Body" onChange={(event) => onChange({ text: event.currentTarget.value })} />;
}

function FormFields({ document, schema, inputs, onChange }: EditorProps) {
  const form = resolve(document, schema).schema;
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="sm">
      {Object.entries(form.properties ?? {}).map(([name, field]) => (
        <TextInput
          key={name}
          label={name}
          description={field.description}
          required={form.required?.includes(name) ?? false}
          value={inputs.fields[name] ?? ""}
          onChange={(event) => onChange({ fields: { ...inputs.fields, [name]: event.currentTarget.value } })}
          classNames={{ label: "code-label" }}
        />
      ))}
    </SimpleGrid>
  );
}
