import { Button, Combobox, useCombobox } from "@mantine/core";
import { Braces } from "lucide-react";
import { useState } from "react";

/** A button that lets a person choose a merge field, by typing part of its label, and hands over `[Label]`. */
export function MergeFieldMenu({ labels, onChoose }: { labels: string[]; onChoose(field: string): void }) {
  const [search, setSearch] = useState("");
  const combobox = useCombobox({
    onDropdownClose: () => setSearch(""),
    onDropdownOpen: () => combobox.focusSearchInput(),
  });
  const found = labels.filter((label) => label.toLowerCase().includes(search.toLowerCase())).slice(0, 200);
  return (
    <Combobox
      store={combobox}
      width={280}
      position="bottom-start"
      onOptionSubmit={(label) => {
        onChoose(`[${label}]`);
        combobox.closeDropdown();
      }}
    >
      <Combobox.Target withAriaAttributes={false}>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<Braces size={14} aria-hidden />}
          onClick={() => combobox.toggleDropdown()}
        >
          Insert a merge field
        </Button>
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search
          aria-label="Search merge fields"
          placeholder="Search"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <Combobox.Options mah={260} className="scrolls">
          {found.length === 0 && <Combobox.Empty>No field has such a label</Combobox.Empty>}
          {found.map((label) => (
            <Combobox.Option key={label} value={label}>
              {label}
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
