/** One of a few, all in sight: native radio buttons side by side. */
import { useId } from 'preact/hooks';

export interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly value: T;
  readonly disabled?: boolean;
  onValue(value: T): void;
}

export function Choice<T extends string>(props: ChoiceProps<T>) {
  const { label, options, value, disabled = false, onValue } = props;
  const name = useId();
  return (
    <fieldset class="choice" disabled={disabled}>
      <legend>{label}</legend>
      <div class="segments">
        {options.map((option) => (
          <label key={option.value}>
            <input
              type="radio"
              name={name}
              checked={option.value === value}
              onChange={() => onValue(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
