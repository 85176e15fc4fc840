import { Component, computed, inject, input } from '@angular/core';
import type { Outage } from '../http/contract';
import { Clock } from './clock';
import { clockTime, count, exact, messages, short } from './words-of-time';

interface Stage {
  readonly kind: 'down' | 'holding' | 'draining' | 'done';
  readonly title: string;
  readonly at: string | null;
  readonly text: string;
  /** Its share of the axis, damped: a night beside a minute would leave the minute no room. */
  readonly weight: number;
  readonly isOpen: boolean;
  readonly isToCome: boolean;
  /** How much of the stage's work is done, 0 to 1. */
  readonly filled: number;
}

/** An outage as a band along time: when it was noticed, how long mail was held, when the primary was back, when all was delivered. */
@Component({
  selector: 'hf-outage-band',
  template: `
    <ol [attr.aria-label]="'Course of the outage of ' + outage().domain">
      @for (stage of stages(); track stage.kind) {
        <li
          [class]="stage.kind"
          [class.open]="stage.isOpen"
          [class.to-come]="stage.isToCome"
          [style.flex-grow]="stage.weight"
        >
          <div class="bar" aria-hidden="true"><i [style.--filled]="stage.filled"></i></div>
          <div class="words">
            <span class="title">{{ stage.title }}</span>
            @if (stage.at; as at) {
              <time class="at" [attr.datetime]="at" [title]="exactly(at)">{{ clock(at, $first) }}</time>
            }
            <span class="text">{{ stage.text }}</span>
          </div>
        </li>
      }
    </ol>
  `,
  styleUrl: './outage-band.css',
})
export class OutageBand {
  private readonly time = inject(Clock);
  readonly outage = input.required<Outage>();
  /** Messages that still wait, where the stream knows better than the outage's row. */
  readonly waiting = input<number | undefined>();

  protected readonly stages = computed(() => stagesOf(this.outage(), this.time.now(), this.waiting()));
  protected exactly(at: string): string {
    return exact(Date.parse(at));
  }
  /** The first time says its day; those after it do so only when the day has changed. */
  protected clock(at: string, isFirst: boolean): string {
    return clockTime(Date.parse(at), isFirst ? this.time.now() : Date.parse(this.outage().beganAt));
  }
}

/** The stages of an outage as they stand at `now`. */
export function stagesOf(outage: Outage, now: number, waiting?: number): readonly Stage[] {
  const began = Date.parse(outage.beganAt);
  const noticed = Date.parse(outage.noticedAt);
  const ended = outage.endedAt ? Date.parse(outage.endedAt) : undefined;
  const drained = outage.drainedAt ? Date.parse(outage.drainedAt) : undefined;
  const held =
    ended === undefined && waiting !== undefined
      ? Math.max(outage.messagesHeld, waiting)
      : outage.messagesHeld;
  const holdingMs = (ended ?? now) - noticed;
  const drainingMs = ended === undefined ? 0 : (drained ?? now) - ended;
  const share = held === 0 ? 0 : Math.min(1, outage.delivered / held);

  const down: Stage = {
    kind: 'down',
    title: 'Down',
    at: outage.beganAt,
    text: noticed - began < 1_000 ? 'noticed at once' : `noticed after ${short(noticed - began)}`,
    weight: 0,
    isOpen: false,
    isToCome: false,
    filled: 1,
  };
  const holding: Stage = {
    kind: 'holding',
    title: 'Holding',
    at: outage.noticedAt,
    text: `${messages(held)} held, ${short(Math.max(0, holdingMs))}`,
    weight: Math.max(1, damped(holdingMs)),
    isOpen: ended === undefined,
    isToCome: false,
    filled: 1,
  };
  const draining: Stage = {
    kind: 'draining',
    title: ended === undefined ? 'When it is back' : 'Back',
    at: outage.endedAt,
    text:
      ended === undefined
        ? 'delivered at once, oldest first'
        : drained === undefined
          ? `${count(outage.delivered)} of ${count(held)} delivered`
          : `delivered in ${short(Math.max(0, drainingMs))}`,
    weight: damped(drainingMs),
    isOpen: ended !== undefined && drained === undefined,
    isToCome: ended === undefined,
    filled: drained === undefined ? share : 1,
  };
  const done: Stage = {
    kind: 'done',
    title: 'Done',
    at: outage.drainedAt,
    text:
      drained === undefined
        ? 'all delivered'
        : held === 0
          ? 'nothing had come in'
          : `${messages(outage.delivered)} delivered`,
    weight: 0,
    isOpen: false,
    isToCome: drained === undefined,
    filled: drained === undefined ? 0 : 1,
  };
  return [down, holding, draining, done];
}

function damped(ms: number): number {
  return Math.max(0, Math.sqrt(Math.max(0, ms) / 60_000));
}
