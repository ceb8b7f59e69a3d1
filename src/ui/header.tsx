/** Name, scenarios (each a link), what else the page can show, sharing, theme, help. */
import { useState } from 'preact/hooks';
import { PRESETS } from '../lab/presets.ts';
import type { ThemeChoice } from '../store/app-state.ts';
import { Icon } from './kit/icon.tsx';
import { lazy } from './kit/lazy.tsx';
import * as words from './strings/page.ts';
import { useShown } from './use-controls.ts';
import { useApp, useStore } from './use-store.ts';
import {
  scenarioLink,
  toggleCentres,
  toggleCompare,
  toggleInside,
  toggleLessons,
  togglePresent,
} from './views.ts';

const HelpDialog = lazy(
  async () => (await import('./help-dialog.tsx')).HelpDialog,
  words.keysAndHelp,
);

export function Header() {
  const { store } = useApp();
  const shown = useShown();
  const [hasHelp, setHelp] = useState(false);
  return (
    <header class="top">
      <h1>
        <Logo /> {words.name}
      </h1>
      {shown('scenarios') ? <Scenarios /> : <span class="scenarios" />}
      <Views />
      {/* A hall has a large screen. */}
      <button
        type="button"
        class="quiet view-button wide-only"
        aria-keyshortcuts="P"
        onClick={() => togglePresent(store)}
      >
        {words.present}
      </button>
      <Share />
      {shown('theme') && <ThemeSwitch />}
      <button
        type="button"
        class="quiet"
        aria-label={words.keysAndHelp}
        onClick={() => setHelp(true)}
      >
        <Icon name="help" />
      </button>
      {hasHelp && <HelpDialog onClose={() => setHelp(false)} />}
    </header>
  );
}

function Scenarios() {
  const { store } = useApp();
  const preset = useStore((state) => state.preset);
  // Hidden and locked controls stay so in the other scenarios.
  useShown();
  return (
    <nav class="scenarios" aria-label={words.scenarios}>
      {PRESETS.map(({ name, title, summary }) => (
        <a
          key={name}
          href={scenarioLink(name, store.getState())}
          title={summary}
          aria-current={name === preset ? 'true' : undefined}
        >
          <span class="long">{title}</span>
          <span class="short" aria-hidden="true">
            {words.shortTitles[name] ?? title}
          </span>
        </a>
      ))}
    </nav>
  );
}

function Views() {
  const { player, store } = useApp();
  const view = useStore((state) => state.view);
  const side = useStore((state) => state.side);
  const shown = useShown();
  return (
    <>
      {shown('lessons') && (
        <ViewButton
          id="lessons-button"
          name={words.lessons}
          shortcut="L"
          pressed={view === 'run' && side === 'lessons'}
          onPress={() => toggleLessons(store)}
        />
      )}
      {shown('compare') && (
        <ViewButton
          id="compare-button"
          name={words.compare}
          shortcut="C"
          pressed={view === 'compare'}
          onPress={() => toggleCompare(store, player)}
        />
      )}
      {shown('centres') && (
        <ViewButton
          id="centres-button"
          name={words.dataCentres}
          shortcut="D"
          pressed={view === 'centres'}
          isWideOnly
          onPress={() => toggleCentres(store, player)}
        />
      )}
      {shown('inside') && (
        <ViewButton
          id="inside-button"
          name={words.inside}
          shortcut="I"
          pressed={view === 'inside'}
          onPress={() => toggleInside(store)}
        />
      )}
    </>
  );
}

interface ViewButtonProps {
  readonly id: string;
  readonly name: string;
  readonly shortcut: string;
  readonly pressed: boolean;
  /** Left out on a phone, whose header has no room for it. */
  readonly isWideOnly?: boolean;
  onPress(): void;
}

function ViewButton({ id, name, shortcut, pressed, isWideOnly, onPress }: ViewButtonProps) {
  return (
    <button
      type="button"
      class={`quiet view-button ${isWideOnly ? 'wide-only' : ''}`}
      id={id}
      aria-pressed={pressed}
      aria-keyshortcuts={shortcut}
      onClick={onPress}
    >
      {name}
    </button>
  );
}

function ThemeSwitch() {
  const { store } = useApp();
  const theme = useStore((state) => state.theme);
  return (
    <label class="theme">
      <span>{words.theme}</span>
      <select
        value={theme}
        onChange={(event) => store.setState({ theme: event.currentTarget.value as ThemeChoice })}
      >
        {Object.entries(words.themeNames).map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function Share() {
  const { store } = useApp();
  return (
    <button
      type="button"
      class="quiet copy-link"
      aria-haspopup="dialog"
      onClick={() => store.setState({ sharing: true })}
    >
      <Icon name="link" />
      <span>{words.share}</span>
    </button>
  );
}

function Logo() {
  return (
    <svg class="logo" viewBox="0 0 24 24" aria-hidden="true">
      <path class="hull" d="M2 15h20l-3.4 6H5.4z" />
      <rect class="cargo-a" x="5" y="7" width="6" height="6" />
      <rect class="cargo-b" x="13" y="7" width="6" height="6" />
    </svg>
  );
}
