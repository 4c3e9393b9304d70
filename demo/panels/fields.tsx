import type { ComponentChildren } from "preact";
import { useEffect, useId, useState } from "preact/hooks";
import { isInRange, RANGES, type RangeName } from "../settings/settings.js";
import { numbersOf } from "./numbers.js";
import type { PanelProps } from "./panel.js";

interface NumberProps extends PanelProps {
  label: string;
  help?: string;
  /** The name of its range. */
  name: RangeName;
  value: number;
  onChoose: (value: number) => void;
}

/** A field for a number. What can't be used stays there, with a message; the setting stays as it was. */
export function NumberField({ store, label, help, name, value, onChoose }: NumberProps) {
  const id = useId();
  const { field } = numbersOf(store.language.value);
  const written = field(value);
  const [text, setText] = useState(written);
  const [isBad, setBad] = useState(false);
  useEffect(() => {
    setText(written);
    setBad(false);
  }, [written]);
  const { least, most, whole } = RANGES[name];
  const commit = (typed: string) => {
    setText(typed);
    const number = typed.trim() === "" ? Number.NaN : Number(typed.replace(",", "."));
    const fits = isInRange(name, number);
    setBad(!fits);
    if (fits && number !== value) onChoose(number);
  };
  const { settings } = store.texts.value;
  const message = (whole ? settings.whole : settings.outOfRange)(field(least), field(most));
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        value={text}
        inputMode={whole ? "numeric" : "decimal"}
        autocomplete="off"
        aria-invalid={isBad}
        aria-describedby={`${id}-help`}
        onChange={(event) => commit(event.currentTarget.value)}
      />
      <small id={`${id}-help`} class={isBad ? "bad" : undefined} role={isBad ? "alert" : undefined}>
        {isBad ? message : help}
      </small>
    </div>
  );
}

interface OptionalProps extends PanelProps {
  label: string;
  help: string;
  name: RangeName;
  value: number | undefined;
  onChoose: (value: number | undefined) => void;
}

/** A field for a number that may be left empty. */
export function OptionalNumberField({ store, label, help, name, value, onChoose }: OptionalProps) {
  const id = useId();
  const { field } = numbersOf(store.language.value);
  const [isBad, setBad] = useState(false);
  const { least, most } = RANGES[name];
  const commit = (typed: string) => {
    const number = typed.trim() === "" ? undefined : Number(typed.replace(",", "."));
    const fits = number === undefined || isInRange(name, number);
    setBad(!fits);
    if (fits && number !== value) onChoose(number);
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        value={value === undefined ? "" : field(value)}
        inputMode="decimal"
        autocomplete="off"
        aria-invalid={isBad}
        aria-describedby={`${id}-help`}
        onChange={(event) => commit(event.currentTarget.value)}
      />
      <small id={`${id}-help`} class={isBad ? "bad" : undefined} role={isBad ? "alert" : undefined}>
        {isBad ? store.texts.value.settings.outOfRange(field(least), field(most)) : help}
      </small>
    </div>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  /** Values with what they are called. */
  choices: Readonly<Record<T, string>> | readonly T[];
  onChoose: (value: T) => void;
  /** Whether values have long names. */
  isWide?: boolean;
  children?: ComponentChildren;
}

/** A list to choose one of. */
export function Choice<T extends string>({ label, value, choices, onChoose, isWide, children }: ChoiceProps<T>) {
  const id = useId();
  const named = Array.isArray(choices) ? choices.map((each: T) => [each, each]) : Object.entries(choices);
  return (
    <div class={isWide ? "field wide" : "field"}>
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChoose(event.currentTarget.value as T)}>
        {named.map(([each, name]) => (
          <option key={each} value={each} selected={each === value}>
            {name as string}
          </option>
        ))}
      </select>
      {children}
    </div>
  );
}
