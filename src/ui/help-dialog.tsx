/** What the page is, how to drive it, and the keys. */
import { useEffect, useRef } from 'preact/hooks';
import { SHORTCUTS } from './keys.ts';
import { Icon } from './kit/icon.tsx';
import * as words from './strings/page.ts';
import { useApp, useStore } from './use-store.ts';

export function HelpDialog({ onClose }: { readonly onClose: () => void }) {
  const { store } = useApp();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const shortcuts = useStore((state) => state.shortcuts);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={onClose}>
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
