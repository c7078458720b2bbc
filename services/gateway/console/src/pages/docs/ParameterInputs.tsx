import { MultiSelect, Select, SimpleGrid, TagsInput, TextInput } from "@mantine/core";
import { type OpenApi, type Parameter, resolve } from "./openapi";
import { exampleOf, placeOf } from "./request";

interface Props {
  document: OpenApi;
  parameters: Parameter[];
  values: Record<string, string[]>;
  missing: string[];
  onChange(place: string, values: string[]): void;
}

/** A field for each parameter of an operation. */
export function ParameterInputs({ document, parameters, values, missing, onChange }: Props) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md" verticalSpacing="sm">
      {parameters.map((parameter) => {
        const place = placeOf(parameter);
        return (
          <ParameterInput
            key={place}
            document={document}
            parameter={parameter}
            values={values[place] ?? []}
            error={missing.includes(place) ? "Fill this in" : undefined}
            onChange={(next) => onChange(place, next)}
          />
        );
      })}
    </SimpleGrid>
  );
}

interface InputProps {
  document: OpenApi;
  parameter: Parameter;
  values: string[];
  error?: string;
  onChange(values: string[]): void;
}

function ParameterInput({ document, parameter, values, error, onChange }: InputProps) {
  const { schema } = resolve(document, parameter.schema);
  const item = schema.items ? resolve(document, schema.items).schema : undefined;
  const example = exampleOf(parameter);
  const shared = {
    label: parameter.name,
    description: described(parameter),
    required: parameter.in === "path" || parameter.required === true,
    placeholder: example ? `such as ${example}` : undefined,
    error,
    size: "sm",
    classNames: { label: "code-label" },
  };
  const one = (value: string | null) => onChange(value ? [value] : []);
  const choices = choicesOf(schema.enum ?? (schema.type === "boolean" ? [true, false] : undefined));
  if (item?.enum) {
    return <MultiSelect {...shared} data={choicesOf(item.enum) ?? []} value={values} onChange={onChange} clearable />;
  }
  if (item) return <TagsInput {...shared} value={values} onChange={onChange} clearable />;
  if (choices) return <Select {...shared} data={choices} value={values[0] ?? null} onChange={one} clearable />;
  return <TextInput {...shared} value={values[0] ?? ""} onChange={(event) => one(event.currentTarget.value)} />;
}

const choicesOf = (values?: unknown[]) => values?.map(String);

/** What it is for; a field's comment begins with its name, which is the label already. */
function described({ name, description = "", in: place }: Parameter): string {
  const last = name.split(".").at(-1) ?? name;
  const said = description.startsWith(`${last} `) ? description.slice(last.length + 1) : description;
  const text = said.slice(0, 1).toUpperCase() + said.slice(1);
  return place === "header" ? `${text} (a header)` : text;
}
