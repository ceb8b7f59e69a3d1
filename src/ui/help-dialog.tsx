/** What the page is, how to drive it, and the keys. */
import type { RefObject } from 'preact';
import { SHORTCUTS } from './keys.ts';
import { Icon } from './kit/icon.tsx';
import * as words from './strings/page.ts';
import { useApp, useStore } from './use-store.ts';

export function HelpDialog({ dialog }: { readonly dialog: RefObject<HTMLDialogElement | null> }) {
  const { store } = useApp();
  const shortcuts = useStore((state) => state.shortcuts);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title">
      <div class="help-head">
        <h2 id="help-title">{words.keysAndHelp}</h2>
        <button
          type="button"
          class="quiet"
          aria-label={words.close}
          onClick={() => dialog.current?.close()}
        >
          <Icon name="cross" />
        </button>
      </div>
      <p>{words.whatThisIs}</p>
      <table>
        <caption class="sr">{words.keys}</caption>
        <thead>
          <tr>
            <th scope="col">{words.key}</th>
            <th scope="col">{words.does}</th>
          </tr>
        </thead>
        <tbody>
          {SHORTCUTS.map(({ shown, does }) => (
            <tr key={shown}>
              <td>
                <kbd>{shown}</kbd>
              </td>
              <td>{does}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <label class="check">
        <input
          type="checkbox"
          checked={shortcuts}
          onChange={(event) => store.setState({ shortcuts: event.currentTarget.checked })}
        />
        {words.singleKeys}
      </label>
    </dialog>
  );
}
