/**
 * A field for a whole number from 0 on. What is typed stays as it is until the field is left, however
 * often the page is drawn meanwhile; then it is taken, as the nearest number there can be.
 */
import { useState } from 'preact/hooks';

interface WholeNumberProps {
  readonly value: number;
  readonly max: number;
  readonly disabled?: boolean;
  /** What says whether another number was used has this id and `-note`. */
  readonly id: string;
  /** `asTyped`: it is what was typed. */
  onNumber(number: number, asTyped: boolean): void;
}

export function WholeNumber({ value, max, disabled = false, id, onNumber }: WholeNumberProps) {
  const [typed, setTyped] = useState<string>();
  return (
    <input
      id={id}
      aria-describedby={`${id}-note`}
      type="number"
      inputMode="numeric"
      min={0}
      max={max}
      step={1}
      value={typed ?? value}
      disabled={disabled}
      onInput={(event) => setTyped(event.currentTarget.value)}
      onBlur={() => setTyped(undefined)}
      onChange={({ currentTarget: field }) => {
        const text = field.value;
        const wanted = Math.round(Number(text));
        const number = Number.isFinite(wanted) ? Math.min(max, Math.max(0, wanted)) : value;
        field.value = String(number);
        setTyped(undefined);
        onNumber(number, text === field.value);
      }}
    />
  );
}
