/** What a page's state, or the line around the working set, looks like in the drawing. */
interface SwatchProps {
  readonly kind: string;
}

export function Swatch({ kind }: SwatchProps) {
  return (
    <svg class={`swatch ${kind}`} viewBox="0 0 14 14" aria-hidden="true">
      {kind === 'working-set' ? (
        <path d="M1 5.5h5v-4.5h7v12h-12z" />
      ) : (
        <rect x="0.75" y="0.75" width="12.5" height="12.5" />
      )}
      {kind === 'written' && <path d="M2.5 11.5l9 -9" />}
      {kind === 'missing' && <path d="M3 3l8 8M11 3l-8 8" />}
      {kind === 'in-flight' && <circle cx="7" cy="7" r="3.2" />}
      {kind === 'zero' && <rect class="dot" x="5" y="5" width="4" height="4" />}
    </svg>
  );
}
