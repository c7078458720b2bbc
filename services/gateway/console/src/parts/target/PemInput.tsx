import { Button, FileButton, Stack, Textarea, type TextareaProps } from "@mantine/core";
import { FileUp } from "lucide-react";
import { useRef } from "react";

/** Longer than what the API takes: what is larger is no such file. */
const MOST = 65_536;

interface Props extends Omit<TextareaProps, "onChange"> {
  label: string;
  onChange(pem: string): void;
  /** Told why a file was not taken. */
  onFault(reason: string): void;
}

/** Certificates or a key in PEM, pasted or read from a file. */
export function PemInput({ label, onChange, onFault, ...input }: Props) {
  const again = useRef<() => void>(null);
  const read = async (file: File | null) => {
    again.current?.();
    if (!file) return;
    if (file.size > MOST) onFault(`${file.name} is larger than what certificates and keys take`);
    else onChange(await file.text());
  };
  return (
    <Stack gap={6} align="flex-start">
      <Textarea
        label={label}
        w="100%"
        autosize
        minRows={2}
        maxRows={8}
        classNames={{ input: "pem" }}
        spellCheck={false}
        autoComplete="off"
        {...input}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <FileButton resetRef={again} onChange={(file) => void read(file)} accept=".pem,.crt,.cer,.key,.txt">
        {(props) => (
          <Button
            {...props}
            size="compact-sm"
            variant="default"
            leftSection={<FileUp size={14} aria-hidden />}
            aria-label={`Choose a file: ${label}`}
          >
            Choose a file
          </Button>
        )}
      </FileButton>
    </Stack>
  );
}
