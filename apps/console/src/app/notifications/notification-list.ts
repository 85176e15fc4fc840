import { Component, computed, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import type { Notification } from '../http/contract';
import { keysetList } from '../http/keyset-list';
import { LiveStream } from '../http/live-stream';
import { Empty, Faces, Rows } from '../ui/faces';
import { Mark } from '../ui/mark';
import { PageHead } from '../ui/page-head';
import { type StateSentence, notKnown } from '../ui/state-sentence';
import type { Meaning } from '../ui/tones';
import { When } from '../ui/when';

/** What was told to whom, and when. */
@Component({
  selector: 'hf-notification-list',
  imports: [Empty, Faces, Mark, MatButton, PageHead, Rows, When],
  templateUrl: './notification-list.html',
  styleUrl: './notification-list.css',
  host: { class: 'page' },
})
export class NotificationList {
  protected readonly list = keysetList<Notification>({
    url: '/api/v1/notifications',
    params: () => ({ limit: '50' }),
    idOf: (notification) => notification.id,
    hints: inject(LiveStream).notificationHints,
  });
  protected readonly sentence = computed((): StateSentence | undefined => {
    if (this.list.status() !== 'ready') return this.list.status() === 'failed' ? notKnown : undefined;
    const failing = this.list
      .items()
      .filter((notification) => meaningOf(notification).tone === 'trouble').length;
    if (this.list.items().length === 0)
      return {
        tone: 'safe',
        headline: 'Nothing to tell so far.',
        rest: 'When mail is held for you, we write, never through the server that is away.',
      };
    if (failing > 0)
      return {
        tone: 'trouble',
        headline: 'Some notifications did not get through.',
        rest: 'We keep trying; check that the address can receive mail while your own server is away.',
      };
    return { tone: 'safe', headline: 'You were told.', rest: 'Every notification below has left us.' };
  });
  protected readonly meaningOf = meaningOf;
}

function meaningOf({ sentAt, lastError, skippedBecause }: Notification): Meaning {
  if (sentAt) return { tone: 'safe', word: 'Sent' };
  if (skippedBecause) return { tone: 'unknown', word: 'Skipped' };
  return lastError ? { tone: 'trouble', word: 'Trying again' } : { tone: 'holding', word: 'On its way' };
}
