/** The timeline of the run: stages, rounds, pages left, where the VM ran, what the client noticed. */
import { useEffect, useRef } from 'preact/hooks';
import { JITTER_NS, thinned } from '../store/figures.ts';
import type { Picture, Span } from '../trace/picture.ts';
import { silence } from '../trace/replay-network.ts';
import { useWidth } from './kit/use-width.ts';
import { count } from './strings/format.ts';
import { algorithmName, vmmName } from './strings/sentences.ts';
import * as words from './strings/time.ts';
import { type Axis, answeredSpans, curvePath, type RoundKind, roundKind } from './timeline.ts';
import { follow, runAxis, shareNow } from './timeline-moves.ts';
import {
  baseline,
  bracketLabel,
  heightOf,
  labelFor,
  rowsFor,
  type TimelineRows,
} from './timeline-rows.ts';
import { TimelineTools } from './timeline-tools.tsx';
import { type SeenAxis, seenAxis, zoomed } from './timeline-view.ts';
import { useApp, usePicture, useStore } from './use-store.ts';

const EDGE = 10;
/** What is narrower has no room for a time axis beside the names of its rows. */
const LEAST_WIDTH = 200;

export function Rounds() {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const previous = useStore((state) => state.previous);
  return (
    <section class="rounds" aria-labelledby="rounds-title">
      <h2 id="rounds-title" class="sr">
        {words.rounds}
      </h2>
      <TimelineTools />
      <div ref={frame} class="timeline">
        {width > LEAST_WIDTH && <Chart width={width} />}
      </div>
      {previous && (
        <p class="kept">
          <svg viewBox="0 0 24 6" aria-hidden="true">
            <path d="M0 3h24" />
          </svg>
          {words.before(algorithmName(previous.settings.algorithm))}
        </p>
      )}
    </section>
  );
}

function Chart({ width }: { readonly width: number }) {
  const picture = usePicture();
  const app = useApp();
  const { player } = app;
  const phase = useStore((state) => state.phase);
  const view = useStore((state) => state.timeline);
  const rows = rowsFor(useStore((state) => state.mode));
  const height = heightOf(rows);
  const whole = runAxis(app, rows.gutter, width - EDGE);
  const moments = player.history.of('turn');
  const axis = seenAxis(whole, view, moments, rows.gutter, width - EDGE);
  const drawing = useGoing(axis, width, rows.gutter);
  useFollowing();
  return (
    <svg
      ref={drawing}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={spoken(picture)}
    >
      <Labels rows={rows} />
      <clipPath id="in-sight">
        <rect x={rows.gutter} width={width - EDGE - rows.gutter} y="-20" height={height + 20} />
      </clipPath>
      <g clip-path="url(#in-sight)">
        <Ground rows={rows} axis={axis} picture={picture} width={width} />
        <Stages rows={rows} axis={axis} picture={picture} />
        <RoundBars rows={rows} axis={axis} picture={picture} />
        <Curve rows={rows} axis={axis} picture={picture} />
        <Runs rows={rows} axis={axis} picture={picture} width={width} />
        <ClientRow rows={rows} axis={axis} picture={picture} width={width} />
        {phase !== 'done' && (picture.startedAt !== undefined || player.history.inPast) && (
          <line
            class="playhead"
            x1={axis.x(picture.now)}
            x2={axis.x(picture.now)}
            y1={rows.stages.y}
            y2={rows.out.y + rows.out.h}
          />
        )}
      </g>
    </svg>
  );
}

/** A click goes to its moment; the wheel zooms around the pointer. The slider below does both by keys. */
function useGoing(axis: SeenAxis, width: number, gutter: number) {
  const { player, store } = useApp();
  const drawing = useRef<SVGSVGElement>(null);
  const newest = useRef(axis);
  newest.current = axis;
  useEffect(() => {
    const { current } = drawing;
    if (!current) return;
    const place = (event: MouseEvent) => event.clientX - current.getBoundingClientRect().left;
    const go = (event: MouseEvent) => {
      if (place(event) >= gutter) player.seek(newest.current.at(place(event)));
    };
    const zoom = (event: WheelEvent) => {
      if (event.deltaY === 0 || event.ctrlKey) return;
      event.preventDefault();
      const around = Math.min(1, Math.max(0, (place(event) - gutter) / (width - EDGE - gutter)));
      const { timeline } = store.getState();
      store.setState({ timeline: zoomed(timeline, event.deltaY < 0 ? 0.8 : 1.25, around) });
    };
    current.addEventListener('click', go);
    current.addEventListener('wheel', zoom, { passive: false });
    return () => {
      current.removeEventListener('click', go);
      current.removeEventListener('wheel', zoom);
    };
  }, [player, store, width, gutter]);
  return drawing;
}

/** The moment shown stays in sight where it was. */
function useFollowing(): void {
  const app = useApp();
  const shown = useRef(0);
  const share = shareNow(app);
  useEffect(() => {
    follow(app, shown.current, share);
    shown.current = share;
  }, [app, share]);
}

