/** Says aloud when a lane ends, and nothing else: a table of figures is not news. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Comparison } from '../../store/compare.ts';
import { spokenEnd } from '../strings/lanes.ts';

/** Announcements are at least this far apart; what comes meanwhile is told together. */
const APART_MS = 2000;

export function LaneNews({ comparison }: { readonly comparison: Comparison }) {
  const [text, setText] = useState('');
  const told = useRef(new Set<number>());
  useEffect(() => {
    let timer = 0;
    let at = 0;
    let waiting: string[] = [];
    const speak = () => {
      timer = 0;
      at = performance.now();
      setText(waiting.join(' '));
      waiting = [];
    };
    const unsubscribe = comparison.onChange(() => {
      comparison.lanes.forEach((lane, index) => {
        const ended = lane.phase === 'done' || lane.phase === 'broken';
        if (!ended) told.current.delete(index);
        else if (!told.current.has(index)) {
          told.current.add(index);
          waiting.push(spokenEnd(index, lane));
        }
      });
      if (waiting.length > 0 && timer === 0)
        timer = window.setTimeout(speak, Math.max(0, at + APART_MS - performance.now()));
    });
    return () => {
      unsubscribe();
      window.clearTimeout(timer);
    };
  }, [comparison]);
  return (
    <div class="sr" role="status" aria-live="polite" id="lane-news">
      {text}
    </div>
  );
}
