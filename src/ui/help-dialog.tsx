/** What the page is, how to drive it, and the keys. */
import type { RefObject } from 'preact';
import { SHORTCUTS } from './keys.ts';
import { Icon } from './kit/icon.tsx';
import { useApp, useStore } from './use-store.ts';

export function HelpDialog({ dialog }: { readonly dialog: RefObject<HTMLDialogElement | null> }) {
  const { store } = useApp();
  const shortcuts = useStore((state) => state.shortcuts);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title">
      <div class="help-head">
        <h2 id="help-title">Keys and help</h2>
        <button
          type="button"
          class="quiet"
          aria-label="Close"
          onClick={() => dialog.current?.close()}
        >
          <Icon name="cross" />
        </button>
      </div>
      <p>
        Two emulated hosts run in this page. A virtual machine with a real CPU state and real memory
        pages runs on one and is moved to the other while it works. Every figure is read from the
        run’s trace.
      </p>
      <table>
        <caption class="sr">Keys</caption>
        <thead>
          <tr>
            <th scope="col">Key</th>
            <th scope="col">Does</th>
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
        Single keys do something (those with Alt always do)
      </label>
    </dialog>
  );
}
