/** Line icons on a 16 × 16 field; they take the colour and size of the text around them. */
const PATHS = {
  play: 'M4 2.5v11l9.5-5.5z',
  pause: 'M4 2.5h3v11H4zM9.5 2.5h3v11h-3z',
  step: 'M3 2.5v11l7-5.5zM11.5 2.5h2v11h-2z',
  round: 'M2 3v10l5.5-5zM8 3v10l5.5-5zM13.2 3h1.3v10h-1.3z',
  back: 'M13 2.5v11l-7-5.5zM4.5 2.5h-2v11h2z',
  'round-back': 'M14 3v10L8.5 8zM8 3v10L2.5 8zM2.8 3H1.5v10h1.3z',
  reset: 'M8 2.5a5.5 5.5 0 1 1-5.2 3.7l1.5.5A4 4 0 1 0 8 4v2.2L4.3 3.1 8 0z',
  check: 'M6.4 12.6 2 8.2l1.4-1.4 3 3 6.2-6.4L14 4.8z',
  cross:
    'M3.6 2.4 8 6.8l4.4-4.4 1.2 1.2L9.2 8l4.4 4.4-1.2 1.2L8 9.2l-4.4 4.4-1.2-1.2L6.8 8 2.4 3.6z',
  link: 'M6.7 9.3a2.6 2.6 0 0 1 0-3.7l2.2-2.2a2.6 2.6 0 0 1 3.7 3.7l-1.2 1.2-1-1 1.2-1.2A1.2 1.2 0 0 0 9.9 4.4L7.7 6.6a1.2 1.2 0 0 0 0 1.7zM9.3 6.7a2.6 2.6 0 0 1 0 3.7l-2.2 2.2a2.6 2.6 0 0 1-3.7-3.7l1.2-1.2 1 1-1.2 1.2a1.2 1.2 0 0 0 1.7 1.7l2.2-2.2a1.2 1.2 0 0 0 0-1.7z',
  help: 'M8 .8a7.2 7.2 0 1 1 0 14.4A7.2 7.2 0 0 1 8 .8zm0 1.4a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2zM7.2 11h1.6v1.6H7.2zM8 4.1c1.6 0 2.7.9 2.7 2.3 0 1-.6 1.6-1.2 2-.5.4-.7.6-.7 1.2v.3H7.3v-.5c0-1.2.6-1.8 1.2-2.2.5-.4.7-.6.7-.9 0-.5-.4-.8-1.2-.8-.8 0-1.3.4-1.4 1.1H5.1C5.2 5.1 6.3 4.1 8 4.1z',
  alert: 'M8 1.5 15 14H1zm-.8 4.3v4.1h1.6V5.8zm0 5.2v1.5h1.6V11z',
} as const;
export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} fill="currentColor" fill-rule="evenodd" />
    </svg>
  );
}
