/** Asks both hosts about the moment shown, whenever time stands. */

import { useEffect, useState } from 'preact/hooks';
import type { Insight, Question } from '../../lab/party.ts';
import * as words from '../strings/inspect.ts';
import { useApp, usePicture, useStore } from '../use-store.ts';

type Kind = Question['kind'];
type Answer<K extends Kind> = Extract<Insight, { kind: K }> | undefined;
export type Insights<K extends Kind> =
  | { readonly state: 'moving' | 'asking' }
  | { readonly state: 'failed'; readonly error: string }
  | { readonly state: 'known'; readonly hosts: readonly [Answer<K>, Answer<K>] };

export function useInsight<K extends Kind>(question: Extract<Question, { kind: K }>): Insights<K> {
  const { player } = useApp();
  const picture = usePicture();
  const playing = useStore((state) => state.playing);
  const broken = useStore((state) => state.phase === 'broken');
  const [found, setFound] = useState<{ readonly key: string; readonly insights: Insights<K> }>();
  const { kind } = question;
  const gfn = 'gfn' in question ? question.gfn : 0;
  const { now } = picture;
  const key = `${gfn}/${now}`;
  useEffect(() => {
    if (playing || broken) return;
    let over = false;
    const asked = (kind === 'page' ? { kind, gfn } : { kind }) as Question;
    void player.inspect(asked).then((answer) => {
      if (over) return;
      const insights: Insights<K> = answer.ok
        ? { state: 'known', hosts: [only(answer.value[0], kind), only(answer.value[1], kind)] }
        : { state: 'failed', error: answer.error };
      setFound({ key: `${gfn}/${now}`, insights });
    });
    return () => {
      over = true;
    };
  }, [player, picture, kind, gfn, now, playing, broken]);
  if (broken) return { state: 'failed', error: words.simulationStopped };
  if (playing) return { state: 'moving' };
  return found?.key === key ? found.insights : { state: 'asking' };
}

function only<K extends Kind>(insight: Insight | undefined, kind: K): Answer<K> {
  return insight?.kind === kind ? (insight as Answer<K>) : undefined;
}