interface Row {
  readonly rows: TimelineRows;
  readonly axis: SeenAxis;
  readonly picture: Picture;
}

function Labels({ rows }: { readonly rows: TimelineRows }) {
  const names = [
    [words.stage, rows.stages],
    [words.round, rows.rounds],
    [words.pagesLeft, rows.curve],
    [words.vmRunsOn, rows.vm],
    [words.client, rows.client],
  ] as const;
  return (
    <g class="row-names">
      {names.map(([name, place]) => (
        <text key={name} x={rows.gutter - 8} y={baseline(place, rows)} text-anchor="end">
          {name}
        </text>
      ))}
    </g>
  );
}

/** The axis, and the time nobody ran as a band through all rows. */
function Ground({ rows, axis, picture, width }: Row & { readonly width: number }) {
  const { downtime, now } = picture;
  const { y } = rows.axis;
  // About a digit's width; on a narrow page only every second or third moment has room for its name.
  const wide = (label: string) => label.length * 0.62 * rows.text;
  const [first, second] = axis.ticks;
  const apart = first && second ? axis.x(second.at) - axis.x(first.at) : width;
  const widest = Math.max(0, ...axis.ticks.map(({ label }) => wide(label)));
  const every = Math.max(1, Math.ceil((widest + 6) / Math.max(1, apart)));
  return (
    <g class="ground">
      {downtime && <Band rows={rows} axis={axis} span={downtime} now={now} />}
      <line x1={rows.gutter} x2={width - EDGE} y1={y} y2={y} />
      {axis.ticks.map(({ at, label }, i) => (
        <g key={label}>
          <line x1={axis.x(at)} x2={axis.x(at)} y1={y} y2={y + 4} />
          {i % every === 0 && axis.x(at) + 3 + wide(label) < width && (
            <text x={axis.x(at) + 3} y={y + 1 + rows.text}>
              {label}
            </text>
          )}
        </g>
      ))}
    </g>
  );
}

interface Spanned {
  readonly rows: TimelineRows;
  readonly axis: Axis;
  readonly span: Span;
  readonly now: number;
}

function Band({ rows, axis, span, now }: Spanned) {
  const from = axis.x(span.from);
  const width = Math.max(1, axis.x(span.to ?? now) - from);
  const { y } = rows.rounds;
  return <rect class="down-band" x={from} width={width} y={y} height={rows.out.y - y} />;
}

function Stages({ rows, axis, picture }: Row) {
  const { y, h } = rows.stages;
  return (
    <g class="stages">
      {picture.stages.map(({ stage, name, from, to }) => {
        const x = axis.x(from);
        const width = axis.x(to ?? picture.now) - x;
        const label = labelFor(width, [`${stage} ${name}`, String(stage)], rows);
        return (
          <g key={from + stage}>
            <line x1={x} x2={x} y1={y + 1} y2={y + h} />
            {label && (
              <text x={x + 4} y={baseline(rows.stages, rows)}>
                {label}
              </text>
            )}
          </g>
        );
      })}
    </g>
  );
}

function RoundBars({ rows, axis, picture }: Row) {
  return (
    <g class="round-bars">
      {picture.rounds.map((round) => {
        const x = axis.x(round.from);
        const width = Math.max(1.5, axis.x(round.to ?? picture.now) - x - 1);
        const pages = round.to === undefined ? round.pending : round.sent;
        const kind = roundKind(round, picture);
        const name = nameOf(kind, round.round);
        const label = labelFor(
          width,
          [words.barLabel(name, pages), `${name} · ${count(pages)}`, count(pages)],
          rows,
        );
        return (
          <g key={round.from} class={kind}>
            <rect x={x} y={rows.rounds.y} width={width} height={rows.rounds.h} />
            {label && (
              <text x={x + 6} y={baseline(rows.rounds, rows)}>
                {label}
              </text>
            )}
          </g>
        );
      })}
    </g>
  );
}

function nameOf(kind: RoundKind, round: number): string {
  if (kind === 'pull') return words.pull;
  if (kind === 'paused') return round <= 1 ? words.allAtOnce : words.last;
  return words.roundNumber(round);
}

function Curve({ rows, axis, picture }: Row) {
  const { curve } = rows;
  const previous = useStore((state) => state.previous);
  const most = Math.max(picture.pages.count, previous?.pages ?? 0, 1);
  const y = (left: number) => curve.y + curve.h - (left / most) * (curve.h - 3);
  const now = thinned(picture.curve);
  const line = curvePath(now, axis.x, y, picture.endedAt ?? picture.now);
  const first = now[0];
  const base = curve.y + curve.h;
  const before = previous?.curve.map(({ sinceNs, left }) => ({ at: axis.origin + sinceNs, left }));
  return (
    <g class="curve">
      <line class="base" x1={rows.gutter} x2={axis.x(axis.to)} y1={base} y2={base} />
      {before && <path class="before" d={curvePath(before, axis.x, y)} />}
      {first && (
        <>
          <path class="area" d={`${line}V${base}H${axis.x(first.at).toFixed(1)}Z`} />
          <path class="now" d={line} />
        </>
      )}
    </g>
  );
}

