/** The page: everything around one store and one player. */
import { useCallback, useEffect, useLayoutEffect } from 'preact/hooks';
import { Controls } from './controls.tsx';
import { Figures } from './figures.tsx';
import { Header } from './header.tsx';
import { Headline } from './headline.tsx';
import { keepLecture, takeUpLecture } from './keep/lecture.ts';
import { listenToKeys } from './keys.ts';
import { lazy } from './kit/lazy.tsx';
import { Legend } from './legend.tsx';
import { LiveRegion } from './live-region.tsx';
import { openLink } from './open-link.ts';
import { Rounds } from './rounds.tsx';
import { Stage } from './stage.tsx';
import * as words from './strings/page.ts';
import { applyTheme, onSystemTheme, themeFor } from './theme.ts';
import { Transport } from './transport.tsx';
import { useShown } from './use-controls.ts';
import { AppContext, type App as AppParts, useApp, useStore } from './use-store.ts';
import { toggleCompare } from './views.ts';

export function App({ store, player }: AppParts) {
  return (
    <AppContext.Provider value={{ store, player }}>
      <Behaviour />
      <button type="button" class="skip" onClick={focusMainButton}>
        {words.skipToPlayback}
      </button>
      <Frame />
      <LiveRegion />
    </AppContext.Provider>
  );
}

/** The whole page, or as much of it as a hall or somebody else's page needs. */
function Frame() {
  const mode = useStore((state) => state.mode);
  const sharing = useStore((state) => state.sharing);
  return (
    <>
      {mode === 'full' && <Header />}
      {mode === 'embed' && <EmbedBar />}
      {mode === 'present' && <PresentBar />}
      <View />
      {sharing && <ShareDialog />}
    </>
  );
}

const Compare = lazy(
  async () => (await import('./compare/compare.tsx')).Compare,
  words.theComparison,
);
const Centres = lazy(
  async () => (await import('./centres/centres.tsx')).Centres,
  words.theDataCentres,
);
const Inside = lazy(async () => (await import('./inside/inside.tsx')).Inside, words.theInside);
const Lessons = lazy(async () => (await import('./lessons/lessons.tsx')).Lessons, words.theLessons);

const EmbedBar = lazy(async () => (await import('./share/embed-bar.tsx')).EmbedBar, words.theBar);
const PresentBar = lazy(
  async () => (await import('./present/present-bar.tsx')).PresentBar,
  words.theLecture,
);
const ShareDialog = lazy(
  async () => (await import('./share/share-dialog.tsx')).ShareDialog,
  words.theLink,
);
const PageInspector = lazy(
  async () => (await import('./inspect/page-inspector.tsx')).PageInspector,
  words.thePageInspector,
);

/** The run and what stands beside it, or a comparison in their place. */
function View() {
  const { player, store } = useApp();
  const view = useStore((state) => state.view);
  const side = useStore((state) => state.side);
  const inspecting = useStore((state) => state.inspecting);
  const mode = useStore((state) => state.mode);
  const full = mode === 'full';
  const shown = useShown();
  const closeCompare = useCallback(() => {
    if (store.getState().view === 'compare') toggleCompare(store, player);
    requestAnimationFrame(() => document.getElementById('compare-button')?.focus());
  }, [store, player]);
  if (view === 'compare') return <Compare onClose={closeCompare} />;
  if (view === 'centres') return <Centres />;
  if (view === 'inside')
    return (
      <>
        <Inside />
        <Transport />
      </>
    );
  return (
    <>
      <main>
        {full && side === 'lessons' && <Lessons />}
        <div class="left">
          <Headline />
          <Stage />
          <Legend />
          {shown('rounds') && <Rounds />}
          {shown('figures') && mode !== 'embed' && <Figures />}
        </div>
        {full && side !== 'lessons' && <Controls />}
        {inspecting && <PageInspector />}
      </main>
      <Transport />
    </>
  );
}

/** A button, not a link: the address belongs to the scenario. */
function focusMainButton(): void {
  document.getElementById('main-button')?.focus();
}

/** What the page does beside drawing: themes, keys, links. */
function Behaviour() {
  const app = useApp();
  const theme = useStore((state) => state.theme);
  const mode = useStore((state) => state.mode);
  useLayoutEffect(() => {
    const apply = () => applyTheme(themeFor(theme), mode);
    apply();
    return onSystemTheme(apply);
  }, [theme, mode]);
  useLayoutEffect(() => listenToKeys(app), [app]);
  useEffect(() => {
    const open = () => void openLink(app, location.hash);
    if (!takeUpLecture(app)) open();
    addEventListener('hashchange', open);
    return () => removeEventListener('hashchange', open);
  }, [app]);
  useEffect(() => takeDrops(app), [app]);
  useEffect(() => keepLecture(app), [app]);
  useEffect(() => void keepRuns(app), [app]);
  return null;
}

/** Not needed before something has happened. A page without it keeps nothing, and works. */
async function keepRuns(app: AppParts): Promise<void> {
  (await import('./keep/autosave.ts')).startAutosave(app);
}

/** A scenario file that is dropped anywhere is opened; returns how to stop that. */
function takeDrops(app: AppParts): () => void {
  const over = (event: DragEvent) => event.preventDefault();
  const drop = async (event: DragEvent) => {
    event.preventDefault();
    const [file] = event.dataTransfer?.files ?? [];
    if (file) await (await import('./share/open-file.ts')).openFile(app, file);
  };
  addEventListener('dragover', over);
  addEventListener('drop', drop);
  return () => {
    removeEventListener('dragover', over);
    removeEventListener('drop', drop);
  };
}
