/** The one sentence the screen stands for, and below it what is the matter and what can be done about it. */
import type { Settings } from '../store/settings.ts';
import { Icon } from './kit/icon.tsx';
import { NoticeLine } from './notice/notice-line.tsx';
import * as words from './strings/page.ts';
import { algorithmName, headline } from './strings/sentences.ts';
import { useApp, usePicture, useStore } from './use-store.ts';

const ALGORITHMS: readonly Settings['algorithm'][] = ['stop-and-copy', 'pre-copy', 'pull'];

export function Headline() {
  const picture = usePicture();
  const { store } = useApp();
  const phase = useStore((state) => state.phase);
  const report = useStore((state) => state.report);
  const { status } = picture;
  const verified = report?.verification ?? picture.verified;
  const ended = status === 'completed' || status === 'failed' || status === 'cancelled';
  const equal = verified?.memoryEqual === true && verified.cpuEqual && verified.devicesEqual;
  const tone =
    !ended && phase !== 'broken'
      ? ''
      : status === 'completed' && equal
        ? 'good'
        : verified || status !== 'completed'
          ? 'bad'
          : '';
  return (
    <div class={`headline ${tone}`}>
      <p id="headline">
        {tone === 'good' && <Icon name="check" />}
        {tone === 'bad' && <Icon name="alert" />}
        {headline(picture, store.getState())}
      </p>
      <div class="notice-line">
        <div class="time-notice" role="status">
          <NoticeLine />
        </div>
        {ended && <RunAgain />}
      </div>
    </div>
  );
}

function RunAgain() {
  const { player } = useApp();
  const ran = useStore((state) => state.settings.algorithm);
  const opensPaused = useStore((state) => state.scenario.vm.paused);
  return (
    <fieldset class="again" aria-label={words.runAgainWithAnother}>
      <span>{opensPaused ? words.beginAgainWith : words.runAgainWith}</span>
      {ALGORITHMS.filter((algorithm) => algorithm !== ran).map((algorithm) => (
        <button key={algorithm} type="button" onClick={() => void player.runAgain({ algorithm })}>
          {algorithmName(algorithm)}
        </button>
      ))}
    </fieldset>
  );
}