function Runs({ rows, axis, picture, width }: Row & { readonly width: number }) {
  const { gutter, vm } = rows;
  const hosts = useStore((state) => state.scenario.hosts);
  const names = [`${vmmName(hosts.source)} A`, `${vmmName(hosts.destination)} B`];
  const { downtime, now } = picture;
  return (
    <g class="runs">
      {picture.hosts.map((host, party) =>
        host.ran.map((span) => {
          if (axis.x(span.to ?? now) <= gutter) return null;
          const x = Math.max(gutter, axis.x(span.from));
          const length = Math.max(1.5, axis.x(span.to ?? now) - x);
          const name = labelFor(length, [names[party]], rows);
          return (
            <g key={span.from} class={party === 0 ? 'on-a' : 'on-b'}>
              <rect x={x} y={vm.y} width={length} height={vm.h} />
              {name && (
                <text x={x + 6} y={baseline(vm, rows)}>
                  {name}
                </text>
              )}
            </g>
          );
        }),
      )}
      {downtime && (
        <Bracket
          rows={rows}
          axis={axis}
          span={downtime}
          now={now}
          right={width - EDGE}
          y={rows.down.y + rows.down.h - 1}
          opens="down"
          text={words.vmDowntime((downtime.to ?? now) - downtime.from)}
        />
      )}
    </g>
  );
}

function ClientRow({ rows, axis, picture, width }: Row & { readonly width: number }) {
  const quiet = picture.startedAt === undefined ? undefined : silence(picture);
  const { outage, now, startedAt } = picture;
  const worst = quiet && quiet.beyondNs > (outage?.outageNs ?? 0) ? { from: quiet.from } : outage;
  const begun = startedAt !== undefined && worst !== undefined && worst.from >= startedAt - 1e8;
  return (
    <g class="client-row">
      {answeredSpans(picture).map(({ from, to }) => {
        const x = Math.max(rows.gutter, axis.x(from));
        const end = Math.min(width - EDGE, axis.x(to ?? from));
        return (
          end > x && (
            <rect
              key={from}
              x={x}
              y={rows.client.y}
              width={Math.max(1.5, end - x)}
              height={rows.client.h}
            />
          )
        );
      })}
      {begun && outageWorthShowing(picture, quiet !== undefined) && (
        <Bracket
          rows={rows}
          axis={axis}
          span={worst}
          now={now}
          right={width - EDGE}
          y={rows.out.y + 1}
          opens="up"
          text={words.clientOutage(
            quiet && worst !== outage ? quiet.beyondNs : (outage?.outageNs ?? 0),
          )}
        />
      )}
    </g>
  );
}

/** A jitter of the answers is no outage. */
function outageWorthShowing({ outage, downtime }: Picture, quiet: boolean): boolean {
  return quiet || (downtime !== undefined && outage !== undefined && outage.outageNs > JITTER_NS);
}

/** A bracket over (or under) a span, with its words where they are seen whole. */
function Bracket({
  rows,
  axis,
  span,
  now,
  right,
  y,
  opens,
  text,
}: Spanned & {
  readonly right: number;
  readonly y: number;
  readonly opens: 'up' | 'down';
  readonly text: string;
}) {
  const from = axis.x(span.from);
  const to = Math.max(from + 3, axis.x(span.to ?? now));
  const back = opens === 'down' ? y - 6 : y + 6;
  const { x, anchor, gap } = bracketLabel(text, { from, to }, { left: rows.gutter, right }, rows);
  // Words that must lie on the line interrupt it.
  const broken = gap ? `H${Math.max(from, gap.from)}M${Math.min(to, gap.to)} ${back}` : '';
  return (
    <g class="bracket">
      <path d={`M${from} ${y}V${back}${broken}H${to}V${y}`} />
      <text x={x} y={opens === 'down' ? y - 1 : y + rows.text * 0.84} text-anchor={anchor}>
        {text}
      </text>
    </g>
  );
}

function spoken({ rounds, downtime, outage, now }: Picture): string {
  const parts = [
    rounds.length === 0
      ? words.timelineNotBegun
      : words.timelineOf(
          rounds
            .map(({ round, sent, pending, to }) =>
              words.roundOfPages(round, to === undefined ? pending : sent),
            )
            .join(', '),
        ),
    downtime ? words.vmDowntime((downtime.to ?? now) - downtime.from) : '',
    downtime && outage ? words.clientOutage(outage.outageNs) : '',
  ];
  return parts.filter((part) => part !== '').join('; ');
}
